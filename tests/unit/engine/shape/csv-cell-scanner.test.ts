import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { cellAt, cellClass, createCellScanner, valueClass, weightAt } from '../../../../electron/engine/shape/csv-cell-scanner.ts';
import { isJsonNumber } from '../../../../electron/engine/shape/json-text.ts';

const width = 3;

function scanned(text: string, delimiter = ',', quote = '"') {
  const weights = new Int32Array(weightAt(width, 0));
  // One cell of text weighs 2, and its bytes count; another weighs nothing.
  for (const column of [0, 2]) {
    weights[weightAt(column, cellClass.text)] = 2;
    weights[weightAt(column, valueClass)] = -1;
  }
  const scanner = createCellScanner(width, delimiter.charCodeAt(0), quote.charCodeAt(0), weights);
  // Something before and behind it, which is not to be looked at.
  const bytes = Buffer.from(`7,"${text}\n1,`);
  const weight = scanner.scan(bytes, 3, bytes.length - 3);
  const cells = Array.from({ length: width }, (_none, cell) => {
    const [from = 0, to = 0, ended = 0] = scanner.cells.subarray(cellAt(cell));
    return { text: bytes.toString('utf8', from, to), ended };
  });
  return { weight, cells, hasEmpty: scanner.hasEmpty };
}

const classOf = (text: string): number => {
  if (text === '') return cellClass.empty;
  if (isJsonNumber(text)) return /^-?\d+$/.test(text) ? cellClass.integer : cellClass.decimal;
  return /^[+-]?\d+$/.test(text) ? cellClass.digits : cellClass.text;
};

const number = fc
  .tuple(
    fc.constantFrom('', '-', '+', '--'),
    fc.string({ unit: fc.constantFrom('0', '1', '9'), maxLength: 25 }),
    fc.constantFrom('', '.', '.5', '.05', '. 5', ','),
    fc.constantFrom('', 'e', 'E5', 'e+05', 'e-', 'E-12', 'e1.5'),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', '"', "'", ',', ';', '\t', '\r', ' ', '\\', '\u0000', '\u007f', '1', '-', '.', 'é', '😀'),
    maxLength: 6,
  }),
  fc.constantFrom('', ' ', ' 1', '1 ', '\ufeff1', 'NaN', 'Infinity', '1_000', '٣', '0x1F', 'true', 'a b'),
);
const written = (quote: string) =>
  fc
    .tuple(fc.oneof(number, text), fc.boolean())
    .map(([cell, quoted]) => (quoted ? quote + cell.replaceAll(quote, quote + quote) + quote : cell));

describe('cells found in the bytes of a record', () => {
  it.each([
    [',', '"'],
    [';', '"'],
    ['\t', '"'],
    ['|', "'"],
  ])('are those that papaparse finds between %j and %j, each known for what it is, or the record is not plain', (delimiter, quote) => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(written(quote), { minLength: 2, maxLength: 4 }), (cells) => {
        const record = cells.join(delimiter);
        const found = scanned(record, delimiter, quote);
        if (found.weight < 0) return;
        plain += 1;
        // papaparse takes a mark off the beginning; in the middle of a file it is text.
        const { data } = Papa.parse<string[]>(`${record.startsWith('\ufeff') ? '\ufeff' : ''}${record}\n`, {
          delimiter,
          quoteChar: quote,
          newline: '\n',
        });
        expect(found.cells.map((cell) => cell.text)).toEqual(data[0]);
        expect(found.cells.map(({ ended }) => ended)).toEqual(found.cells.map((cell) => classOf(cell.text)));
        expect(found.hasEmpty).toBe(found.cells.some((cell) => cell.text === ''));
        // What stands in JSON as it stands here.
        for (const cell of found.cells) expect(JSON.stringify(cell.text)).toBe(`"${cell.text}"`);
        const weighed = [found.cells[0], found.cells[2]].reduce(
          (sum, cell) => sum + Buffer.byteLength(cell?.text ?? '') + (cell?.ended === cellClass.text ? 2 : 0),
          0,
        );
        expect(found.weight).toBe(weighed);
      }),
      { numRuns: 1_000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  it('are all found in a record of ordinary cells, quoted or not', () => {
    const ordinary = fc
      .oneof(number, fc.constantFrom('', 'a b', 'Zürich', '気温', '😀', 'it’s', 'ok'))
      .filter((cell) => !cell.includes(','));
    fc.assert(
      fc.property(fc.array(fc.tuple(ordinary, fc.boolean()), { minLength: width, maxLength: width }), (cells) => {
        const { weight } = scanned(cells.map(([cell, quoted]) => (quoted ? `"${cell}"` : cell)).join(','));
        expect(weight).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it.each(['1,2', '1,2,3,4', '"1,2,3', '1,"2"x,3', '1,a"b,3', '1,"a""b",3', '1,a\\b,3', '1,\u0001,3', '1,2,3\r'])(
    'are not looked for in %j',
    (record) => expect(scanned(record).weight).toBe(-1),
  );
});
