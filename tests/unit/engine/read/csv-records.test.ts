import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { createCsvFramer, type CsvDialect } from '../../../../electron/engine/read/csv-framer.ts';
import { cellsOnDemand, parseCells } from '../../../../electron/engine/read/csv-cells.ts';
import { FramedRecords } from '../../../../electron/engine/read/framed-records.ts';
import { readAll } from './records.ts';
import { csvTexts, everyCut } from './texts.ts';

const maxRecordBytes = 1_000_000;
const dialectOf = (delimiter: string, newline: CsvDialect['newline']): CsvDialect => ({ delimiter, newline, quote: '"' });
const read = (bytes: Buffer, dialect: CsvDialect, cuts: readonly number[], start?: { byte: number; line: number }) =>
  readAll(bytes, { framer: createCsvFramer(dialect, maxRecordBytes), cuts, maxRecordBytes, dialect, ...(start ? { start } : {}) });

const commas = dialectOf(',', 'lf');
const readText = (text: string, dialect = commas) => read(Buffer.from(text), dialect, everyCut(Buffer.from(text)));

const cutCsv = csvTexts.chain((csv) =>
  fc.record({ csv: fc.constant(csv), cuts: fc.array(fc.nat(Buffer.byteLength(csv.text) + 1), { maxLength: 5 }) }),
);

it('finds the end of lines of every length, whatever stands before and behind it', async () => {
  // Bytes that differ from a line end by one bit, or by one in value.
  const near = ['\u000b', '\u0009', '\u008a', '\u000e', '\u004a', '\u0100'];
  for (const [at, text] of near.entries()) {
    const lines = Array.from({ length: 260 }, (_none, length) => text.repeat(length + at + 1));
    const { records } = await read(Buffer.from(lines.join('\n')), commas, []);
    expect(records.map(({ source }) => source)).toEqual(lines);
  }
});

describe('well-formed CSV, however it is cut into blocks', () => {
  it('has the rows papaparse sees in the whole of it, blank lines left out', async () => {
    await fc.assert(
      fc.asyncProperty(cutCsv, async ({ csv, cuts }) => {
        const bytes = Buffer.from(csv.text);
        const expected = Papa.parse<string[]>(csv.text, {
          delimiter: csv.delimiter,
          newline: csv.lineEnd as '\n',
          skipEmptyLines: false,
        }).data;
        const { records } = await read(bytes, dialectOf(csv.delimiter, csv.newline), cuts);
        expect(records.every(({ kind }) => kind === 'whole')).toBe(true);
        const quoted = (row: number): boolean => (records[row]?.source ?? '') === '""';
        const rows = records.map(({ cells }) => cells);
        // papaparse gives a blank line as one empty cell, which a quoted empty cell is too.
        const withoutBlank = (all: readonly (readonly string[] | undefined)[]) => all.filter((row) => row?.length !== 1 || row[0] !== '');
        expect(withoutBlank(rows)).toEqual(withoutBlank(expected));
        expect(rows.filter((row, at) => row?.length === 1 && row[0] === '' && !quoted(at))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('has the same records at the same places for every way to cut it', async () => {
    await fc.assert(
      fc.asyncProperty(cutCsv, async ({ csv, cuts }) => {
        const bytes = Buffer.from(csv.text);
        const dialect = dialectOf(csv.delimiter, csv.newline);
        const whole = await read(bytes, dialect, []);
        expect(await read(bytes, dialect, cuts)).toEqual(whole);
        expect(await read(bytes, dialect, everyCut(bytes))).toEqual(whole);
        expect(whole.position.byte).toBe(bytes.length);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rest when it is read again from any row', async () => {
    await fc.assert(
      fc.asyncProperty(cutCsv, async ({ csv, cuts }) => {
        const bytes = Buffer.from(csv.text);
        const dialect = dialectOf(csv.delimiter, csv.newline);
        const { records } = await read(bytes, dialect, []);
        for (const [at, { nextByte, nextLine }] of records.entries()) {
          const rest = await read(bytes.subarray(nextByte), dialect, cuts, { byte: nextByte, line: nextLine });
          expect(rest.records).toEqual(records.slice(at + 1));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('names the line a row begins in, as an editor would', async () => {
    await fc.assert(
      fc.asyncProperty(cutCsv, async ({ csv, cuts }) => {
        const bytes = Buffer.from(csv.text);
        const byte = csv.newline === 'cr' ? 0x0d : 0x0a;
        const { records } = await read(bytes, dialectOf(csv.delimiter, csv.newline), cuts);
        for (const record of records) expect(record.line).toBe(1 + bytes.subarray(0, record.byte).filter((each) => each === byte).length);
      }),
      { numRuns: 200 },
    );
  });

  it('has the same cells asked for one by one or all at once', () => {
    fc.assert(
      fc.property(csvTexts, fc.nat(30), (csv, asked) => {
        const bytes = Buffer.from(`${csv.text}${csv.lineEnd}`.repeat(4));
        const dialect = dialectOf(csv.delimiter, csv.newline);
        const records = new FramedRecords();
        createCsvFramer(dialect, maxRecordBytes).frame(bytes, 0, bytes.length, true, records);
        const onDemand = cellsOnDemand(bytes, records, dialect);
        const all = parseCells(bytes, records, dialect);
        for (let count = 0; count < asked; count += 1) onDemand(0);
        for (let at = 0; at < records.count; at += 1) expect(onDemand(at)).toEqual(all(at));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a cell keeps its text', () => {
  it.each([
    [
      'a carriage return at the end of a quoted last cell',
      'a,"b\r"\r\nc,d\r\n',
      [
        ['a', 'b\r'],
        ['c', 'd'],
      ],
    ],
    [
      'blanks behind a closing quote are none',
      'a,"b" \r\n"c" ,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a quote within a cell that is not quoted',
      'a,5" pipe\nb,6"\r\n',
      [
        ['a', '5" pipe'],
        ['b', '6"'],
      ],
    ],
    [
      'a byte order mark in the middle of a file',
      'a,b\n\ufeffc,d\n',
      [
        ['a', 'b'],
        ['\ufeffc', 'd'],
      ],
    ],
    [
      'mixed line ends',
      'a,b\r\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
  ])('%s', async (_name, text, rows) => {
    expect((await readText(text)).records.map(({ cells }) => cells)).toEqual(rows);
    expect((await read(Buffer.from(text), commas, [])).records.map(({ cells }) => cells)).toEqual(rows);
  });
});

describe('malformed quotes damage one line', () => {
  it.each([
    ['text behind a closing quote', 'a,b\n1,"x"y\n2,z\n', ['whole a,b', 'quoteMalformed 1,"x"y', 'whole 2,z']],
    ['a quote that is never closed', 'a,b\n1,"x\n2,z\n3,w\n', ['whole a,b', 'quoteUnclosed 1,"x', 'whole 2,z', 'whole 3,w']],
    ['one never closed in the last line', 'a,b\n1,x\n2,"z', ['whole a,b', 'whole 1,x', 'quoteUnclosed 2,"z']],
    [
      'one that meets the quote of a later line',
      '1,"x\n2,z\n3,"w"\n4,v\n',
      ['quoteUnclosed 1,"x', 'whole 2,z', 'whole 3,"w"', 'whole 4,v'],
    ],
  ])('%s', async (_name, text, expected) => {
    expect((await readText(text)).records.map(({ kind, source }) => `${kind} ${source}`)).toEqual(expected);
  });

  it('and every line is in exactly one record, whatever the text', async () => {
    const soup = fc.string({ unit: fc.constantFrom('a', '"', '"', ',', '\n', '\r', ' '), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(soup, async (text) => {
        const bytes = Buffer.from(text);
        const whole = await read(bytes, commas, []);
        expect(await read(bytes, commas, everyCut(bytes))).toEqual(whole);
        let at = 0;
        for (const { byte, nextByte } of whole.records) {
          expect(bytes.subarray(at, byte).toString()).toMatch(/^(\r?\n)*$/);
          at = nextByte;
        }
        expect(bytes.subarray(at).toString()).toMatch(/^(\r?\n)*\r?$/);
      }),
      { numRuns: 500 },
    );
  });
});
