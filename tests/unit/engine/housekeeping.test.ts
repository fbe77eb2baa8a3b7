import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { keepHouse } from '../../../electron/engine/housekeeping.ts';
import { RowHashes } from '../../../electron/engine/watch/row-hashes.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { until } from '../../fakes/until.ts';

it('what nobody asks for is removed a little at a time after the start, and nothing else', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'house-'));
  const rows = path.join(folder, 'rows');
  mkdirSync(rows);
  for (let id = 0; id < 1_200; id += 1) writeFileSync(path.join(rows, `v${String(id)}.rows`), '');
  writeFileSync(path.join(rows, 'other.txt'), '');
  const clock = new ManualClock();
  let left = 3;
  const parts = {
    clock,
    hashes: new RowHashes(rows),
    journal: {
      pruneSettled: () => (left > 0 ? left-- : 0),
      withRowsAskedFor: (ids: readonly string[]) => new Set(ids.filter((id) => id.endsWith('7'))),
    },
  };
  let isOver = false;
  const keeping = keepHouse(parts, new AbortController().signal).finally(() => (isOver = true));
  await clock.advance(1_000);
  expect([left, readdirSync(rows).length]).toEqual([3, 1_201]);
  await until('the end', async () => {
    await clock.advance(5_000);
    return isOver;
  });
  await keeping;
  expect(left).toBe(0);
  expect(readdirSync(rows).length).toBe(121);
  rmSync(folder, { recursive: true, force: true });
});

it('ends at once when the engine does', async () => {
  const ending = new AbortController();
  const clock = new ManualClock();
  const never = (): never => {
    throw new Error('asked after the end');
  };
  const parts = { clock, hashes: new RowHashes('/nowhere'), journal: { pruneSettled: never, withRowsAskedFor: never } };
  const keeping = keepHouse(parts, ending.signal);
  ending.abort();
  await keeping;
  expect(clock.sleeping).toBe(0);
});
