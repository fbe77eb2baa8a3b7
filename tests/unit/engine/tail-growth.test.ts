import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../shared/contract/mapping.ts';
import type { Encoding } from '../../../electron/engine/read/byte-source.ts';
import { prepareRows, readEvents } from '../../../electron/engine/read-events.ts';
import { testFolder } from './read/texts.ts';
import { csvMapping, expectGapFree, resumeOf, settingsOf, Tail, targetOf, type Told } from './tails.ts';

const folder = testFolder();
afterAll(() => folder.remove());

let files = 0;
const newFile = (content: string | Buffer = ''): string => folder.write(`${String(++files)}.csv`, content);

/** What the reader of whole files makes of the finished file. */
async function readOnce(path: string, mapping: MappingInput) {
  const { mapping: parsed, maxEventBytes } = settingsOf(mapping);
  const limits = { maxEvents: 1e6, maxBytes: 1e9 };
  const order = { path, fileName: 'file', mapping: parsed, fieldTypes: new Map(), maxEventBytes, limits };
  const rows: unknown[] = [];
  const rejects: unknown[] = [];
  for await (const batch of readEvents(order, await prepareRows(order))) {
    const { bytes, starts, rows: numbers } = batch.payload;
    const text = Buffer.from(bytes);
    for (const [at, row] of numbers.entries()) rows.push({ row, event: text.toString('utf8', starts[at], (starts[at + 1] ?? 0) - 1) });
    rejects.push(...batch.rejects);
  }
  return { rows, rejects };
}

const encoded = (text: string, encoding: Encoding, mark: boolean): Buffer => iconv.encode(text, encoding, { addBOM: mark });

interface Growth {
  readonly bytes: Buffer;
  readonly mapping: MappingInput;
}

const encodings = fc.constantFrom<readonly [Encoding, boolean]>(
  ['utf-8', false],
  ['utf-8', true],
  ['utf-16le', true],
  ['utf-16be', true],
  ['windows-1252', false],
);

const csvGrowth: fc.Arbitrary<Growth> = fc
  .tuple(encodings, fc.constantFrom('\n', '\r\n'), fc.boolean())
  .chain(([[encoding, mark], lineEnd, ended]) => {
    const letters = encoding === 'windows-1252' ? ['a', 'é', '€'] : ['a', 'é', '気', '😀'];
    const text = fc.string({ unit: fc.constantFrom(...letters, ',', '"', '\n', '\r', ' '), maxLength: 5 });
    const cell = fc.oneof(
      fc.constantFrom('', '1', '-2.50', ...letters),
      text.map((found) => `"${found.replaceAll('"', '""')}"`),
      { weight: 1, arbitrary: fc.constantFrom('"', '"a"b', 'a"b') },
    );
    const row = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.tuple(fc.constantFrom('1700000000000', '"1700000000001"', 'never', ''), cell, cell).map((cells) => cells.join(',')),
      },
      { weight: 1, arbitrary: fc.constantFrom('', '1700000000000', '17,1,2,3') },
    );
    return fc.array(row, { minLength: 1, maxLength: 8 }).map((rows) => {
      const whole = ['timestamp,a,b', '1700000000000,é,2', ...rows].join(lineEnd) + (ended ? lineEnd : '');
      return { bytes: encoded(whole, encoding, mark), mapping: { ...csvMapping, format: { delimiter: ',', encoding } } };
    });
  });

const ndjsonGrowth: fc.Arbitrary<Growth> = fc
  .tuple(encodings, fc.constantFrom('\n', '\r\n'), fc.boolean())
  .chain(([[encoding, mark], lineEnd, ended]) => {
    const line = fc.oneof(
      fc
        .string({ unit: fc.constantFrom('a', 'é', '"', '\n', '\\'), maxLength: 5 })
        .map((a) => JSON.stringify({ timestamp: 1_700_000_000_000, a })),
      fc.constantFrom('', '{"timestamp":1700000000000,"a":{}}', '{"timestamp":17', '[1]', ' '),
    );
    return fc.array(line, { minLength: 1, maxLength: 8 }).map((rows) => {
      const whole = ['{"timestamp":1700000000000,"b":"é"}', ...rows].join(lineEnd) + (ended ? lineEnd : '');
      return { bytes: encoded(whole, encoding, mark), mapping: { ...csvMapping, format: { kind: 'ndjson', encoding } } };
    });
  });

/** Grows a file by stretches, looks after each, and begins anew from what was planned where it is said. */
async function grow(
  { bytes, mapping }: Growth,
  steps: readonly { readonly to: number; readonly restart: boolean; readonly drop: boolean }[],
) {
  const path = newFile();
  const told: Told = { bodies: [], segments: [], rows: [], rejects: [], formats: [], outcomes: [], messages: [] };
  let tail = new Tail(settingsOf(mapping));
  const takeOver = (from: Told): void => {
    told.segments.push(...from.segments);
    told.rows.push(...from.rows);
    told.rejects.push(...from.rejects);
    told.formats.push(...from.formats);
  };
  let length = 0;
  const ends = [
    ...steps.map((step) => ({ ...step, to: Math.min(step.to, bytes.length) })).sort((a, b) => a.to - b.to),
    { to: bytes.length, restart: false, drop: false },
  ];
  for (const { to, restart, drop } of ends) {
    appendFileSync(path, bytes.subarray(length, to));
    length = Math.max(length, to);
    const planned: Told = {
      ...told,
      segments: [...told.segments, ...tail.told.segments],
      formats: [...told.formats, ...tail.told.formats],
    };
    await tail.look(targetOf(path, resumeOf(planned, path)));
    if (drop) tail.session.handle({ kind: 'tail-forget', session: 1, fileId: path });
    if (!restart) continue;
    takeOver(tail.told);
    await tail.close();
    tail = new Tail(settingsOf(mapping));
  }
  const planned: Told = { ...told, segments: [...told.segments, ...tail.told.segments], formats: [...told.formats, ...tail.told.formats] };
  const outcome = await tail.look(targetOf(path, { ...resumeOf(planned, path), isFinal: true }));
  takeOver(tail.told);
  await tail.close();
  return { path, told, outcome };
}

const steps = fc.array(fc.record({ to: fc.nat(400), restart: fc.boolean(), drop: fc.boolean() }), { maxLength: 6 });

describe('a file that grows, looked at wherever a write was cut, with restarts in between', () => {
  it.each([
    ['CSV', csvGrowth],
    ['JSON lines', ndjsonGrowth],
  ])('gives the same rows as the finished file read once: %s', async (_kind, growth) => {
    await fc.assert(
      fc.asyncProperty(growth, steps, async (file, looks) => {
        const { path, told, outcome } = await grow(file, looks);
        const once = await readOnce(path, file.mapping);
        expect({ rows: told.rows, rejects: told.rejects }).toEqual(once);
        expectGapFree(told);
        expect(outcome).toMatchObject({ kind: 'at-end', openBytes: 0 });
      }),
      { numRuns: 150 },
    );
  });

  it('gives rows in the same segments again when one is read by itself', async () => {
    await fc.assert(
      fc.asyncProperty(csvGrowth, steps, async ({ bytes, mapping }, looks) => {
        const { path, told } = await grow({ bytes, mapping }, looks);
        const tail = told.formats.at(-1)?.format;
        const { mapping: parsed, maxEventBytes } = settingsOf(mapping);
        for (const { from, to, sourceDigest, rejects, events } of told.segments) {
          const order = {
            path,
            fileName: 'file',
            mapping: parsed,
            fieldTypes: new Map(),
            maxEventBytes,
            limits: { maxEvents: 1e6, maxBytes: 1e9 },
            from,
            to,
            tail,
          };
          const batches = [];
          for await (const batch of readEvents(order, await prepareRows(order))) batches.push(batch);
          expect(batches.map((batch) => [batch.sourceDigest, batch.rejects, batch.payload.rows.length])).toEqual([
            [sourceDigest, rejects, events],
          ]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
