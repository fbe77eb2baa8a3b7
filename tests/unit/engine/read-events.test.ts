import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mappingSchema, type MappingInput } from '../../../shared/contract/mapping.ts';
import { prepareRows, readEvents, type ReadBatch, type ReadOrder, type ReadResult } from '../../../electron/engine/read-events.ts';
import { maxRecordBytes } from '../../../electron/engine/read/open-rows.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

interface Found extends ReadResult {
  readonly batches: readonly ReadBatch[];
}

const limitless = { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };

async function readFile(path: string, mapping: MappingInput, change: Partial<ReadOrder> = {}): Promise<Found> {
  const order: ReadOrder = {
    path,
    fileName: 'file',
    mapping: mappingSchema.parse(mapping),
    fieldTypes: new Map(),
    maxEventBytes: 375_000,
    limits: limitless,
    ...change,
  };
  const events = readEvents(order, await prepareRows(order));
  const batches: ReadBatch[] = [];
  for (;;) {
    const next = await events.next();
    if (next.done === true) return { ...next.value, batches };
    batches.push(next.value);
  }
}

const eventsOf = ({ batches }: Found): readonly unknown[] =>
  batches.flatMap(({ payload }) => JSON.parse(Buffer.from(payload.bytes).toString()) as unknown[]);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const csvMapping: MappingInput = { metricType: { kind: 'constant', value: 'w' }, timestamp: { column: 'timestamp' } };

/** Everything that makes a request what it is. */
const plainBatch = ({ from, to, payload, rejects, sourceDigest }: ReadBatch) => ({
  ...{ from, to, rejects, sourceDigest, body: Buffer.from(payload.bytes).toString(), starts: [...payload.starts], rows: [...payload.rows] },
});

/** Reads each batch again by itself, as a later run does with what an earlier one left open. */
async function expectSameWhenReadAgain(path: string, mapping: MappingInput, { batches }: Found): Promise<void> {
  for (const batch of batches) {
    const again = await readFile(path, mapping, { from: batch.from, to: batch.to });
    expect(again.batches.map(plainBatch)).toEqual([plainBatch(batch)]);
  }
}

function expectGapFree(path: string, { batches, end }: Found): void {
  const bytes = readFileSync(path);
  for (const [at, { from, to, sourceDigest }] of batches.entries()) {
    expect(batches[at + 1]?.from ?? end).toEqual(to);
    expect(sourceDigest).toBe(sha256(bytes.subarray(from.byte, to.byte)));
  }
}

const line = fc.oneof(
  { weight: 5, arbitrary: fc.nat(9_999).map((value) => `1500000000000,${value},plain`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '1500000000000,"a\nb",quoted',
      '1500000000000,1',
      '1500000000000,"x"y,bad',
      '5,1,seconds',
      '1500000000000,\0,nul',
      ',,',
      '1500000000000,"unclosed',
    ),
  },
  { weight: 2, arbitrary: fc.constant('') },
);
const limits = fc.record({ maxEvents: fc.integer({ min: 1, max: 5 }), maxBytes: fc.integer({ min: 60, max: 400 }) });

describe('a file in batches', () => {
  it('has every row once, in batches that follow each other, and each can be read again as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 25 }), limits, fc.boolean(), async (lines, most, ended) => {
        const path = folder.write('rows.csv', `timestamp,value,kind\n${lines.join('\n')}${ended ? '\n' : ''}`);
        const whole = await readFile(path, csvMapping);
        const found = await readFile(path, csvMapping, { limits: most });
        expect(eventsOf(found)).toEqual(eventsOf(whole));
        expect(found.batches.flatMap(({ rejects }) => rejects)).toEqual(whole.batches.flatMap(({ rejects }) => rejects));
        expect(found.end).toEqual(whole.end);
        const numbers = found.batches
          .flatMap(({ payload, rejects }) => [...payload.rows, ...rejects.map(({ row }) => row)])
          .sort((a, b) => a - b);
        expect(numbers).toEqual(Array.from({ length: found.end.row }, (_, row) => row));
        expectGapFree(path, found);
        await expectSameWhenReadAgain(path, csvMapping, found);
      }),
      { numRuns: 60 },
    );
  });

  it('of JSON lines likewise', async () => {
    const jsonLine = fc.oneof(
      { weight: 5, arbitrary: fc.nat(999).map((value) => `{"metrictype":"w","timestamp":1500000000000,"v":${value}}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('{', '[]', '', ' ', '{"metrictype":"w"}', '{"metrictype":"w","timestamp":1500000000000,"v":{}}'),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(jsonLine, { maxLength: 20 }), limits, async (lines, most) => {
        const path = folder.write('rows.ndjson', ['{}', ...lines].join('\n'));
        const mapping: MappingInput = { format: { kind: 'ndjson' } };
        const found = await readFile(path, mapping, { limits: most });
        expect(eventsOf(found)).toEqual(eventsOf(await readFile(path, mapping)));
        expect(found.end.row).toBe(1 + lines.filter((each) => each.trim() !== '').length);
        expectGapFree(path, found);
        await expectSameWhenReadAgain(path, mapping, found);
      }),
      { numRuns: 40 },
    );
  });

  it('goes on where an earlier reading ended, gzipped and in UTF-16 too', async () => {
    const text = `timestamp,value\n${Array.from({ length: 50 }, (_, row) => `${1_500_000_000_000 + row},𝄞${row}\n`).join('')}`;
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const content of [
      Buffer.from(text),
      gzipSync(text),
      wide,
      Buffer.from(wide).swap16(),
      gzipSync(wide),
      Buffer.from(`\ufeff${text}`),
    ]) {
      const path = folder.write('resumed', content);
      const found = await readFile(path, csvMapping, { limits: { maxEvents: 7, maxBytes: 10_000 } });
      expect(eventsOf(found)).toHaveLength(50);
      await expectSameWhenReadAgain(path, csvMapping, found);
    }
  });

  it('with more blank lines than a block holds between its rows is the same when read again', async () => {
    const row = (at: number) => `${1_500_000_000_000 + at},${at}\n`;
    const blank = '\n'.repeat(300_000);
    const path = folder.write('blank.csv', `timestamp,value\n${row(0)}${blank}${row(1)}${row(2)}\n\n${blank}${row(3)}${blank}`);
    const found = await readFile(path, csvMapping, { limits: { maxEvents: 1, maxBytes: 10_000 } });
    expect(eventsOf(found)).toHaveLength(4);
    expectGapFree(path, found);
    await expectSameWhenReadAgain(path, csvMapping, found);
  });
});

describe('rows longer than can be held', () => {
  it.each([
    ['by far', 20_000_000],
    ['by less than a block', maxRecordBytes + 300],
  ])('%s are rejected with their place; the rest goes on', async (_name, size) => {
    const overlong = `1500000000000,${'x'.repeat(size)}\n`;
    const before = `timestamp,value\n1500000000001,1\n`;
    for (const blank of ['', '\n'.repeat(400_000)]) {
      const path = folder.write('overlong.csv', `${before}${blank}${overlong}1500000000002,2\n`);
      const found = await readFile(path, csvMapping);
      expect(eventsOf(found)).toMatchObject([{ value: 1 }, { value: 2 }]);
      const [reject] = found.batches.flatMap(({ rejects }) => rejects);
      const at = before.length + blank.length;
      expect(reject).toMatchObject({ row: 1, line: 3 + blank.length, code: 'record-too-long' });
      expect(reject?.reason).toContain(`bytes ${at} to ${at + overlong.length} of the file`);
      expect(reject?.source.length).toBeLessThanOrEqual(2_000);
      expectGapFree(path, found);
      await expectSameWhenReadAgain(path, csvMapping, found);
    }
  });

  it('first in the file behind blank lines, the batch still stands for every byte', async () => {
    const path = folder.write('first.csv', `timestamp,value\n${'\n'.repeat(400_000)}${'x'.repeat(17_000_000)}\n1500000000002,2\n`);
    const found = await readFile(path, csvMapping);
    expect(found.end.row).toBe(2);
    expectGapFree(path, found);
  });
});

describe('a damaged row is rejected by itself', () => {
  it('with its line, its code and its text', async () => {
    const bad = Buffer.concat([Buffer.from('1500000000000,'), Buffer.from([0xc3, 0x28]), Buffer.from('\n')]);
    const head = 'timestamp,value\n1500000000000,1\n1500000000000,a\0b\n1500000000000,"q"x\n1500000000000\n';
    const path = folder.write(
      'damaged.csv',
      Buffer.concat([Buffer.from(head), bad, Buffer.from('1500000000000,"open\n1500000000000,2\n')]),
    );
    const found = await readFile(path, csvMapping);
    expect(eventsOf(found)).toMatchObject([{ value: 1 }, { value: 2 }]);
    expect(found.batches.flatMap(({ rejects }) => rejects.map(({ line, code, row }) => [row, line, code]))).toEqual([
      [1, 3, 'nul-byte'],
      [2, 4, 'quote-malformed'],
      [3, 5, 'ragged-row'],
      [4, 6, 'encoding-invalid'],
      [5, 7, 'quote-unclosed'],
    ]);
    expect(found.batches[0]?.rejects[2]).toMatchObject({ source: '1500000000000' });
  });

  it('a timestamp of megabytes too', async () => {
    const path = folder.write('long-time.csv', `timestamp,value\n${'1'.repeat(3_000_000)},1\n1500000000000,2\n`);
    const found = await readFile(path, { ...csvMapping, timestamp: { column: 'timestamp', patterns: ['ISO_DATE_TIME'] } });
    expect(found.batches[0]?.rejects).toMatchObject([{ code: 'timestamp-unparsable', line: 2 }]);
    expect(eventsOf(found)).toHaveLength(1);
  });
});

it('says whether the last line has its end', async () => {
  const ended = async (text: string) => (await readFile(folder.write('end.csv', text), csvMapping)).endedOpen;
  expect(await ended('timestamp,value\n1500000000000,1\n')).toBe(false);
  expect(await ended('timestamp,value\n1500000000000,1')).toBe(true);
  expect(await ended('timestamp,value')).toBe(true);
});

it('still says so when it is read again from its end, as a retry does', async () => {
  const text = 'timestamp,value\n1500000000000,1';
  for (const content of [Buffer.from(text), gzipSync(text), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
    const path = folder.write('open-end.csv', content);
    const { end } = await readFile(path, csvMapping);
    expect(await readFile(path, csvMapping, { from: end })).toEqual({ batches: [], end, endedOpen: true });
  }
});

it('reading ends with as many rejects as are allowed, and goes on from there as if it had not', async () => {
  const row = fc.boolean();
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), async (fits, most, blank) => {
      const lines = fits.map((isGood, at) => (isGood ? `${1_500_000_000_000 + at},${at}` : `never,${at}`));
      const path = folder.write('most.csv', `timestamp,v\n${lines.map((line) => `${line}\n${blank ? '\n' : ''}`).join('')}`);
      const whole = await readFile(path, csvMapping);
      const first = await readFile(path, csvMapping, { mostRejects: most });
      const rejectsOf = ({ batches }: Found) => batches.flatMap(({ rejects }) => rejects);
      const bad = [...fits.keys()].filter((at) => fits[at] === false);
      expect(first.stopped ?? false).toBe(bad.length >= most);
      expect(rejectsOf(first).map(({ row: at }) => at)).toEqual(bad.slice(0, most));
      if (first.stopped === true) expect(first.end.row).toBe((bad[most - 1] ?? 0) + 1);
      const rest = first.stopped === true ? await readFile(path, csvMapping, { from: first.end }) : undefined;
      const both = rest === undefined ? [first] : [first, rest];
      expect(both.flatMap(eventsOf)).toEqual(eventsOf(whole));
      expect(both.flatMap(rejectsOf)).toEqual(rejectsOf(whole));
      expect(both.at(-1)?.end.row).toBe(whole.end.row);
      for (const one of both) expectGapFree(path, one);
    }),
    { numRuns: 150 },
  );
});
