import { build } from 'esbuild';
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FolderScanner } from '../../../electron/engine/folder-scanner.ts';
import type { ScannedFile } from '../../../electron/engine/discover/scan-folder.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { put, temporaryFolder } from './discover/temporary-folder.ts';

let bundle = '';
let clock = new ManualClock();
let scanner = new FolderScanner('', clock);
const globs = { include: ['*.csv'], exclude: ['old-*'] };
const { signal } = new AbortController();

beforeAll(async () => {
  bundle = mkdtempSync(path.join(tmpdir(), 'folder-worker-'));
  await build({
    entryPoints: [path.resolve('electron/engine/folder-worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: path.join(bundle, 'folder-worker.cjs'),
    logLevel: 'error',
  });
});
afterAll(() => {
  rmSync(bundle, { recursive: true, force: true });
});
afterEach(async () => {
  await scanner.dispose();
});

function start(): FolderScanner {
  clock = new ManualClock();
  scanner = new FolderScanner(path.join(bundle, 'folder-worker.cjs'), clock);
  return scanner;
}

const keyOf = (file: string): string => {
  const { dev, ino } = statSync(file, { bigint: true });
  return `${dev}:${ino}`;
};

describe('folders are looked through off the main thread', () => {
  it('hands over what the globs take, and counts the rest with its rules', async () => {
    const root = temporaryFolder({ 'a.csv': 'abc', 'b\n.csv': '', 'c/old-1.csv': '', 'c/d.txt': '' });
    const found: ScannedFile[] = [];
    const result = await start().scan({ root, recursive: true, ...globs, signal }, (files) => found.push(...files));
    expect(found.map((file) => file.path)).toEqual(['a.csv', 'b\n.csv']);
    expect(found[0]).toEqual({
      path: 'a.csv',
      sizeBytes: 3,
      modifiedMs: statSync(path.join(root, 'a.csv')).mtimeMs,
      fileKey: keyOf(path.join(root, 'a.csv')),
    });
    expect(result).toMatchObject({ kind: 'done', directories: ['', 'c'], files: 2, ignored: 2, unreadable: [], rootKey: keyOf(root) });
    expect(result.kind === 'done' ? result.ignoredSamples.map(({ path: name, rule }) => [name, rule]) : []).toEqual([
      ['c/d.txt', 'not-included'],
      ['c/old-1.csv', 'old-*'],
    ]);
  });

  it('says that a folder is missing instead of that it has no files', async () => {
    const root = path.join(temporaryFolder(), 'gone');
    expect(await start().scan({ root, recursive: true, ...globs, signal }, () => undefined)).toMatchObject({
      kind: 'missing',
      failure: { code: 'folder-missing', context: { path: root } },
    });
  });

  it('refuses a glob that cannot be understood', async () => {
    const scan = start().scan({ root: temporaryFolder(), recursive: true, include: ['['], exclude: [], signal }, () => undefined);
    await expect(scan).rejects.toMatchObject({ code: 'input-invalid', context: { glob: '[' } });
  });

  it('stops between two chunks, and goes on with what else there is to look at', async () => {
    const root = temporaryFolder();
    for (let index = 0; index < 4_001; index++) put(root, `${String(index)}.csv`, '');
    const stop = new AbortController();
    let stopped = 0;
    let whole = 0;
    const both = await Promise.all([
      start().scan({ root, recursive: true, ...globs, signal: stop.signal }, (files) => {
        stopped += files.length;
        stop.abort();
      }),
      scanner.scan({ root, recursive: true, ...globs, signal }, (files) => {
        whole += files.length;
      }),
    ]);
    expect(both.map((result) => result.kind)).toEqual(['stopped', 'done']);
    expect(stopped).toBeLessThan(4_001);
    expect(whole).toBe(4_001);
  });

  it('finds where a rotated file went, also under a name that is not taken', async () => {
    const root = temporaryFolder({ 'a.csv': 'x', 'b.csv': 'y' });
    const key = keyOf(path.join(root, 'a.csv'));
    renameSync(path.join(root, 'a.csv'), path.join(root, 'a.csv.1'));
    const found = await start().findByKey({ root, recursive: true, keys: [key, '0:0'], signal });
    expect([...found]).toEqual([[key, 'a.csv.1']]);
  });

  it('counts for a preview, with samples of both kinds', async () => {
    const root = temporaryFolder({ 'old-1.csv': 'xx' });
    for (let index = 0; index < 60; index++) put(root, `n/${String(index)}.csv`, 'abc');
    const preview = await start().preview({ path: root, recursive: true, ...globs, signal });
    expect(preview).toMatchObject({ matched: 60, ignored: 1, bytes: 180, truncated: false });
    expect(preview?.samples).toHaveLength(50);
    expect(preview?.samples).toContainEqual({ path: 'old-1.csv', sizeBytes: 2, matched: false, rule: 'old-*' });
  });

  it('shows in the preview what is wrong with folder or globs', async () => {
    const root = temporaryFolder();
    start();
    expect(await scanner.preview({ path: `${root}/gone`, recursive: true, ...globs, signal })).toMatchObject({
      failure: { code: 'folder-missing' },
      matched: 0,
    });
    expect(await scanner.preview({ path: root, recursive: true, include: ['['], exclude: [], signal })).toMatchObject({
      failure: { code: 'input-invalid' },
    });
  });

  it('keeps its thread for ten seconds without work, and starts it again when needed', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    start();
    const look = (): Promise<unknown> => scanner.scan({ root, recursive: true, ...globs, signal }, () => undefined);
    await look();
    await clock.advance(9_000);
    await look();
    await clock.advance(9_000);
    expect(scanner.isRunning).toBe(true);
    await clock.advance(1_000);
    expect(scanner.isRunning).toBe(false);
    expect(await look()).toMatchObject({ kind: 'done', files: 1 });
  });
});
