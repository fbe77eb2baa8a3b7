import { copyFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf } from '../fakes/generated-csv.ts';
import { allOnce, idRange, watchPlace, type WatchPlace, type WatchRun } from '../fakes/watch-place.ts';

let place: WatchPlace;

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
const fresh = (first: number, rows: number): string => csvOf({ rows, first });
/** Ends the run, then runs until nothing is left, and compares what is stored with rows 0 … `rows - 1`. */
const endsWith = async (run: WatchRun, rows: number): Promise<void> => {
  const stopped = await run.stop();
  expect(stopped.code, stopped.stderr).toBe(0);
  const last = await place.once();
  expect(last.code, last.stderr).toBe(0);
  expect(place.accounts(idRange(0, rows))).toEqual(allOnce);
  expect(place.possiblyRepeated()).toBe(0);
};

describe.each(['stream', 'batch'] as const)('by the %s route', (route) => {
  beforeEach(async () => {
    place = await watchPlace({ route });
  });
  afterEach(() => place.close());

  // A rotated file keeps its rows under a name that the patterns may no longer take.
  describe.each(['log.csv.1', 'log-1.csv'])('a file that is rotated to %s', (rotated) => {
    it('row 9: by renaming: the old one is drained, the new one followed, nothing is sent twice', async () => {
      place.write('log.csv', fresh(0, 100));
      const run = place.watch();
      await place.stored(100);
      place.append('log.csv', more(100, 400));
      renameSync(place.at('log.csv'), place.at(rotated));
      place.append(rotated, more(500, 50));
      place.write('log.csv', fresh(550, 100));
      await place.stored(650);
      place.append('log.csv', more(650, 50));
      await place.stored(700);
      await endsWith(run, 700);
    });

    it('row 10: by copying and truncating: new rows are sent once, from the beginning of the file', async () => {
      place.write('log.csv', fresh(0, 300));
      const run = place.watch();
      await place.stored(300);
      copyFileSync(place.at('log.csv'), place.at(rotated));
      truncateSync(place.at('log.csv'), 0);
      place.append('log.csv', fresh(300, 20));
      await place.stored(320);
      place.append('log.csv', more(320, 400));
      await place.stored(720);
      await endsWith(run, 720);
    });

    it('row 12: while nobody watches, with rows unread: both files are finished', async () => {
      place.write('log.csv', fresh(0, 200));
      const first = place.watch();
      await place.stored(200);
      expect((await first.stop()).code).toBe(0);
      place.append('log.csv', more(200, 300));
      renameSync(place.at('log.csv'), place.at(rotated));
      place.write('log.csv', fresh(500, 100));
      const second = place.watch();
      await place.stored(600);
      await endsWith(second, 600);
    });
  });

  it('row 12: copied, emptied and renamed while nobody watches, in the middle of a row: finished, and no alarm', async () => {
    const args = ['--include', '*.csv', '--include', '*.csv.*', '--settle-ms', '60000'];
    const rows = fresh(0, 101);
    const cut = rows.length - 5;
    place.write('log.csv', rows.slice(0, cut));
    const first = place.watch({ args });
    // The kill is to repeat nothing: the file waits for its last row only when the others are known to be confirmed.
    await first.told({ kind: 'file', state: 'settling', rowsConfirmed: 100 });
    first.kill('SIGKILL');
    await first.ended;
    place.append('log.csv', rows.slice(cut));
    copyFileSync(place.at('log.csv'), place.at('log.csv.1'));
    truncateSync(place.at('log.csv'), 0);
    place.append('log.csv', fresh(101, 20));
    renameSync(place.at('log.csv'), place.at('log.csv.2'));
    place.write('log.csv', fresh(121, 20));
    const second = place.watch({ args: args.slice(0, 4) });
    await place.stored(141);
    await endsWith(second, 141);
    expect((await second.ended).lines.filter(({ kind }) => kind === 'at-risk')).toEqual([]);
  });

  it('row 9: several times in a row, faster than it is read', async () => {
    place.write('log.csv', fresh(0, 10));
    const run = place.watch({ args: ['--include', '*.csv', '--include', '*.csv.*'] });
    await place.stored(10);
    for (let round = 1; round <= 5; round += 1) {
      place.append('log.csv', more(round * 100 - 90, 90));
      for (let old = round; old > 0; old -= 1)
        renameSync(place.at(old === 1 ? 'log.csv' : `log.csv.${String(old - 1)}`), place.at(`log.csv.${String(old)}`));
      place.write('log.csv', fresh(round * 100, 10));
    }
    await place.stored(510);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once({ args: ['--include', '*.csv', '--include', '*.csv.*'] })).code).toBe(0);
    expect(place.accounts(idRange(0, 510))).toEqual(allOnce);
  });

  it('row 11: truncated and refilled to more than before between two looks: noticed by the content', async () => {
    place.write('log.csv', fresh(0, 300));
    const run = place.watch();
    await place.stored(300);
    run.kill('SIGSTOP');
    const { ino } = statSync(place.at('log.csv'));
    writeFileSync(place.at('log.csv'), fresh(300, 500));
    expect(statSync(place.at('log.csv')).ino).toBe(ino);
    run.kill('SIGCONT');
    await place.stored(800);
    await endsWith(run, 800);
  });

  it('row 12: rows appended while nobody watches are sent, alone', async () => {
    place.write('a.csv', fresh(0, 200));
    place.write('b.ndjson', '{"timestamp":1500000000200,"id":200}\n');
    const first = place.watch();
    await place.stored(201);
    expect((await first.stop()).code).toBe(0);
    place.append('a.csv', more(201, 99));
    place.append('b.ndjson', '{"timestamp":1500000000300,"id":300}\n');
    place.write('sub/c.csv', fresh(301, 99));
    const second = place.watch();
    await place.stored(400);
    await endsWith(second, 400);
  });

  it('row 13: an inode that another file has now: read from its beginning', async () => {
    place.write('old.csv', fresh(0, 300));
    const first = place.watch();
    await place.stored(300);
    expect((await first.stop()).code).toBe(0);
    const { ino } = statSync(place.at('old.csv'));
    // The same inode under another name and with another content, larger than the old one: as a system gives inodes out again.
    renameSync(place.at('old.csv'), place.at('other.csv'));
    writeFileSync(place.at('other.csv'), fresh(300, 400));
    expect(statSync(place.at('other.csv')).ino).toBe(ino);
    const second = place.watch();
    await place.stored(700);
    await endsWith(second, 700);
  });

  it('row 13: deleted and created again at once: whatever the inode, the new file is read from its beginning', async () => {
    place.write('log.csv', fresh(0, 300));
    const run = place.watch();
    await place.stored(300);
    rmSync(place.at('log.csv'));
    place.write('log.csv', fresh(300, 310));
    await place.stored(610);
    await endsWith(run, 610);
  });

  it('row 13: the inode of a deleted file goes to the copy of a rotation: the copy is not taken for new', async () => {
    place.write('old.csv', fresh(0, 50));
    place.write('log.csv', fresh(50, 300));
    const run = place.watch();
    await place.stored(350);
    await run.told({ kind: 'file', path: 'old.csv', state: 'done' });
    // A copy into the same inode, as the system gives out what was given back.
    renameSync(place.at('old.csv'), place.at('log.csv.1'));
    copyFileSync(place.at('log.csv'), place.at('log.csv.1'));
    truncateSync(place.at('log.csv'), 0);
    place.append('log.csv', fresh(350, 20));
    await place.stored(370);
    await endsWith(run, 370);
  });

  it.each([
    ['changed in the middle', fresh(0, 100) + more(300, 1) + more(101, 199)],
    ['saved without its first rows', fresh(100, 200) + more(300, 1)],
  ])('rows 12 and 23: %s, then rotated, while nobody watches: only what is new or changed is sent', async (_how, saved) => {
    place.write('log.csv', fresh(0, 300));
    const first = place.watch();
    await place.stored(300);
    expect((await first.stop()).code).toBe(0);
    place.write('log.csv', saved);
    copyFileSync(place.at('log.csv'), place.at('log.csv.1'));
    truncateSync(place.at('log.csv'), 0);
    place.append('log.csv', fresh(301, 20));
    const every = ['--include', '*.csv', '--include', '*.csv.*'];
    const second = place.watch({ args: every });
    await place.stored(321);
    expect((await second.stop()).code).toBe(0);
    expect((await place.once({ args: every })).code).toBe(0);
    expect(place.accounts(idRange(0, 321))).toEqual(allOnce);
  });

  it('row 14: files with the same header and the same first 20 kilobytes are not taken for one another', async () => {
    const start = csvOf({ rows: 1_000 });
    place.write('one.csv', start + more(1_000, 50));
    place.write('two.csv', start + more(1_050, 50));
    place.write('only-header.csv', 'timestamp,id\n');
    const run = place.watch();
    await place.stored(2_100);
    place.write('three.csv', start);
    await place.stored(3_100);
    place.append('three.csv', more(1_100, 50));
    place.append('one.csv', more(1_150, 50));
    place.append('only-header.csv', more(1_200, 50));
    await place.stored(3_250);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    const shared = idRange(0, 1_000);
    expect(place.accounts([...shared, ...shared, ...shared, ...idRange(1_000, 250)])).toEqual(allOnce);
  });
});
