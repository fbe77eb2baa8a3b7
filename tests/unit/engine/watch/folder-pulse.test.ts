import { afterEach, expect, it } from 'vitest';
import { FolderPulse } from '../../../../electron/engine/watch/folder-pulse.ts';
import { TrackedFile } from '../../../../electron/engine/watch/tracked-file.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const ending = new Set<AbortController>();
afterEach(() => {
  for (const end of ending) end.abort();
  ending.clear();
});

function start(state = { settles: false, isAtRest: true }) {
  const clock = new ManualClock();
  const end = new AbortController();
  ending.add(end);
  const told: number[] = [];
  const rested: string[] = [];
  let turns = 0;
  const pulse = new FolderPulse({
    ...{ clock, signal: end.signal },
    settle: () => {
      turns += 1;
      return state.settles;
    },
    recheck: () => undefined,
    isMoving: () => false,
    isAtRest: () => state.isAtRest,
    tell: () => told.push(clock.monotonic()),
    tellFiles: () => false,
    rest: ({ path }) => rested.push(path),
  });
  void pulse.run();
  return { pulse, clock, told, rested, state, turns: () => turns };
}

it('while nothing happens, it is looked once a second and nothing is told', async () => {
  const { clock, turns, told } = start();
  await clock.advance(1_000);
  const before = turns();
  await clock.advance(300_000);
  expect(turns() - before).toBeLessThanOrEqual(300);
  expect(told).toEqual([0]);
});

it('what happens then is told within a tenth of a second, and not more often than each', async () => {
  const { clock, pulse, told } = start();
  await clock.advance(10_000);
  for (let change = 0; change < 10; change += 1) {
    pulse.changed();
    await clock.advance(20);
  }
  await clock.advance(1_000);
  expect(told[1]).toBe(10_100);
  expect(told.length).toBeLessThanOrEqual(4);
});

it.each([
  ['something settles', { settles: true, isAtRest: true }],
  ['something waits that nobody tells of', { settles: false, isAtRest: false }],
])('while %s, it is looked at again and again', async (_what, state) => {
  const { clock, turns } = start(state);
  await clock.advance(2_000);
  expect(turns()).toBeGreaterThanOrEqual(10);
});

it('a file may rest when nothing was said of it for three seconds', async () => {
  const { clock, pulse, rested } = start();
  const file = new TrackedFile('a.csv', { sizeBytes: 1, modifiedMs: 1, fileKey: '1:2' }, 0, 'v1');
  file.state = 'done';
  pulse.mayRest(file);
  pulse.changed();
  await clock.advance(2_000);
  pulse.mayRest(file);
  await clock.advance(2_000);
  expect(rested).toEqual([]);
  await clock.advance(1_500);
  expect(rested).toEqual(['a.csv']);
});

it('a file about which something is done again does not', async () => {
  const { clock, pulse, rested } = start();
  const file = new TrackedFile('a.csv', { sizeBytes: 1, modifiedMs: 1, fileKey: '1:2' }, 0, 'v1');
  file.state = 'done';
  pulse.mayRest(file);
  file.state = 'reading';
  pulse.mayRest(file);
  await clock.advance(700_000);
  expect(rested).toEqual([]);
});
