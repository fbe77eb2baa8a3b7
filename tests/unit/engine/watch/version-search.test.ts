import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TailFormat } from '../../../../electron/engine/read/tail-protocol.ts';
import { hashRow } from '../../../../electron/engine/read/tail-row-hash.ts';
import { FileIndex } from '../../../../electron/engine/watch/file-index.ts';
import { RowHashes } from '../../../../electron/engine/watch/row-hashes.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import { VersionSearch } from '../../../../electron/engine/watch/version-search.ts';

const header = 'timestamp,id\n';
const row = (id: number): string => `160000000000${String(id)},${String(id)}`;
const format: TailFormat = {
  read: {
    ...{ kind: 'csv', gzip: false, encoding: 'utf-8', bomBytes: 0, delimiter: ',', quote: '"', newline: 'lf', header: true },
    columns: undefined,
  },
  columns: ['timestamp', 'id'],
  headerText: header.trimEnd(),
  firstRow: { byte: header.length, row: 0, line: 2 },
};

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'version-search-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** As they were written down of a version. */
function hashesOf(fileId: string, ids: readonly number[]): string {
  const hashes = new Uint32Array(ids.length * 2);
  ids.forEach((id, at) => {
    const text = Buffer.from(row(id));
    hashRow(text, 0, text.length, hashes, at * 2);
  });
  const path = join(folder, `${fileId}.rows`);
  writeFileSync(path, Buffer.from(hashes.buffer));
  return path;
}

type Other = readonly [path: string, knownRowsOf: string | undefined];

function searching(others: readonly Other[], gone: readonly (readonly [path: string, knownRowsOf: string])[] = []): VersionSearch {
  const index = new FileIndex();
  const journal = {
    versionsAfterOthers: () => gone.map(([path, knownRowsOf]) => ({ path: join(folder, path), knownRowsOf, formatId: undefined })),
  };
  others.forEach(([path, knownRowsOf], at) => {
    const file = new TrackedFile(path, { sizeBytes: 1, modifiedMs: 1, fileKey: `7:${String(at)}` }, 0, `v${String(at)}`);
    file.knownRowsOf = knownRowsOf;
    index.put(file);
  });
  return new VersionSearch({
    ...{
      index,
      folderId: 'folder',
      journal,
      root: folder,
      hashes: new RowHashes(folder),
      absolute: (path) => join(folder, path),
      formatOf: () => format,
    },
    ...{ whenPlanned: async () => undefined, forget: () => undefined, lookNow: async () => Promise.reject(new Error('not asked')) },
  });
}

const copy = (): TrackedFile => new TrackedFile('log.csv.2', { sizeBytes: 1, modifiedMs: 1, fileKey: '9:9' }, 0, 'copy');

it('a copy that turns up late passes over what was sent of the version that the one copied from took the place of, though that has moved on', async () => {
  const sent = hashesOf('sent', [1, 2, 3]);
  hashesOf('elsewhere', [7]);
  const others: Other[] = [
    ['log.csv', undefined],
    ['log.csv.3', 'sent'],
    ['other.csv.1', 'elsewhere'],
  ];
  const search = searching(others);
  expect(await search.knownRowsFor(copy())).toEqual({ knownRowsOf: 'sent', knownRowsPath: sent });
});

it('also when the one that took its place is gone by then', async () => {
  const sent = hashesOf('sent', [1, 2, 3]);
  const search = searching([['log.csv', undefined]], [['log.csv.1', 'sent']]);
  expect(await search.knownRowsFor(copy())).toEqual({ knownRowsOf: 'sent', knownRowsPath: sent });
});

it('of several versions the one whose rows the copy begins with', async () => {
  hashesOf('earlier', [1, 2]);
  const later = hashesOf('later', [4, 5]);
  writeFileSync(join(folder, 'log.csv.2'), `${header}${row(9)}\n${row(4)}\n`);
  expect(await searching([['log.csv', 'earlier']], [['log.csv.3', 'later']]).knownRowsFor(copy())).toEqual({
    knownRowsOf: 'later',
    knownRowsPath: later,
  });
});

it('none where no version of the rotation was written anew, or its rows are not known any more', async () => {
  const none = { knownRowsOf: undefined, knownRowsPath: undefined };
  expect(await searching([['log.csv', undefined]], [['other.csv', 'sent']]).knownRowsFor(copy())).toEqual(none);
  expect(await searching([['log.csv', 'forgotten']]).knownRowsFor(copy())).toEqual(none);
});
