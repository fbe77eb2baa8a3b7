import { expect, it } from 'vitest';
import { FileIndex } from '../../../../electron/engine/watch/file-index.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import type { VersionChangeParts } from '../../../../electron/engine/watch/version-changes.ts';
import { VersionStart } from '../../../../electron/engine/watch/version-start.ts';

const entry = { path: 'log.csv', sizeBytes: 78, modifiedMs: 1_000, fileKey: '7:1' };

const read = 'identity of what was read of it';

function starting() {
  const index = new FileIndex();
  const [looked, rechecked]: [string[], string[]] = [[], []];
  const parts: Partial<VersionChangeParts> = {
    index,
    isTaken: () => true,
    newFileId: () => 'v2',
    clock: { monotonic: () => 0 } as VersionChangeParts['clock'],
    begin: ({ path }) => void looked.push(path),
    look: ({ path }) => void looked.push(path),
    recheck: (path) => void rechecked.push(path),
  };
  return { index, looked, rechecked, starts: new VersionStart(parts as VersionChangeParts) };
}

it('what took the place of a version begins there', () => {
  const { index, looked, rechecked, starts } = starting();
  starts.at(entry, undefined);
  expect(index.at('log.csv')).toMatchObject({ fileId: 'v2', fileKey: '7:1' });
  expect({ looked, rechecked }).toEqual({ looked: ['log.csv'], rechecked: [] });
});

it('what was renamed meanwhile, and entered where it went, does not begin once more where it was', () => {
  const { index, looked, rechecked, starts } = starting();
  const { path: _, ...there } = entry;
  const moved = new TrackedFile('log.csv.3', there, 0, 'v1');
  moved.identity = read;
  index.put(moved);
  starts.at(entry, undefined);
  expect(index.at('log.csv')).toBeUndefined();
  expect(index.withKey('7:1')).toMatchObject({ fileId: 'v1', path: 'log.csv.3' });
  expect({ looked, rechecked }).toEqual({ looked: [], rechecked: ['log.csv'] });
});

it('what a program wrote under another name first, and nothing was read of there, takes its place with what is known of the one before', () => {
  const { index, looked, rechecked, starts } = starting();
  const { path: _, ...there } = entry;
  index.put(new TrackedFile('log.csv.tmp', there, 0, 'v1'));
  const before = new TrackedFile('log.csv', { ...there, fileKey: '7:0' }, 0, 'v0');
  starts.at(entry, 'rows/v0', before);
  expect(index.at('log.csv')).toMatchObject({ fileId: 'v2', knownRowsPath: 'rows/v0', knownRowsOf: 'v0' });
  expect({ looked, rechecked }).toEqual({ looked: ['log.csv'], rechecked: [] });
});
