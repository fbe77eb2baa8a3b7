import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, describe, expect, it } from 'vitest';
import { formatSchema, type MappingInput } from '../../../../shared/contract/mapping.ts';
import { sniffFile } from '../../../../electron/engine/read/open-rows.ts';
import { readColumns } from '../../../../electron/engine/read/columns.ts';
import type { ReadFormat } from '../../../../electron/engine/read/sniff.ts';
import { testFolder } from './texts.ts';

const folder = testFolder();
afterAll(() => folder.remove());

const sniff = (content: string | Buffer, settings: MappingInput['format'] = {}) =>
  sniffFile(folder.write('file', content), formatSchema.parse(settings));

const utf16 = (text: string, encoding: 'utf-16le' | 'utf-16be') => iconv.encode(text, encoding, { addBOM: true });

describe('how a file is read is found in its first bytes', () => {
  it.each<[string, string | Buffer, Partial<ReadFormat>]>([
    ['commas', 'a,b\n1,2\n', { kind: 'csv', delimiter: ',', newline: 'lf', encoding: 'utf-8' }],
    ['semicolons and decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', { delimiter: ';' }],
    ['tabs', 'a\tb\n1,5\t2\n', { delimiter: '\t' }],
    ['bars', 'a|b\n1|2\n', { delimiter: '|' }],
    ['one column', 'value\n1\n2\n', { delimiter: ',' }],
    ['CRLF', 'a,b\r\n1,2\r\n', { newline: 'crlf' }],
    ['CR alone', 'a,b\r1,2\r', { newline: 'cr' }],
    ['a header alone', 'a;b;c', { delimiter: ';', newline: 'lf' }],
    ['an empty file', '', { kind: 'csv', encoding: 'utf-8', bomBytes: 0 }],
    ['JSON lines', '\n{"a":1}\n{"a":2}\n', { kind: 'ndjson' }],
    ['UTF-8 with a mark', '\ufeffa,b\n', { encoding: 'utf-8', bomBytes: 3 }],
    ['UTF-16 little endian', utf16('a;b\n1;ü\n', 'utf-16le'), { encoding: 'utf-16le', delimiter: ';', bomBytes: 0 }],
    ['UTF-16 big endian', utf16('a\tb\n1\tü\n', 'utf-16be'), { encoding: 'utf-16be', delimiter: '\t' }],
    ['Windows-1252', iconv.encode('ort;wert\nZürich;21 °C\n', 'windows-1252'), { encoding: 'windows-1252', delimiter: ';' }],
    [
      'UTF-8 with one damaged byte',
      Buffer.concat([Buffer.from('a,b\nx,'), Buffer.from([0x9d]), Buffer.from('\n'.repeat(5))]),
      { encoding: 'utf-8' },
    ],
    ['gzip', gzipSync('a|b\n1|2\n'), { gzip: true, delimiter: '|' }],
    ['one JSON array', ' [{"a":1},\n{"a":2}]', { kind: 'ndjson', isArray: true }],
    ['gzipped JSON lines', gzipSync('{"a":1}\n'), { gzip: true, kind: 'ndjson' }],
    ['gzip cut short', gzipSync('a,b\n'.repeat(1000)).subarray(0, 30), { gzip: true, delimiter: ',' }],
  ])('%s', async (_name, content, expected) => {
    expect((await sniff(content)).format).toMatchObject(expected);
  });

  it('a character cut by the end of the first block is no damage', async () => {
    for (const before of [65_533, 65_534, 65_535]) {
      const text = `${'a'.repeat(before)}𝄞${'b'.repeat(10)}`;
      expect((await sniff(text)).format.encoding).toBe('utf-8');
    }
  });

  it('what the settings say is taken as said', async () => {
    const { format } = await sniff('a;b\n', { delimiter: ',', kind: 'csv', encoding: 'windows-1252', quote: "'" });
    expect(format).toMatchObject({ delimiter: ',', encoding: 'windows-1252', quote: "'" });
  });
});

describe('what is no text of rows is refused', () => {
  const bytes = (...values: number[]) => Buffer.concat([Buffer.from(values), Buffer.alloc(100, 7)]);
  it.each<[string, Buffer | string, string]>([
    ['an Excel workbook', bytes(0x50, 0x4b, 0x03, 0x04), 'file-is-spreadsheet'],
    ['an old Excel workbook', bytes(0xd0, 0xcf, 0x11, 0xe0), 'file-is-spreadsheet'],
    ['a PDF', '%PDF-1.7\n', 'file-not-text'],
    ['a picture', bytes(0x89, 0x50, 0x4e, 0x47), 'file-not-text'],
    ['Parquet', 'PAR1....', 'file-not-text'],
    ['SQLite', 'SQLite format 3\0', 'file-not-text'],
    ['noise', Buffer.from(Array.from({ length: 2_000 }, (_, at) => (at * 7919) % 256)), 'file-not-text'],
    ['a workbook in gzip', gzipSync(bytes(0x50, 0x4b, 0x03, 0x04)), 'file-is-spreadsheet'],
    ['UTF-16 without a mark', Buffer.from('timestamp,a\n1,2\n', 'utf16le'), 'file-not-text'],
  ])('%s', async (_name, content, code) => {
    await expect(sniff(content)).rejects.toMatchObject({ code, context: { line: 1 } });
  });

  it('what only begins like gzip, a folder, and nothing at all', async () => {
    await expect(sniff(Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6]))).rejects.toMatchObject({
      code: 'gzip-corrupt',
    });
    await expect(sniffFile(folder.write('x', '').replace(/x$/, ''), formatSchema.parse({}))).rejects.toMatchObject({
      code: 'file-is-directory',
    });
    await expect(sniffFile('/nowhere', formatSchema.parse({}))).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('columns', () => {
  const columnsOf = async (content: string | Buffer, settings: MappingInput['format'] = {}) => {
    const path = folder.write('columns', content);
    return readColumns(path, (await sniffFile(path, formatSchema.parse(settings))).format);
  };

  it('come from the first line that is not blank; rows begin behind it', async () => {
    expect(await columnsOf('\n\r\n"a",b\r\n1,2\r\n')).toEqual({
      names: ['a', 'b'],
      headerText: '"a",b',
      firstRow: { byte: 10, line: 4, row: 0 },
    });
    expect((await columnsOf('\ufeffa,b\n1,2')).firstRow).toEqual({ byte: 7, line: 2, row: 0 });
    expect((await columnsOf('"a\nb",c\n1,2')).firstRow).toEqual({ byte: 8, line: 3, row: 0 });
  });

  it('without a name are called by their place', async () => {
    expect((await columnsOf('a,, \n')).names).toEqual(['a', 'column2', 'column3']);
    expect(await columnsOf('1,2\n3,4\n', { header: false })).toMatchObject({
      names: ['column1', 'column2'],
      firstRow: { byte: 0, line: 1 },
    });
  });

  it('can be named by the mapping, in place of the header', async () => {
    expect(await columnsOf('a,a\n1,2\n', { columns: ['x', 'y'] })).toMatchObject({ names: ['x', 'y'], firstRow: { byte: 4, line: 2 } });
    expect(await columnsOf('1,2\n', { columns: ['x', 'y'], header: false })).toMatchObject({ names: ['x', 'y'], firstRow: { byte: 0 } });
  });

  it('named twice are refused with the line', async () => {
    await expect(columnsOf('\na,b,a\n1,2,3\n')).rejects.toMatchObject({ code: 'header-duplicate', context: { line: 2, column: 'a' } });
  });

  it('of a header that cannot be read are refused with the line', async () => {
    await expect(columnsOf('a,"b"c\n1,2\n')).rejects.toMatchObject({ code: 'file-not-text', context: { line: 1 } });
  });

  it('of an empty file are none', async () => {
    expect((await columnsOf('')).names).toEqual([]);
    expect((await columnsOf('\n\n')).names).toEqual([]);
  });
});
