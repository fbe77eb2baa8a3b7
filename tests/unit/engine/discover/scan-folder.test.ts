import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scanFolder, type ScanEnd, type ScanOrder, type ScannedFile } from '../../../../electron/engine/discover/scan-folder.ts';
import { put, temporaryFolder } from './temporary-folder.ts';

function scan(order: ScanOrder): ScanEnd & { readonly files: readonly ScannedFile[] } {
  const files: ScannedFile[] = [];
  const chunks = scanFolder(order);
  for (let next = chunks.next(); ; next = chunks.next()) {
    if (next.done === true) return { ...next.value, files };
    files.push(...next.value);
  }
}
const pathsOf = (order: ScanOrder): readonly string[] => scan(order).files.map((file) => file.path);

/** Nothing is forbidden to root. */
function asSomebodyElse<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

describe('looking through a folder', () => {
  it('finds the files of all depths in the order of their names, with size, time and identity', () => {
    const root = temporaryFolder({ 'b.csv': 'bb', 'a/2.csv': '', 'a/10.csv': '1', 'a/x/y.csv': '', 'a.csv': '' });
    utimesSync(path.join(root, 'b.csv'), 1_700_000_000, 1_700_000_000.125);
    const { files, directories, unreadable } = scan({ root, recursive: true });
    expect(files.map((file) => file.path)).toEqual(['a.csv', 'b.csv', 'a/10.csv', 'a/2.csv', 'a/x/y.csv']);
    const stats = statSync(path.join(root, 'b.csv'), { bigint: true });
    expect(files[1]).toEqual({ path: 'b.csv', sizeBytes: 2, modifiedMs: 1_700_000_000_125, fileKey: `${stats.dev}:${stats.ino}` });
    expect(directories).toEqual(['', 'a', 'a/x']);
    expect(unreadable).toEqual([]);
  });

  it('stays in the folder itself when it is not to go deeper', () => {
    const root = temporaryFolder({ 'a.csv': '', 'b/c.csv': '' });
    expect(pathsOf({ root, recursive: false })).toEqual(['a.csv']);
  });

  it('looks only at the sub-folder that is asked for, and finds nothing when that is gone', () => {
    const root = temporaryFolder({ 'a.csv': '', 'b/c.csv': '', 'b/d/e.csv': '' });
    expect(pathsOf({ root, recursive: true, directory: 'b' })).toEqual(['b/c.csv', 'b/d/e.csv']);
    expect(scan({ root, recursive: true, directory: 'gone' })).toMatchObject({ files: [], directories: [], unreadable: [] });
  });

  it('follows links to files, never to folders, and passes over what is no file', () => {
    const root = temporaryFolder({ 'real/a.csv': 'abc' });
    symlinkSync(path.join(root, 'real/a.csv'), path.join(root, 'link.csv'));
    symlinkSync(root, path.join(root, 'real/circle'));
    symlinkSync(path.join(root, 'nothing'), path.join(root, 'broken.csv'));
    symlinkSync(path.join(root, 'self.csv'), path.join(root, 'self.csv'));
    execFileSync('mkfifo', [path.join(root, 'pipe.csv')]);
    const { files } = scan({ root, recursive: true });
    expect(files.map((file) => [file.path, file.sizeBytes])).toEqual([
      ['link.csv', 3],
      ['real/a.csv', 3],
    ]);
    expect(files[0]?.fileKey).toBe(files[1]?.fileKey);
  });

  it('does not look into hidden folders', () => {
    expect(pathsOf({ root: temporaryFolder({ '.git/a.csv': '', '.b.csv': '' }), recursive: true })).toEqual(['.b.csv']);
  });

  it('gives a file with two names twice, with one identity', () => {
    const root = temporaryFolder({ 'a.csv': '' });
    linkSync(path.join(root, 'a.csv'), path.join(root, 'b.csv'));
    expect(new Set(scan({ root, recursive: true }).files.map((file) => file.fileKey)).size).toBe(1);
  });

  it('goes through 5,000 files in 50 folders in chunks', () => {
    const root = temporaryFolder();
    for (let index = 0; index < 5_000; index++) put(root, `${String(index % 50)}/${String(index)}.csv`, '');
    const sizes = [...scanFolder({ root, recursive: true })].map((chunk) => chunk.length);
    expect(sizes).toEqual([2_000, 2_000, 1_000]);
  });

  it('passes over a sub-folder that may not be read, and names it', () => {
    const root = temporaryFolder({ 'a/1.csv': '', 'b/2.csv': '', 'c/3.csv': '', 'd.csv': '' });
    chmodSync(root, 0o755);
    chmodSync(path.join(root, 'a'), 0);
    chmodSync(path.join(root, 'b'), 0o444);
    const { files, unreadable } = asSomebodyElse(() => scan({ root, recursive: true }));
    expect(files.map((file) => file.path)).toEqual(['d.csv', 'c/3.csv']);
    expect(unreadable).toEqual([
      { path: 'a', cause: 'EACCES' },
      { path: 'b', cause: 'EACCES' },
    ]);
  });

  it('says that the folder itself may not be read', () => {
    const root = temporaryFolder();
    chmodSync(root, 0);
    expect(() => asSomebodyElse(() => scan({ root, recursive: true }))).toThrow(
      expect.objectContaining({ code: 'folder-unreadable', context: { path: root, cause: 'EACCES' } }) as Error,
    );
  });

  it('says that a folder is missing, also when a file is in its place', () => {
    const root = temporaryFolder({ file: '' });
    for (const missing of ['gone', 'file'])
      expect(() => scan({ root: path.join(root, missing), recursive: true })).toThrow(
        expect.objectContaining({ code: 'folder-missing' }) as Error,
      );
  });

  it('says that the folder is missing when it is taken away meanwhile, and not that its files are gone', () => {
    const root = temporaryFolder({});
    const folder = path.join(root, 'watched');
    mkdirSync(folder);
    for (let index = 0; index < 2_001; index++) put(folder, `${String(index)}.csv`, '');
    const chunks = scanFolder({ root: folder, recursive: true });
    chunks.next();
    rmSync(folder, { recursive: true });
    expect(() => chunks.next()).toThrow(expect.objectContaining({ code: 'folder-missing' }) as Error);
  });
});
