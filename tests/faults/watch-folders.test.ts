import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf } from '../fakes/generated-csv.ts';
import { openHandles, peakMemoryBytes } from '../fakes/process-facts.ts';
import { allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;
beforeEach(async () => {
  place = await watchPlace();
});
// As long as a test may take: forty thousand files are removed, on a machine that may have other work.
afterEach(() => place.close(), 600_000);

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
const pidOf = ({ child }: { readonly child: { readonly pid?: number | undefined } }): number => child.pid ?? 0;

/** Files of one row each, `perFolder` in a folder; their ids are `first` … */
function writeTree(files: number, perFolder: number, first = 0): void {
  for (let id = first; id < first + files; id += 1) {
    const folder = place.at(`d${String(Math.floor(id / perFolder))}`);
    if (id % perFolder === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/f${String(id)}.csv`, csvOf({ rows: 1, first: id }));
  }
}

/** Limits of a user namespace are its own: nobody else on this machine is touched. */
const limitedWatches = (watches: number): readonly string[] => [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  `echo ${String(watches)} > /proc/sys/user/max_inotify_watches && exec "$@"`,
  'limited',
];
const canLimitWatches = (): boolean => {
  try {
    const [command = '', ...args] = limitedWatches(5);
    execFileSync(command, [...args, 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

it('row 26: a folder without change events is polled: new rows, new files and rotation are found', async () => {
  place.write('a.csv', csvOf({ rows: 50 }));
  const run = place.watch({ args: ['--watching', 'polling', '--poll-ms', '200'] });
  await place.stored(50);
  place.append('a.csv', more(50, 10));
  place.write('deep/er/b.csv', csvOf({ rows: 20, first: 60 }));
  await place.stored(80);
  place.append('deep/er/b.csv', more(80, 10));
  await place.stored(90);
  const stopped = await run.stop();
  expect(stopped.code, stopped.stderr).toBe(0);
  expect((await place.once()).code).toBe(0);
  expect(place.accounts(idRange(0, 90))).toEqual(allOnce);
});

it('row 27: 20,000 files: memory and handles stay bounded, each row arrives once, and a new row among them at once', async () => {
  const files = 20_000;
  writeTree(files, 500);
  const run = place.watch();
  await place.stored(files, 120_000);
  await run.told({ kind: 'folder', state: 'idle' }, { deadlineMs: 60_000 });
  appendFileSync(place.at('d17/f8765.csv'), more(files, 1));
  await place.stored(files + 1);
  expect(peakMemoryBytes(pidOf(run))).toBeLessThan(250_000_000);
  expect(openHandles(pidOf(run))).toBeLessThan(1_000);
  const stopped = await run.stop();
  expect(stopped.code, stopped.stderr).toBe(0);
  const last = await place.once();
  expect(last.code, last.stderr).toBe(0);
  expect(place.accounts(idRange(0, files + 1))).toEqual(allOnce);
});

describe('row 28: the system tells no more', () => {
  it('its limit of watches is reached: said, and looked for instead', async ({ skip }) => {
    if (!canLimitWatches()) skip('a limit of watches cannot be set for one process here');
    writeTree(60, 2);
    const run = place.watch({ wrapper: limitedWatches(8) });
    await place.stored(60);
    const told = run.lines.some(({ code, kind }) => kind !== 'file' && code === 'watch-limit-reached');
    if (!told) await run.told({ code: 'watch-limit-reached' });
    for (const id of [60, 61, 62]) appendFileSync(place.at(`d${String(id - 35)}/f${String((id - 35) * 2)}.csv`), more(id, 1));
    place.write('d29/new.csv', csvOf({ rows: 1, first: 63 }));
    await place.stored(64, 60_000);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts(idRange(0, 64))).toEqual(allOnce);
  });

  it('more happens than its queue holds: a full scan finds the rest', async () => {
    writeTree(100, 100);
    const run = place.watch();
    await place.stored(100);
    // While it stands still the system keeps 16,384 events and drops what comes after them.
    run.kill('SIGSTOP');
    for (let round = 0; round < 20_000; round += 1) appendFileSync(place.at(`d0/f${String(round % 50)}.csv`), more(100 + round, 1));
    writeTree(200, 100, 30_000);
    appendFileSync(place.at('d0/f99.csv'), more(29_000, 1));
    run.kill('SIGCONT');
    await place.stored(20_301, 120_000);
    await run.told({ code: 'watch-events-missed' });
    expect((await run.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts([...idRange(0, 20_100), ...idRange(30_000, 200), 29_000])).toEqual(allOnce);
  });
});
