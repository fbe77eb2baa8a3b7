import { linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileKeyOf } from '../../../../electron/engine/discover/scan-folder.ts';
import { FileIndex } from '../../../../electron/engine/watch/file-index.ts';
import { RowHashes } from '../../../../electron/engine/watch/row-hashes.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import type { VersionChangeParts } from '../../../../electron/engine/watch/version-changes.ts';
import { VersionStart } from '../../../../electron/engine/watch/version-start.ts';

const read = 'identity of what was read of it';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'version-start-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file on the disk, and what a look at it says. */
function written(path: string) {
  writeFileSync(join(folder, path), 'a row\n');
  const stat = statSync(join(folder, path));
  return { path, sizeBytes: stat.size, modifiedMs: stat.mtimeMs, fileKey: fileKeyOf(stat) };
}

function tracked(path: string, fileKey: string, fileId: string, identity?: string): TrackedFile {
  const file = new TrackedFile(path, { sizeBytes: 78, modifiedMs: 1_000, fileKey }, 0, fileId);
  file.identity = identity;
  return file;
}

function starting(rewritten: 'changed' | 'everything' | 'ask' = 'changed') {
  const index = new FileIndex();
  const [looked, rechecked, held]: [string[], string[], string[]] = [[], [], []];
  const parts: Partial<VersionChangeParts> = {
    index,
    isTaken: () => true,
    newFileId: () => 'v2',
    clock: { monotonic: () => 0 } as VersionChangeParts['clock'],
    settings: () => ({ rewritten }) as ReturnType<VersionChangeParts['settings']>,
    hashes: new RowHashes(folder),
    absolute: (path) => join(folder, path),
    whenPlanned: async () => undefined,
    forget: () => undefined,
    setState: (file, state) => void held.push(`${file.path} ${state}`),
    begin: ({ path }) => void looked.push(path),
    look: ({ path }) => void looked.push(path),
    recheck: (path) => void rechecked.push(path),
  };
  return { index, looked, rechecked, held, starts: new VersionStart(parts as VersionChangeParts) };
}

it('what took the place of a version begins there', async () => {
  const { index, looked, rechecked, starts } = starting();
  const entry = written('log.csv');
  await starts.at(entry);
  expect(index.at('log.csv')).toMatchObject({ fileId: 'v2', fileKey: entry.fileKey });
  expect({ looked, rechecked }).toEqual({ looked: ['log.csv'], rechecked: [] });
});

it('what was renamed meanwhile, and entered where it went, does not begin once more where it was', async () => {
  const { index, looked, rechecked, starts } = starting();
  const there = written('log.csv.3');
  index.put(tracked('log.csv.3', there.fileKey, 'v1', read));
  await starts.at({ ...there, path: 'log.csv' });
  expect(index.at('log.csv')).toBeUndefined();
  expect(index.withKey(there.fileKey)).toMatchObject({ fileId: 'v1', path: 'log.csv.3' });
  expect({ looked, rechecked }).toEqual({ looked: [], rechecked: ['log.csv'] });
});

it.each([
  ['written under another name first, of which nothing was read', 'log.csv.tmp', undefined],
  ['given the key of a file that was just deleted, which nobody has heard of yet', 'swept.csv', read],
])('what was %s takes the place of a version with what is known of it', async (_, path, identity) => {
  const { index, looked, starts } = starting();
  const entry = written('log.csv');
  index.put(tracked(path, entry.fileKey, 'v1', identity));
  const before = tracked('log.csv', '7:0', 'v0', read);
  index.put(before);
  writeFileSync(join(folder, 'v0.rows'), '');
  await starts.bySetting(before, entry);
  expect(index.at('log.csv')).toMatchObject({ fileId: 'v2', knownRowsPath: join(folder, 'v0.rows'), knownRowsOf: 'v0' });
  expect(index.at('log.csv')?.predecessor).toBe(before);
  expect(looked).toEqual(['log.csv']);
});

it('the version before stays where it was as long as what took its place has gone elsewhere', async () => {
  const { index, looked, rechecked, starts } = starting();
  const there = written('log.csv.3');
  index.put(tracked('log.csv.3', there.fileKey, 'v1', read));
  const before = tracked('log.csv', '7:0', 'v0', read);
  index.put(before);
  await starts.bySetting(before, { ...there, path: 'log.csv' });
  expect(index.at('log.csv')).toBe(before);
  expect({ looked, rechecked }).toEqual({ looked: [], rechecked: ['log.csv'] });
});

it('a second name of a file that is followed elsewhere begins nothing, and is not looked at again and again', async () => {
  const { index, looked, rechecked, starts } = starting();
  const entry = written('log.csv');
  linkSync(join(folder, 'log.csv'), join(folder, 'other.csv'));
  index.put(tracked('other.csv', entry.fileKey, 'v1', read));
  const before = tracked('log.csv', '7:0', 'v0', read);
  index.put(before);
  await starts.bySetting(before, entry);
  expect(index.at('log.csv')).toBeUndefined();
  expect({ looked, rechecked }).toEqual({ looked: [], rechecked: [] });
});

it('is held where rows of the version before cannot be told apart', async () => {
  const { index, looked, held, starts } = starting();
  const before = tracked('log.csv', '7:0', 'v0', read);
  index.put(before);
  await starts.bySetting(before, written('log.csv'));
  expect({ looked, held }).toEqual({ looked: [], held: ['log.csv held'] });
});
