import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileIndex, type FileMemory } from '../../../../electron/engine/watch/file-index.ts';
import { SlotChains } from '../../../../electron/engine/watch/slot-chains.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';

const entryOf = (id: number) => ({
  path: `d/f${String(id)}.csv`,
  sizeBytes: 10 + id,
  modifiedMs: 1_000.25 + id,
  fileKey: `7:${String(id + 100)}`,
});
const firstRowOf = (id: number): string => (id % 3).toString(16).padStart(16, '0');

function fileOf(id: number): TrackedFile {
  const { path, ...entry } = entryOf(id);
  const file = new TrackedFile(path, entry, 0, `v${String(id)}`);
  file.bytesRead = entry.sizeBytes;
  file.seenMs = entry.modifiedMs;
  file.firstRow = firstRowOf(id);
  file.state = 'done';
  file.count({ rowsRead: id, rowsConfirmed: id });
  return file;
}

/** An index whose files rest when they are done; the row of a file in the journal is its id. */
function indexes(): { readonly index: FileIndex; readonly woken: string[] } {
  const woken: string[] = [];
  const memory: FileMemory = {
    recall: (row) => fileOf(row),
    pathOf: (fileId) => entryOf(Number(fileId.slice(1))).path,
    resting: ({ path, fileKey, sizeBytes, modifiedMs, firstRow, ledger, fileId, state }) =>
      state === 'done' ? { path, fileKey, sizeBytes, modifiedMs, firstRow, ledger, row: Number(fileId.slice(1)) } : undefined,
    onWoken: ({ path }) => void woken.push(path),
  };
  return { index: new FileIndex(memory), woken };
}

describe('a file that rests', () => {
  it('counts as before, and is recalled by its path, its key or its version', () => {
    const { index, woken } = indexes();
    for (let id = 0; id < 4; id += 1) index.put(fileOf(id));
    const before = index.summary();
    for (const file of [...index.files()]) index.rest(file);
    expect([...index.files()]).toEqual([]);
    expect(index.summary()).toEqual(before);
    expect(index.size).toBe(4);
    expect(index.at('d/f0.csv')?.fileId).toBe('v0');
    expect(index.withKey('7:101')?.fileId).toBe('v1');
    expect(index.version('v2')?.fileId).toBe('v2');
    expect(index.withKey('7:999')).toBeUndefined();
    expect(woken).toEqual(['d/f0.csv', 'd/f1.csv', 'd/f2.csv']);
    expect(index.summary()).toEqual(before);
  });

  it('is told by its first row without being recalled', () => {
    const { index, woken } = indexes();
    for (let id = 0; id < 7; id += 1) index.put(fileOf(id));
    for (const file of [...index.files()].slice(2)) index.rest(file);
    expect([...index.pathsAlike(firstRowOf(0))].sort()).toEqual(['d/f0.csv', 'd/f3.csv', 'd/f6.csv']);
    expect(index.pathsAlike('f'.repeat(16))).toEqual([]);
    expect([...index.allFirstRows()].sort()).toEqual([0, 0, 0, 1, 1, 2, 2].map(firstRowOf));
    expect(woken).toEqual([]);
  });

  it.each([
    ['has grown', { sizeBytes: 99 }],
    ['was touched', { modifiedMs: 1_003.5 }],
    ['is another', { fileKey: '7:1' }],
  ])('is not found as it was where it %s', (_what, change) => {
    const { index } = indexes();
    index.put(fileOf(3));
    for (const file of [...index.files()]) index.rest(file);
    expect(index.found(entryOf(3))).toBe(true);
    expect(index.found({ ...entryOf(3), ...change })).toBe(false);
  });

  it('is missed by a look that does not find it, as any other', () => {
    const { index } = indexes();
    for (let id = 0; id < 4; id += 1) index.put(fileOf(id));
    for (const file of [...index.files()].slice(0, 2)) index.rest(file);
    index.beginLook();
    index.found(entryOf(1));
    index.found(entryOf(3));
    expect([...index.notFound('')].sort()).toEqual(['d/f0.csv', 'd/f2.csv']);
    expect([...index.notFound('d')].sort()).toEqual(['d/f0.csv', 'd/f2.csv']);
    expect([...index.notFound('e')]).toEqual([]);
    index.put(fileOf(5));
    expect([...index.notFound('')]).not.toContain('d/f5.csv');
  });

  it('whoever still holds it has a file that nothing is done about', () => {
    const { index } = indexes();
    const held = fileOf(1);
    index.put(held);
    index.rest(held);
    expect(held.isForgotten).toBe(true);
    expect(index.at(held.path)).not.toBe(held);
    expect(index.at(held.path)?.isForgotten).toBe(false);
  });

  it('whose key another file has been given does not take it back', () => {
    const { index } = indexes();
    const old = fileOf(1);
    index.put(old);
    index.rest(old);
    const { path: _path, ...entry } = entryOf(1);
    const newer = new TrackedFile('new.csv', entry, 0, 'n1');
    index.put(newer);
    expect(index.at(old.path)?.fileId).toBe('v1');
    expect(index.withKey('7:101')).toBe(newer);
  });
});

it('resting and waking in any order leave every file known once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(30)), { maxLength: 200 }), (steps) => {
      const { index } = indexes();
      for (let id = 0; id <= 30; id += 1) index.put(fileOf(id));
      const before = index.summary();
      for (const [rests, id] of steps) {
        const file = index.at(entryOf(id).path);
        if (rests && file !== undefined) index.rest(file);
      }
      expect(index.summary()).toEqual(before);
      expect(new Set([...index.files()].map(({ path }) => path).concat([...index.restingPaths()])).size).toBe(31);
      for (let id = 0; id <= 30; id += 1) expect(index.withKey(entryOf(id).fileKey)?.path).toBe(entryOf(id).path);
    }),
    { numRuns: 50 },
  );
});

it('slots are found by their hash, and by no other, also when there are many', () => {
  const chains = new SlotChains();
  const hashOf = (slot: number): number => (slot % 7 === 0 ? 5 : Math.imul(slot, 0x9e3779b1) >>> 0);
  for (let slot = 0; slot < 5_000; slot += 1) chains.add(slot, hashOf(slot));
  for (let slot = 0; slot < 5_000; slot += 2) chains.remove(slot);
  for (let slot = 1; slot < 5_000; slot += 2) expect([...chains.with(hashOf(slot))]).toContain(slot);
  expect([...chains.with(5)].every((slot) => slot % 14 === 7)).toBe(true);
  expect([...chains.with(hashOf(2))]).toEqual([]);
});
