import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStatusFile } from '../../../electron/api/status-file.ts';
import { isAlive, readStatusReport, statusFileOf, statusReportSchema, type StatusReport } from '../../../electron/api/status-report.ts';
import { failure } from '../../../electron/engine/errors.ts';
import type { Engine } from '../../../electron/engine/engine.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { recordedLogger } from '../../fakes/recorded-logger.ts';
import { calmFlow, watchedFile, watchedFolder } from '../../fakes/watch-records.ts';
import { watchingEngine, type WatchingEngine } from '../../fakes/watching-engine.ts';

let dataDir: string;
let clock: ManualClock;
let watching: WatchingEngine;
let asked: number;
const counts = { ...watchedFolder().counts, files: 3, held: 1, settling: 1, done: 1 };

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'status-'));
  clock = new ManualClock();
  watching = watchingEngine();
  asked = 0;
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const begin = () => {
  const engine = {
    ...(watching.engine as Engine),
    listFolders: () => {
      asked += 1;
      return watching.folder === undefined ? [] : [watching.folder];
    },
  };
  return createStatusFile({ engine, dataDir, pid: process.pid, clock, logger: recordedLogger() });
};
const read = (): StatusReport => statusReportSchema.parse(JSON.parse(readFileSync(statusFileOf(dataDir), 'utf8')));
/** Writing takes the disk's own time, not the clock's. */
const written = async (isThere: (report: StatusReport) => boolean): Promise<StatusReport> => {
  for (;;) {
    const report = await readStatusReport(dataDir);
    if (report !== undefined && isThere(report)) return report;
    await clock.settle();
  }
};

describe('the status of a running host', () => {
  it('says which files are not done and why, those that need somebody first', async () => {
    watching.folder = watchedFolder({ counts });
    const drift = failure('schema-drift', 'a column is new');
    watching.files = [
      watchedFile('a.csv'),
      watchedFile('b.csv', { state: 'settling' }),
      watchedFile('c.csv', { state: 'held', reason: drift }),
    ];
    const status = begin();
    const report = await written(({ folders }) => folders.length === 1);
    expect(report).toMatchObject({ pid: process.pid, startedAt: clock.now(), updatedAt: clock.now() });
    expect(report.folders[0]?.files.map(({ path: name, reason }) => [name, reason?.code])).toEqual([
      ['c.csv', 'schema-drift'],
      ['b.csv', undefined],
    ]);
    expect(isAlive(report, Date.now() + 1e12)).toBe(false);
    await status.dispose();
  });

  it('is read by nobody else', async () => {
    const status = begin();
    await written(() => true);
    expect(statSync(statusFileOf(dataDir)).mode & 0o077).toBe(0);
    await status.dispose();
  });

  it('is written at most once a second, however much changes, and not when nothing does', async () => {
    watching.folder = watchedFolder();
    const status = begin();
    await written(() => true);
    for (let rows = 1; rows <= 100; rows += 1) watching.change({ rowsPerSecond: rows });
    await clock.settle();
    expect(asked).toBe(1);
    await clock.advance(1_000);
    const report = await written(({ folders }) => folders[0]?.folder.rowsPerSecond === 100);
    expect(report.updatedAt).toBe(clock.now());
    expect(asked).toBe(2);
    await clock.advance(60_000);
    expect(asked).toBe(2);
    await status.dispose();
  });

  it('holds at the end what the engine told while it ended', async () => {
    watching.folder = watchedFolder({ counts });
    watching.files = [watchedFile('b.csv', { state: 'sending' })];
    watching.folder = watchedFolder({ counts: { ...counts, held: 0, settling: 0, sending: 1 } });
    const status = begin();
    await written(({ folders }) => folders[0]?.files.length === 1);
    watching.tell({ kind: 'watched-file', folderId: 'folder-1', file: watchedFile('b.csv', { state: 'done' }) });
    watching.tell({ kind: 'flow', flow: calmFlow({ rowsQueued: 7 }) });
    await status.dispose();
    const report = read();
    expect(report.endedAt).toBe(clock.now());
    expect(report.flow.rowsQueued).toBe(7);
    expect(report.folders[0]?.files).toEqual([]);
    expect(isAlive(report, clock.now())).toBe(false);
  });
});
