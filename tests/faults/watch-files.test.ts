import { chmodSync, chownSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf } from '../fakes/generated-csv.ts';
import { allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
/** Root reads everything, so the one who watches has to be somebody else. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
const asNobody = nobody === undefined ? {} : { runAs: nobody };

describe.each(['stream', 'batch'] as const)('by the %s route', (route) => {
  beforeEach(async () => {
    place = await watchPlace({ route });
  });
  afterEach(() => place.close());

  it('row 21: a large copy in progress is picked up once, when it has settled', async () => {
    const run = place.watch({ args: ['--mode', 'files', '--settle-ms', '1500'] });
    await run.told({ kind: 'folder' });
    place.write('copy.csv', csvOf({ rows: 2_000 }));
    // As a slow drive copies: a piece every now and then, never quiet for as long as the folder takes to settle.
    for (let first = 2_000; first < 20_000; first += 1_000) {
      await delay(150);
      expect(place.sandbox.status().rows).toBe(0);
      place.append('copy.csv', more(first, 1_000));
    }
    await run.told({ kind: 'file', path: 'copy.csv', state: 'settling' });
    await place.stored(20_000);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once({ args: ['--mode', 'files', '--settle-ms', '100'] })).code).toBe(0);
    expect(place.accounts(idRange(0, 20_000))).toEqual(allOnce);
  });

  it('row 22: a file that changes while it is sent as a whole: one consistent version, or stopped and queued anew', async () => {
    const files = ['--mode', 'files', '--settle-ms', '200'];
    place.faults({ kind: 'latency', delayMs: 150 });
    place.write('a.csv', csvOf({ rows: 60_000 }));
    const run = place.watch({ args: [...files, '--concurrency', '1', '--rate', '20', '--burst', '1'] });
    await place.stored(1);
    writeFileSync(place.at('a.csv'), csvOf({ rows: 5_000, first: 100_000 }));
    place.faults();
    const wanted = (): readonly number[] => place.accounts(idRange(100_000, 5_000)).lost;
    await run.told({ kind: 'file', path: 'a.csv', state: 'done' }, { deadlineMs: 60_000 });
    expect((await run.stop()).code).toBe(0);
    await place.once({ args: files });
    expect(wanted()).toEqual([]);
    const { repeated, strange } = place.accounts(idRange(100_000, 5_000));
    expect(repeated).toBeLessThanOrEqual(place.possiblyRepeated());
    // Of the first version: what was sent before it went, and none of its rows in another form.
    expect(strange.every((id) => id >= 0 && id < 60_000)).toBe(true);
    expect(new Set(place.texts('id')).size).toBe(5_000 + strange.length);
  });

  it.each(['in place', 'by another file of the same name'])(
    'row 23: saved anew %s with rows changed in the middle: only what is new or changed is sent',
    async (how) => {
      const before = idRange(0, 2_000);
      const text = (ids: readonly number[]): string => `timestamp,id\n${ids.map((id) => more(id, 1)).join('')}`;
      place.write('book.csv', text(before));
      const run = place.watch();
      await place.stored(2_000);
      await run.told({ kind: 'file', path: 'book.csv', state: 'done' });
      const after = [...before.slice(0, 700), 5_000, 5_001, ...before.slice(703, 1_500), 5_002, ...before.slice(1_500), 5_003, 5_004];
      if (how === 'in place') place.write('book.csv', text(after));
      else {
        place.write('.book.csv.saving', text(after));
        renameSync(place.at('.book.csv.saving'), place.at('book.csv'));
      }
      await place.stored(2_005);
      place.append('book.csv', more(5_005, 1));
      await place.stored(2_006);
      expect((await run.stop()).code).toBe(0);
      expect((await place.once()).code).toBe(0);
      expect(place.accounts([...before, ...idRange(5_000, 6)])).toEqual(allOnce);
    },
  );

  it.each([
    ['in place', false],
    ['in place, and grown', true],
    ['by another file of the same name', false],
    ['by another file of the same name, while nobody watches', true],
  ] as const)('row 23: a row changed %s to one as long as before: it alone is sent', async (how, grows) => {
    place.write('book.csv', csvOf({ rows: 2_000 }));
    let run = place.watch();
    await place.stored(2_000);
    await run.told({ kind: 'file', path: 'book.csv', state: 'done' });
    if (how.endsWith('watches')) expect((await run.stop()).code).toBe(0);
    // Row 1,000 lies between the windows by which the version is known, and its id has as many digits as before.
    const changed = csvOf({ rows: 1_000 }) + more(9_000, 1) + more(1_001, 999) + (grows ? more(2_000, 3) : '');
    if (how.startsWith('in place')) place.write('book.csv', changed);
    else {
      place.write('.book.csv.saving', changed);
      renameSync(place.at('.book.csv.saving'), place.at('book.csv'));
    }
    if (run.hasEnded()) run = place.watch();
    const added = grows ? 4 : 1;
    await place.stored(2_000 + added);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts([...idRange(0, 2_000 + added - 1), 9_000])).toEqual(allOnce);
  });

  it('row 23: fewer rows put in place of others that took as many bytes, while nobody watches, and rows appended: they alone are sent', async () => {
    place.write('book.csv', csvOf({ rows: 2_000 }));
    const first = place.watch();
    await place.stored(2_000);
    expect((await first.stop()).code).toBe(0);
    const rowBytes = Buffer.byteLength(more(1_000, 1));
    const quoted = more(9_000, rowBytes).replaceAll(/(\d+),(\d+)/g, '"$1","$2"');
    // Each takes four bytes more, so that as many rows as one has bytes stand where there were four more than that.
    const replaced = rowBytes + 4;
    place.write('book.csv', csvOf({ rows: 1_000 }) + quoted + more(1_000 + replaced, 1_000 - replaced) + more(2_000, 3));
    const second = place.watch();
    await place.stored(2_003 + rowBytes);
    expect((await second.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts([...idRange(0, 2_003), ...idRange(9_000, rowBytes)])).toEqual(allOnce);
  });

  it('row 24: columns that change within a file are held and asked about; other files go on', async () => {
    place.write('a.csv', csvOf({ rows: 100 }));
    place.write('b.csv', csvOf({ rows: 100, first: 100 }));
    const run = place.watch();
    await place.stored(200);
    place.append(
      'a.csv',
      `timestamp,unit,id\n${idRange(1_000, 10)
        .map((id) => `${String(1_500_000_000_000 + id)},C,${String(id)}\n`)
        .join('')}`,
    );
    await run.told({ kind: 'file', path: 'a.csv', state: 'held', code: 'schema-drift' });
    place.append('b.csv', more(200, 10));
    await place.stored(210);
    await run.stop();
    const last = await place.once();
    expect(last.code).toBe(1);
    expect(place.accounts(idRange(0, 210))).toEqual(allOnce);
  });

  it('row 24: a file with other columns than those before it is held; nothing of it is guessed', async () => {
    place.write('a.csv', csvOf({ rows: 100 }));
    const run = place.watch();
    await place.stored(100);
    place.write('b.csv', `timestamp,id,unit\n1500000000100,100,C\n`);
    await run.told({ kind: 'file', path: 'b.csv', state: 'held', code: 'schema-drift' });
    place.append('a.csv', more(100, 5));
    await place.stored(105);
    await run.stop();
    expect(place.accounts(idRange(0, 105))).toEqual(allOnce);
  });

  it('row 25: a file that cannot be read is shown and tried again; then it is sent once', async () => {
    mkdirSync(place.dataDir);
    for (const folder of [place.work.path, place.inbox, place.dataDir]) {
      chmodSync(folder, 0o755);
      if (nobody !== undefined) chownSync(folder, nobody, nobody);
    }
    chmodSync(place.write('locked.csv', csvOf({ rows: 50 })), 0o000);
    place.write('open.csv', csvOf({ rows: 50, first: 50 }));
    const run = place.watch(asNobody);
    await run.told({ kind: 'file', path: 'locked.csv', state: 'unreadable' });
    await place.stored(50);
    chmodSync(place.at('locked.csv'), 0o644);
    await place.stored(100, 60_000);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once(asNobody)).code).toBe(0);
    expect(place.accounts(idRange(0, 100))).toEqual(allOnce);
  });

  it('row 25: the folder goes away and comes back with more: said, and nothing is sent twice', async () => {
    place.write('a.csv', csvOf({ rows: 300 }));
    place.write('sub/b.csv', csvOf({ rows: 100, first: 300 }));
    const run = place.watch();
    await place.stored(400);
    renameSync(place.inbox, place.work.at('elsewhere'));
    await run.told({ kind: 'folder', state: 'missing' }, { deadlineMs: 60_000 });
    writeFileSync(place.work.at('elsewhere/sub/b.csv'), csvOf({ rows: 150, first: 300 }));
    writeFileSync(place.work.at('elsewhere/c.csv'), csvOf({ rows: 50, first: 450 }));
    renameSync(place.work.at('elsewhere'), place.inbox);
    await place.stored(500, 60_000);
    place.append('a.csv', more(500, 5));
    await place.stored(505);
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.lines.filter(({ kind }) => kind === 'at-risk')).toEqual([]);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts(idRange(0, 505))).toEqual(allOnce);
  });
});
