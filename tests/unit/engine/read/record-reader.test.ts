import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCsvFramer, type CsvDialect } from '../../../../electron/engine/read/csv-framer.ts';
import { createLineFramer } from '../../../../electron/engine/read/line-framer.ts';
import { readAll } from './records.ts';
import { everyCut } from './texts.ts';

const dialect: CsvDialect = { delimiter: ',', quote: '"', newline: 'lf' };
const framers = {
  csv: (max: number) => createCsvFramer(dialect, max),
  'JSON lines': (max: number) => createLineFramer(max),
};

describe.each(Object.entries(framers))('%s: a record longer than can be held', (_kind, framer) => {
  it.each([1, 3, 7, 1_000])('is passed by with its place; what follows is read (blocks of %i bytes)', async (size) => {
    const long = 'x'.repeat(50);
    const text = `a\n${long}\nb\nc`;
    const cuts = Array.from({ length: Math.ceil(text.length / size) }, (_, at) => (at + 1) * size);
    const { records, endedOpen, observed } = await readAll(Buffer.from(text), { framer: framer(10), cuts, maxRecordBytes: 10 });
    expect(records.map(({ kind }) => kind)).toEqual(['whole', 'tooLong', 'whole', 'whole']);
    expect(records[1]).toMatchObject({ line: 2, byte: 2, nextByte: 53, nextLine: 3 });
    expect(records[2]).toMatchObject({ source: 'b', line: 3, byte: 53 });
    expect(endedOpen).toBe(true);
    if (observed !== '') expect(observed).toBe(`${long}\n`);
  });

  it('ends the file, with and without a line end', async () => {
    for (const [text, open] of [
      [`a\n${'x'.repeat(30)}`, true],
      [`a\n${'x'.repeat(30)}\n`, false],
    ] as const) {
      const all = await readAll(Buffer.from(text), { framer: framer(10), cuts: everyCut(Buffer.from(text)), maxRecordBytes: 10 });
      expect(all.records.map(({ kind }) => kind)).toEqual(['whole', 'tooLong']);
      expect(all).toMatchObject({ endedOpen: open, position: { byte: text.length } });
    }
  });

  it('is told by its bytes, not by how the blocks fall', async () => {
    const soup = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', '\n', '\r'), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(soup, fc.array(fc.nat(60), { maxLength: 6 }), fc.integer({ min: 3, max: 12 }), async (text, cuts, max) => {
        const bytes = Buffer.from(text);
        const places = async (blocks: readonly number[]) =>
          (await readAll(bytes, { framer: framer(max), cuts: blocks, maxRecordBytes: max })).records.map(
            ({ kind, line, byte, nextByte, nextLine }) => ({ kind, line, byte, nextByte, nextLine }),
          );
        const whole = await places([]);
        expect(await places(cuts)).toEqual(whole);
        expect(await places(everyCut(bytes))).toEqual(whole);
      }),
      { numRuns: 600 },
    );
  });
});

describe('JSON lines', () => {
  it('are cut at LF with or without CR, blank ones left out', async () => {
    const text = '{"a":1}\r\n\n  \t\r\n{"b":2}\n{"c":3}';
    for (const cuts of [[], everyCut(Buffer.from(text))]) {
      const { records } = await readAll(Buffer.from(text), { framer: createLineFramer(100), cuts, maxRecordBytes: 100 });
      expect(records.map(({ source, line, byte }) => [source, line, byte])).toEqual([
        ['{"a":1}', 1, 0],
        ['{"b":2}', 4, 15],
        ['{"c":3}', 5, 23],
      ]);
    }
  });
});
