import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FolderScanner, ScanResult } from '../../../../electron/engine/folder-scanner.ts';
import { FileIndex } from '../../../../electron/engine/watch/file-index.ts';
import { FolderSurvey } from '../../../../electron/engine/watch/folder-survey.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import type { FolderSettings } from '../../../../electron/engine/record/folder-store.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { until } from '../../../fakes/until.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'survey-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A scanner whose looks end when the test says so. */
function startSurvey() {
  const looks: { readonly end: () => void }[] = [];
  const done: ScanResult = { kind: 'done', directories: [''], unreadable: [], rootKey: '1:1', files: 0, ignored: 0, ignoredSamples: [] };
  const scanner: Pick<FolderScanner, 'scan'> = {
    scan: () => new Promise<ScanResult>((resolve) => looks.push({ end: () => resolve(done) })),
  };
  const clock = new ManualClock();
  const ending = new AbortController();
  const told: string[] = [];
  const index = new FileIndex();
  const settings = { include: ['*'], exclude: [], recursive: true, watching: 'polling', pollMs: 600_000 } as unknown as FolderSettings;
  const survey = new FolderSurvey({
    ...{ root, clock, index, signal: ending.signal },
    settings: () => settings,
    scanner: scanner as FolderScanner,
    onSeen: ({ path: seen }) => {
      told.push(`seen ${seen}`);
      return false;
    },
    onGone: (gone) => told.push(`gone ${gone}`),
    isWanted: () => true,
    onScanned: () => undefined,
    onTrouble: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });
  const running = survey.run();
  return {
    survey,
    looks,
    told,
    index,
    clock,
    end: async () => {
      ending.abort();
      for (const look of looks) look.end();
      await running;
    },
  };
}

it('a file that is hinted at while the folder is looked through is heard of after everything that this finds', async () => {
  writeFileSync(path.join(root, 'new.csv'), 'a\n');
  const { survey, looks, told, end } = startSurvey();
  await until('the first look', () => looks.length === 1);
  looks[0]?.end();
  await until('its end', () => !survey.isScanning);
  survey.rescan();
  await until('another look', () => looks.length >= 2);
  survey.recheck('new.csv');
  survey.recheck('gone.csv');
  expect(told).toEqual([]);
  for (const look of looks) look.end();
  await until('word of both', () => told.length > 1);
  expect(told).toEqual(expect.arrayContaining(['seen new.csv', 'gone gone.csv']));
  await end();
});

it('a known file that a look does not find is asked for', async () => {
  const { looks, told, index, end } = startSurvey();
  await until('the first look', () => looks.length === 1);
  const file = new TrackedFile('old.csv', { sizeBytes: 1, modifiedMs: 1, fileKey: '1:2' }, 0, 'v1');
  file.foundBy = 0;
  index.put(file);
  looks[0]?.end();
  await until('word of a file', () => told.length > 0);
  expect(told).toEqual(['gone old.csv']);
  await end();
});
