import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstLook, lookAgain, readFailure, type FileLook } from '../../../../electron/engine/discover/settling.ts';
import { temporaryFolder } from './temporary-folder.ts';

const nowMs = Date.UTC(2024, 0, 15, 12);
const look = (atMs: number, sizeBytes: number, modifiedMs = nowMs): FileLook => ({ atMs, sizeBytes, modifiedMs });

describe('when a file counts as complete', () => {
  it('waits until size and time of change were the same for as long as is set', () => {
    const first = firstLook(look(1_000, 10), 2_000);
    expect(first).toMatchObject({ settled: false, nextLookMs: 2_000 });
    const grown = lookAgain(first, look(2_500, 20), 2_000);
    expect(grown).toMatchObject({ settled: false, nextLookMs: 2_000 });
    const early = lookAgain(grown, look(3_500, 20), 2_000);
    expect(early).toMatchObject({ settled: false, nextLookMs: 1_000 });
    expect(lookAgain(early, look(4_500, 20), 2_000)).toMatchObject({ settled: true, nextLookMs: 0 });
  });

  it('begins anew when only the time of change moved', () => {
    const first = firstLook(look(0, 10), 2_000);
    expect(lookAgain(first, look(2_000, 10, nowMs + 1), 2_000).settled).toBe(false);
  });

  it('does not trust an old time of change of a new file: a copy carries that of its source from the beginning', () => {
    const old = nowMs - 86_400_000;
    const first = firstLook(look(0, 10, old), 2_000);
    expect(first.settled).toBe(false);
    expect(lookAgain(first, look(2_000, 5_000, old), 2_000).settled).toBe(false);
  });

  it('takes what lay there quietly before the start at once', () => {
    expect(firstLook(look(0, 10, nowMs - 2_001), 500, { nowMs }).settled).toBe(true);
    expect(firstLook(look(0, 10, nowMs - 2_000), 500, { nowMs }).settled).toBe(false);
    expect(firstLook(look(0, 10, nowMs - 9_000), 10_000, { nowMs }).settled).toBe(false);
    expect(firstLook(look(0, 10, nowMs + 60_000), 500, { nowMs }).settled).toBe(false);
  });

  it('is unsettled again when a settled file changes', () => {
    const settled = firstLook(look(0, 10, 0), 500, { nowMs });
    expect(lookAgain(settled, look(10, 10, 0), 500).settled).toBe(true);
    expect(lookAgain(settled, look(10, 11, 0), 500)).toMatchObject({ settled: false, nextLookMs: 500 });
  });

  it('waits for nothing when no time is set', () => {
    expect(firstLook(look(0, 10), 0).settled).toBe(true);
    expect(lookAgain(firstLook(look(0, 10), 0), look(1, 20), 0).settled).toBe(true);
  });

  it('has the next look no earlier than a millisecond from now', () => {
    const first = firstLook(look(0, 10), 1);
    expect(lookAgain(first, look(0.9, 10), 1).nextLookMs).toBe(1);
  });
});

describe('whether a file can be read', () => {
  it('says what is in the way', async () => {
    const root = temporaryFolder({ 'a.csv': '' });
    expect(await readFailure(path.join(root, 'a.csv'))).toBeUndefined();
    expect(await readFailure(path.join(root, 'b.csv'))).toMatchObject({ code: 'file-missing' });
    expect(await readFailure(path.join(root, 'a.csv/c'))).toMatchObject({ code: 'file-missing' });
    expect(await readFailure(path.join(root, 'x'.repeat(300)))).toMatchObject({
      code: 'file-unreadable',
      context: { cause: 'ENAMETOOLONG', locked: false },
    });
  });
});
