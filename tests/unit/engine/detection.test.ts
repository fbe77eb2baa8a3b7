/** What is found out about files that are no tables, and about files with everything that goes wrong in practice. */
import path from 'node:path';
import iconv from 'iconv-lite';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectFile } from '../../../electron/engine/inspect.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());
const data = path.join(import.meta.dirname, '../../../node_modules/vega-datasets/data');
const inspect = (file: string) => inspectFile({ path: file, format: undefined, mapping: undefined, maxEventBytes: 375_000 });

it.each([
  'annual-precip.json',
  'earthquakes.json',
  'londonBoroughs.json',
  'miserables.json',
  'us-10m.json',
  'volcano.json',
  'world-110m.json',
  'flights-200k.arrow',
  'gimp.png',
])('%s is no table: no row of it would be sent', async (file) => {
  const found = await inspect(path.join(data, file));
  expect(found.refusal !== undefined || found.preview.every(({ reject }) => reject !== undefined)).toBe(true);
});

describe('what files have in practice', () => {
  const rows = [
    'Zeit;Ort;Wert',
    '31.01.2012 10:00;Köln;1,5',
    '01.02.2012 11:00;"Bad ""Ems""";-0,25',
    '13.02.2012 12:30;"zwei\nZeilen";1.234,5',
  ].join('\r\n');

  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(rows)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${rows}`)],
    ['Windows-1252', iconv.encode(rows, 'windows-1252')],
    ['UTF-16, little endian', iconv.encode(rows, 'utf-16le', { addBOM: true })],
    ['UTF-16, big endian', iconv.encode(rows, 'utf-16be', { addBOM: true })],
  ])('semicolons, decimal commas, quoted line ends and a German date in %s', async (_encoding, bytes) => {
    const found = await inspect(folder.write('werte.csv', bytes));
    expect(found.format.delimiter).toBe(';');
    expect(found.rows.map((row) => row[1])).toEqual(['Köln', 'Bad "Ems"', 'zwei\nZeilen']);
    expect(found.timestampCandidates[0]).toMatchObject({ column: 'Zeit', patterns: ['dd.MM.uuuu HH:mm'] });
    expect(found.suggestion.decimalComma).toBe(true);
    expect(found.preview.map(({ event }) => /"Wert":([^,}]+)/.exec(event ?? '')?.[1])).toEqual(['1.5', '-0.25', '1234.5']);
  });

  it.each([
    ['tabs', '\t'],
    ['vertical bars', '|'],
    ['commas', ','],
    ['semicolons', ';'],
  ])('%s', async (_name, delimiter) => {
    const found = await inspect(
      folder.write(
        'a.csv',
        [
          ['time', 'a', 'b'],
          ['2012-01-31 10:00', '1', 'x'],
          ['2012-01-31 10:01', '2', 'y'],
        ]
          .map((row) => row.join(delimiter))
          .join('\n'),
      ),
    );
    expect(found.format.delimiter).toBe(delimiter);
    expect(found.columns.map(({ name }) => name)).toEqual(['time', 'a', 'b']);
  });

  it('day and month that could be either are offered both ways, and nothing is decided', async () => {
    const found = await inspect(folder.write('a.csv', 'time,a\n01/02/2012 10:00,1\n03/04/2012 10:00,2\n'));
    expect(found.timestampCandidates.flatMap(({ patterns }) => patterns)).toEqual(
      expect.arrayContaining(['dd/MM/uuuu HH:mm', 'MM/dd/uuuu HH:mm']),
    );
    expect(found.missing).toContain('timestamp');
  });

  it('a file without names is noticed', async () => {
    const found = await inspect(folder.write('a.csv', '2012-01-31 10:00,1,2.5\n2012-01-31 10:01,2,2.6\n'));
    expect(found.explanations.join(' ')).toContain('The first line looks like values');
  });

  it('a pretty-printed JSON array is read element by element', async () => {
    const content = JSON.stringify(
      [
        { timestamp: 1_500_000_000_000, metrictype: 'w', v: 1 },
        { timestamp: 1_500_000_000_001, metrictype: 'w', v: 2 },
      ],
      null,
      2,
    );
    const found = await inspect(folder.write('a.json', content));
    expect(found.missing).toEqual([]);
    expect(found.preview.map(({ line, event }) => [line, JSON.parse(event ?? 'null') as unknown])).toEqual([
      [2, { timestamp: 1_500_000_000_000, metrictype: 'w', v: 1 }],
      [7, { timestamp: 1_500_000_000_001, metrictype: 'w', v: 2 }],
    ]);
  });
});
