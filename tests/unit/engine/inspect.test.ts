import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectionSchema, type Inspection } from '../../../shared/contract/files.ts';
import { mappingSchema } from '../../../shared/contract/mapping.ts';
import { inspectFile } from '../../../electron/engine/inspect.ts';
import { testFolder } from './read/texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

const inspectPath = async (file: string): Promise<Inspection> =>
  inspectionSchema.parse(await inspectFile({ path: file, format: undefined, mapping: undefined, maxEventBytes: 375_000 }));
const inspect = (content: string | Buffer, name = 'pump-7.csv') => inspectPath(folder.write(name, content));

describe('what the content of a file suggests', () => {
  it('a column called metrictype and milliseconds need nothing said', async () => {
    const found = await inspect('timestamp,metrictype,v\n1500000000000,w,1\n1500000001000,w,2\n');
    expect(found).toMatchObject({
      missing: [],
      suggestion: { metricType: { kind: 'column', column: 'metrictype' }, timestamp: { column: 'timestamp', patterns: [] } },
    });
    expect(found.preview.map(({ line, event }) => [line, event])).toEqual([
      [2, '{"metrictype":"w","timestamp":1500000000000,"v":1}'],
      [3, '{"metrictype":"w","timestamp":1500000001000,"v":2}'],
    ]);
  });

  it('without one, the metric type is proposed from the name and asked for', async () => {
    const found = await inspect('date,v\n2012-01-31,1\n2012-02-01,2\n', 'seattle-weather.csv');
    expect(found).toMatchObject({
      missing: ['metricType'],
      suggestion: { metricType: { kind: 'constant', value: 'seattle-weather' }, timestamp: { column: 'date', patterns: ['uuuu-MM-dd'] } },
    });
  });

  it('day and month that could be swapped are asked for, with both readings', async () => {
    const found = await inspect('time,v\n01/02/2012 10:00,1\n03/04/2012 11:00,2\n');
    expect(found.missing).toContain('timestamp');
    const patterns = found.timestampCandidates.flatMap((candidate) => candidate.patterns);
    expect(patterns).toContain('dd/MM/uuuu HH:mm');
    expect(patterns).toContain('MM/dd/uuuu HH:mm');
    expect((await inspect('time,v\n13/02/2012 10:00,1\n03/04/2012 11:00,2\n')).missing).not.toContain('timestamp');
  });

  it('decimal commas between semicolons are numbers, unless another column has a decimal point', async () => {
    const found = await inspect('timestamp;metrictype;v\n1500000000000;w;1,5\n1500000001000;w;2,5\n');
    expect(found.format.delimiter).toBe(';');
    expect(found.columns.map(({ name, type }) => [name, type])).toEqual([
      ['timestamp', 'timestamp'],
      ['metrictype', 'text'],
      ['v', 'number'],
    ]);
    expect(found.suggestion.decimalComma).toBe(true);
    expect(found.preview[0]?.event).toContain('"v":1.5');
    const mixed = await inspect('timestamp;metrictype;v;w\n1500000000000;w;1,5;1.25\n');
    expect(mixed.suggestion.decimalComma).toBeUndefined();
    expect(mixed.preview[0]?.event).toContain('"v":"1,5"');
  });

  it('seconds since 1970 are pointed out', async () => {
    const found = await inspect('time,v\n1500000000,1\n1500000060,2\n');
    expect(found.explanations.join(' ')).toContain('time looks like seconds since 1970');
    expect(found.missing).toContain('timestamp');
  });

  it.each([
    ['ISO 8601', '2012-01-31T10:00:00Z'],
    ['with a blank', '2012-01-31 10:00:00'],
    ['German', '31.01.2012 10:00'],
    ['with milliseconds', '2012-01-31 10:00:00.123'],
    ['English names of months', '31-Jan-2012'],
    ['twelve hours', '01/31/2012 10:00:00 AM'],
  ])('timestamps %s are read', async (_what, value) => {
    const found = await inspect(`when,metrictype\n${value},w\n`);
    expect(found.missing).toEqual([]);
    expect(found.preview[0]?.event).toMatch(/"timestamp":1328\d{9}|"timestamp":1327\d{9}/);
  });

  it('JSON lines have the members of their objects as columns', async () => {
    const found = await inspect(
      '{"timestamp":1500000000000,"metrictype":"w","a":1}\n{"timestamp":1500000000000,"metrictype":"w","b":"x"}\nnone\n',
      'a.ndjson',
    );
    expect(found.columns.map(({ name, type }) => [name, type])).toEqual([
      ['timestamp', 'timestamp'],
      ['metrictype', 'text'],
      ['a', 'number'],
      ['b', 'text'],
    ]);
    expect(found.rows).toEqual([
      ['1500000000000', 'w', '1', ''],
      ['1500000000000', 'w', '', 'x'],
    ]);
    expect(found.preview[2]?.reject).toMatchObject({ code: 'json-invalid', context: { line: 3 } });
  });

  it('damaged rows are shown as what they are', async () => {
    const found = await inspect('timestamp,metrictype\n1500000000000,"a"b\n1500000000000,a\0b\n1500000000000,"w\n');
    expect(found.preview.map(({ reject }) => reject?.code)).toEqual(['quote-malformed', 'nul-byte', 'quote-unclosed']);
  });
});

describe('what cannot be read is said beside the file', () => {
  it.each<[string, string | Buffer, string | undefined]>([
    ['a workbook', Buffer.from('PK\x03\x04aaaa'), 'file-is-spreadsheet'],
    ['a repeated header', 'a,a\n1,2\n', 'header-duplicate'],
    ['a damaged gzip file', Buffer.from([0x1f, 0x8b, 8, 0xff, 1, 2, 3, 4, 5, 6, 7, 8]), 'gzip-corrupt'],
  ])('%s', async (_what, content, code) => {
    expect((await inspect(content)).refusal?.code).toBe(code);
  });

  it.each([
    ['an empty file', ''],
    ['blank lines', '\n\n'],
    ['a mark alone', '\ufeff'],
  ])('%s is called empty', async (_what, content) => {
    expect(await inspect(content)).toMatchObject({ rows: [], preview: [], refusal: { code: 'file-empty', context: { line: 1 } } });
  });

  it('a header alone has no rows', async () => {
    expect(await inspect('timestamp,metrictype\n')).toMatchObject({ rows: [], preview: [] });
  });

  it('a file that is not there, and a folder', async () => {
    expect((await inspectPath('/nowhere/a.csv')).refusal?.code).toBe('file-missing');
    expect((await inspectPath(path.dirname(folder.write('x', '')))).refusal?.code).toBe('file-is-directory');
  });
});

const data = path.join(import.meta.dirname, '../../../node_modules/vega-datasets/data');
const csvFiles = existsSync(data) ? readdirSync(data).filter((name) => name.endsWith('.csv')) : [];

it('every CSV file of vega-datasets is described, its columns named once', async () => {
  expect(csvFiles.length).toBeGreaterThan(10);
  for (const name of csvFiles) {
    const found = await inspectPath(path.join(data, name));
    expect([name, found.refusal?.code]).toEqual([name, found.missing.includes('timestamp') ? found.refusal?.code : undefined]);
    expect(found.rows.length).toBeGreaterThan(0);
    expect(new Set(found.columns.map((column) => column.name)).size).toBe(found.columns.length);
  }
});

it('what is left to the schema is previewed by it', async () => {
  const schema = {
    tenant: { timestampPatterns: ['uuuu-MM-dd HH:mm'], metricKeys: ['kind'] },
    metrics: [{ name: 'weather', aliases: ['w'], timestampPatterns: [], timestampAliases: ['day'], fields: [] }],
  };
  const mapping = mappingSchema.parse({
    metricType: { kind: 'column', column: 'metrictype', from: 'schema' },
    timestamp: { column: 'timestamp', from: 'schema' },
  });
  const order = {
    path: folder.write('a.csv', 'kind,day,v\nw,2012-01-31 00:00,1\n'),
    format: mapping.format,
    mapping,
    maxEventBytes: 375_000,
  };
  expect(await inspectFile(order)).toMatchObject({ refusal: { code: 'schema-unknown' }, preview: [] });
  const { refusal, preview } = await inspectFile({ ...order, schema });
  expect([refusal, preview]).toEqual([undefined, [{ line: 2, event: `{"kind":"w","day":${String(Date.UTC(2012, 0, 31))},"v":1}` }]]);
});
