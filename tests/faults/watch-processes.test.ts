import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodes } from '../fakes/cli-process.ts';
import { csvOf } from '../fakes/generated-csv.ts';
import { journalIntegrity } from '../fakes/journal-counts.ts';
import { peakMemoryBytes } from '../fakes/process-facts.ts';
import { seeded } from '../fakes/seeded.ts';
import { until } from '../fakes/until.ts';
import { allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;
beforeEach(async () => {
  place = await watchPlace();
});
afterEach(() => place.close());

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
const journal = (): string => path.join(place.dataDir, 'journal.sqlite');

describe.each(nodes)('watching with %s', (node) => {
  it('row 6: killed again and again while it writes its journal, with half a page left behind: the old state or the new one', async () => {
    const random = seeded(6);
    place.write('a.csv', csvOf({ rows: 10 }));
    let rows = 10;
    for (let kill = 0; kill < 10; kill += 1) {
      const run = place.watch({ node });
      const before = place.sandbox.status().requests;
      // Each row is a request, and each request a transaction before it and one after it.
      for (const end = performance.now() + 20_000; place.sandbox.status().requests < before + 5 && performance.now() < end; rows += 1) {
        place.append('a.csv', more(rows, 1));
        await delay(3);
      }
      for (let writes = random.between(0, 20); writes > 0; writes -= 1, rows += 1) {
        place.append('a.csv', more(rows, 1));
        await delay(random.between(0, 3));
      }
      await run.crash();
      // As after a loss of power in the middle of a write.
      if (existsSync(`${journal()}-wal`)) appendFileSync(`${journal()}-wal`, Buffer.alloc(random.between(1, 4_000), 0x5a));
      expect(journalIntegrity(place.dataDir)).toBe('ok');
    }
    const last = await place.once({ node });
    expect(last.code, last.stderr).toBe(0);
    expect(last.lines.filter(({ code }) => code === 'journal-corrupt')).toEqual([]);
    const { lost, strange, repeated } = place.accounts(idRange(0, rows));
    expect([lost, strange]).toEqual([[], []]);
    expect(repeated).toBeLessThanOrEqual(place.possiblyRepeated());
  });

  it('row 37: a second one on the same data folder refuses, and the first goes on', async () => {
    place.write('a.csv', csvOf({ rows: 100 }));
    const run = place.watch({ node });
    await place.stored(100);
    const second = await place.watch({ node }).ended;
    expect(second.code).toBe(2);
    expect(second.stdout + second.stderr).toContain('data-dir-locked');
    place.append('a.csv', more(100, 10));
    await place.stored(110);
    expect((await run.stop()).code).toBe(0);
    expect(place.accounts(idRange(0, 110))).toEqual(allOnce);
  });
});

describe('row 7: a journal that cannot be used', () => {
  const damages: readonly (readonly [string, () => void])[] = [
    ['damaged', () => writeFileSync(journal(), Buffer.alloc(readFileSync(journal()).length, 0x5a))],
    ['truncated', () => truncateSync(journal(), 5_000)],
    ['empty', () => truncateSync(journal(), 0)],
  ];

  it.each(damages)('%s: starts, says so, keeps the old file aside, and goes on with what comes', async (_how, damage) => {
    place.write('a.csv', csvOf({ rows: 50 }));
    expect((await place.once()).code).toBe(0);
    damage();
    const old = readFileSync(journal());
    const run = place.watch({ args: ['--existing', 'skip'] });
    await run.told({ kind: 'notice', code: 'journal-corrupt' });
    await run.told({ kind: 'folder', state: 'idle' });
    place.append('a.csv', more(50, 10));
    await place.stored(60);
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    const aside = readdirSync(place.dataDir).filter((name) => /^journal\.sqlite\.damaged-.*Z$/.test(name));
    expect(aside).toHaveLength(1);
    expect(readFileSync(path.join(place.dataDir, aside[0] ?? '')).equals(old)).toBe(true);
    expect(place.accounts(idRange(0, 60))).toEqual(allOnce);
    const again = await place.once({ args: ['--existing', 'skip'] });
    expect(again.lines.some(({ code }) => code === 'journal-corrupt')).toBe(false);
  });

  it('from a newer version: refuses, and touches nothing', async () => {
    place.write('a.csv', csvOf({ rows: 50 }));
    expect((await place.once()).code).toBe(0);
    const database = new DatabaseSync(journal());
    database.exec('PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)');
    database.close();
    const old = readFileSync(journal());
    const refused = await place.once();
    expect(refused.code).toBe(2);
    expect(refused.stdout + refused.stderr).toContain('journal-newer');
    expect(readFileSync(journal()).equals(old)).toBe(true);
  });
});

it('row 8: a full disk pauses with a message, and it goes on by itself when there is room', async ({ skip }) => {
  mkdirSync(place.dataDir);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', place.dataDir], { stdio: 'ignore' });
  } catch {
    skip('a small file system cannot be mounted here');
  }
  const filler = path.join(place.dataDir, 'filler');
  const fill = (): void => {
    try {
      writeFileSync(filler, Buffer.alloc(24_000_000));
    } catch {
      // It is as full as it gets.
    }
  };
  try {
    place.write('a.csv', csvOf({ rows: 1_000 }));
    const run = place.watch();
    await place.stored(1_000);
    fill();
    let rows = 1_000;
    const isTold = (): boolean => run.lines.some(({ code }) => code === 'disk-full');
    for (const end = performance.now() + 60_000; !isTold() && !run.hasEnded() && performance.now() < end; rows += 200) {
      place.append('a.csv', more(rows, 200));
      await delay(5);
    }
    await run.told({ code: 'disk-full' });
    rmSync(filler);
    await place.stored(rows, 60_000);
    expect(run.hasEnded()).toBe(false);
    expect((await run.stop()).code).toBe(0);
    const last = await place.once();
    expect(last.code, last.stderr).toBe(0);
    expect(place.accounts(idRange(0, rows)).lost).toEqual([]);
    expect(place.accounts(idRange(0, rows)).repeated).toBeLessThanOrEqual(place.possiblyRepeated());
  } finally {
    execFileSync('umount', ['-l', place.dataDir]);
  }
});

describe('row 35: rows that are gone before they could be read', () => {
  it('the file was deleted while nobody watched: alarm with counts', async () => {
    place.write('a.csv', csvOf({ rows: 20_000 }));
    place.write('b.csv', csvOf({ rows: 10, first: 20_000 }));
    const first = place.watch({ args: ['--rate', '2', '--burst', '1'] });
    await place.stored(1);
    expect((await first.stop()).code).toBe(0);
    rmSync(place.at('a.csv'));
    const run = place.watch();
    const alarm = await run.told({ kind: 'at-risk', path: 'a.csv' });
    expect(alarm).toMatchObject({ cause: 'deleted' });
    expect(Number(alarm['bytes'])).toBeGreaterThan(0);
    expect(Number(alarm['rows'])).toBeGreaterThan(0);
    // What is said to be gone is at least what is missing, roughly: rows are estimated from those before.
    const stopped = await run.stop();
    const missing = place.accounts(idRange(0, 20_000)).lost.length;
    expect(Number(alarm['rows'])).toBeGreaterThan(missing * 0.8);
    expect(stopped.lines.filter(({ kind }) => kind === 'at-risk')).toHaveLength(1);
    expect(place.accounts(idRange(20_000, 10)).lost).toEqual([]);
  });

  it('the file was emptied before it could be sent, for nobody answered: alarm with counts, and what was read arrives', async () => {
    place.write('a.csv', csvOf({ rows: 10 }));
    const run = place.watch();
    await place.stored(10);
    await place.outage(async () => {
      place.append('a.csv', more(10, 200_000));
      await run.told({ code: 'server-unreachable' });
      truncateSync(place.at('a.csv'), 0);
      await run.told({ kind: 'at-risk', path: 'a.csv', cause: 'truncated' });
    });
    place.append('a.csv', csvOf({ rows: 10, first: 300_000 }));
    await until('the rows that came later', () => place.accounts(idRange(300_000, 10)).lost.length === 0);
    const stopped = await run.stop();
    const alarm = stopped.lines.find(({ kind }) => kind === 'at-risk');
    await place.once();
    const { lost } = place.accounts([...idRange(0, 200_010), ...idRange(300_000, 10)]);
    expect(lost.filter((id) => id >= 300_000)).toEqual([]);
    expect(Number(alarm?.['rows'])).toBeGreaterThan(lost.length * 0.8);
    expect(Number(alarm?.['rows'])).toBeLessThan(lost.length * 1.2 + 1_000);
  });
});

describe('row 38: sleep and days without a network', () => {
  it('asleep while files grow, rotate and the service starts anew: it goes on by itself', async () => {
    place.write('a.csv', csvOf({ rows: 100 }));
    const run = place.watch();
    await place.stored(100);
    run.kill('SIGSTOP');
    place.append('a.csv', more(100, 200));
    renameSync(place.at('a.csv'), place.at('a.csv.1'));
    place.write('a.csv', csvOf({ rows: 200, first: 300 }));
    await place.outage(() => Promise.resolve());
    run.kill('SIGCONT');
    await place.stored(500, 60_000);
    expect((await run.stop()).code).toBe(0);
    expect(place.accounts(idRange(0, 500))).toEqual(allOnce);
  });

  it('offline while a million rows are written: memory stays bounded, and all of it goes out afterwards', async () => {
    place.write('a.csv', csvOf({ rows: 10 }));
    const run = place.watch();
    await place.stored(10);
    const rows = 1_000_010;
    await place.outage(async () => {
      for (let part = 0; part < 50; part += 1) {
        place.append(`${String(part % 3)}.csv`, csvOf({ rows: 20_000, first: 10 + part * 20_000, header: part < 3 }));
      }
      await run.told({ code: 'server-unreachable' });
    });
    await place.stored(rows, 300_000);
    expect(peakMemoryBytes(run.child.pid ?? 0)).toBeLessThan(300_000_000);
    expect((await run.stop()).code).toBe(0);
    expect(place.accounts(idRange(0, rows)).lost).toEqual([]);
  });
});
