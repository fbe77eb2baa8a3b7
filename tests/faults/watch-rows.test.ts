import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf } from '../fakes/generated-csv.ts';
import { allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
const time = (id: number): number => 1_500_000_000_000 + id;
/** A row of a file of its own, stored: whatever was written before it has been looked at since. Returns the name of the file. */
let barriers = 0;
const barrier = async (): Promise<string> => {
  const rows = place.sandbox.status().rows;
  const id = 900_000 + barriers++;
  const name = `barrier-${String(id)}.ndjson`;
  place.write(name, `{"timestamp":${String(time(id))},"id":${String(id)}}\n`);
  await place.stored(rows + 1);
  return name;
};
const idsWithBarriers = (ids: readonly number[]): readonly number[] => [...ids, ...idRange(900_000, barriers)];

describe.each(['stream', 'batch'] as const)('by the %s route', (route) => {
  beforeEach(async () => {
    barriers = 0;
    place = await watchPlace({ route });
  });
  afterEach(() => place.close());

  it('row 15: a tiny file, one line without a newline, is sent once it has settled', async () => {
    const run = place.watch({ args: ['--settle-ms', '300'] });
    await run.told({ kind: 'folder' });
    place.write('tiny.csv', `timestamp,id\n${String(time(0))},0`);
    place.write('tiny.ndjson', `{"timestamp":${String(time(1))},"id":1}`);
    await place.stored(2);
    expect((await run.stop()).code).toBe(0);
    expect((await place.once()).code).toBe(0);
    expect(place.accounts([0, 1])).toEqual(allOnce);
  });

  it('row 16: a last line that lacks its newline is held while it grows, and is one row in the end', async () => {
    const settle = ['--settle-ms', '20000'];
    place.write('log.csv', csvOf({ rows: 10 }));
    const run = place.watch({ args: settle });
    await place.stored(10);
    for (const piece of [String(time(123)), ',', '1', '2']) {
      place.append('log.csv', piece);
      await barrier();
    }
    await run.told({ kind: 'file', path: 'log.csv', code: 'last-line-open' });
    place.append('log.csv', '3\n');
    await place.stored(11 + barriers);
    // The same over a restart.
    place.append('log.csv', `${String(time(456))},4`);
    // Stored and known to be: else its row would be the one that a crash repeats.
    await run.told({ kind: 'file', path: await barrier(), state: 'done' });
    await run.crash();
    const second = place.watch({ args: settle });
    await barrier();
    place.append('log.csv', '56\n');
    await place.stored(12 + barriers);
    expect((await second.stop()).code).toBe(0);
    expect(place.accounts(idsWithBarriers([...idRange(0, 10), 123, 456]))).toEqual(allOnce);
  });

  it('row 17: a newline inside quotes where a read ends, in a growing file, is one row', async () => {
    const text = `first line\nsecond "quoted" line\n${'x'.repeat(70_000)}\nlast line`;
    const row = (id: number): Buffer => Buffer.from(`${String(time(id))},${String(id)},"${text.replaceAll('"', '""')}"\n`);
    const run = place.watch({ args: ['--settle-ms', '20000'] });
    place.write('log.csv', 'timestamp,id,text\n');
    // Behind each newline within the cell, within the pair of quotes, and somewhere in the long line.
    const cuts = [row(0).indexOf('\n') + 1, row(0).indexOf('second') + 8, 65_536, row(0).lastIndexOf('\nlast') + 1, row(0).length - 1];
    for (const [id, cut] of cuts.entries()) {
      place.append('log.csv', row(id).subarray(0, cut));
      await barrier();
      place.append('log.csv', row(id).subarray(cut));
      await place.stored(id + 1 + barriers);
    }
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.summary).toMatchObject({ rowsRejected: 0, rowsHeld: 0 });
    expect(place.accounts(idsWithBarriers(idRange(0, cuts.length)))).toEqual(allOnce);
    expect(place.texts('text').filter((value) => value === text)).toHaveLength(cuts.length);
  });

  it('row 18: a restart in the middle of a CSV eats no row as a header and sends no header as a row', async () => {
    place.write('log.csv', csvOf({ rows: 6_000 }));
    const slow = { args: ['--rate', '3', '--burst', '1'] };
    const first = place.watch(slow);
    await place.stored(1);
    await first.crash();
    const second = place.watch(slow);
    await second.told({ kind: 'folder' });
    await place.stored(1_001);
    expect((await second.stop()).code).toBe(0);
    place.append('log.csv', more(6_000, 10));
    const last = await place.once();
    expect(last.code, last.stderr).toBe(0);
    expect(place.accounts(idRange(0, 6_010))).toMatchObject({ lost: [], strange: [] });
    expect(place.accounts(idRange(0, 6_010)).repeated).toBeLessThanOrEqual(route === 'batch' ? 0 : place.possiblyRepeated());
    expect(last.summary).toMatchObject({ rowsRejected: 0 });
  });

  it('row 19: malformed and overlong rows go to the rejects, the rest goes on; not again after a restart', async () => {
    const bad = `${String(time(1))},1,too,many\nyesterday,2\n${String(time(3))},"${'x'.repeat(400_000)}"\n`;
    place.write('log.csv', csvOf({ rows: 100 }) + bad + more(100, 100));
    const run = place.watch();
    await place.stored(200);
    place.append('log.csv', `yesterday,4\n${more(200, 10)}`);
    await place.stored(210);
    const stopped = await run.stop();
    expect(stopped.summary).toMatchObject({ rowsConfirmed: 210, rowsRejected: 4, rowsHeld: 0 });
    const rejects = (): readonly string[] => {
      const folder = path.join(place.dataDir, 'rejects');
      const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
      return names.filter((name) => /\.\w+$/.test(name)).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    };
    const before = rejects();
    expect(before.join('')).toContain('too,many');
    expect(before.join('').match(/yesterday,\d/g)).toHaveLength(2);
    await place.once();
    expect(rejects()).toEqual(before);
    expect(place.accounts(idRange(0, 210))).toEqual(allOnce);
  });

  describe('row 20: every encoding is read right while the file grows, also after a restart', () => {
    const word = 'Zürich — 5 €, 温度 🌡';
    const latinWord = 'Zürich - 5 E, São Paulo';
    const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
    const encodings: readonly (readonly [string, (text: string) => Buffer, Buffer, string])[] = [
      ['UTF-8', (text) => Buffer.from(text), Buffer.alloc(0), word],
      ['UTF-8 with a byte order mark', (text) => Buffer.from(text), Buffer.from([0xef, 0xbb, 0xbf]), word],
      ['UTF-16 LE', (text) => Buffer.from(text, 'utf16le'), Buffer.from([0xff, 0xfe]), word],
      ['UTF-16 BE', utf16be, Buffer.from([0xfe, 0xff]), word],
      ['Latin-1', (text) => Buffer.from(text, 'latin1'), Buffer.alloc(0), latinWord],
    ];

    it.each(encodings)('%s', async (_name, encode, mark, text) => {
      const rows = (first: number, count: number): string =>
        idRange(first, count)
          .map((id) => `${String(time(id))},${String(id)},"${text}"\n`)
          .join('');
      place.write('log.csv', Buffer.concat([mark, encode(`timestamp,id,text\n${rows(0, 2_500)}`)]));
      const run = place.watch({ args: ['--settle-ms', '20000'] });
      await place.stored(2_500);
      // Cut at each byte of a row: within characters, within pairs of units.
      const row = encode(rows(2_500, 1));
      for (const cut of [row.indexOf(encode('ü')) + 1, row.length - encode('"\n').length - 1]) {
        const at = place.sandbox.status().rows;
        place.append('log.csv', row.subarray(0, cut));
        await barrier();
        place.append('log.csv', row.subarray(cut));
        await place.stored(at + 2);
      }
      expect((await run.stop()).code).toBe(0);
      place.append('log.csv', encode(rows(2_501, 50)));
      const last = await place.once();
      expect(last.code, last.stderr).toBe(0);
      expect(place.accounts(idsWithBarriers([...idRange(0, 2_551), 2_500]))).toEqual(allOnce);
      expect(place.texts('text').filter((value) => value !== undefined && value !== text)).toEqual([]);
    });
  });
});
