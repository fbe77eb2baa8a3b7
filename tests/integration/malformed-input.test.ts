/** Files as people have them: each ends with a clear reject or refusal, and every other row is stored. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { runCli, workFolder, type CliResult } from './command-line.ts';

const work = workFolder();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ dataDir: work.at('sandbox') });
});
afterAll(async () => {
  await sandbox.close();
  work.remove();
});

interface Uploaded {
  readonly result: CliResult;
  /** Texts of the files of rejects, one behind the other. */
  readonly rejects: string;
  /** Fields of the events in the table. */
  readonly stored: readonly Readonly<Record<string, string>>[];
}

let uploads = 0;

/** Uploads one file to a table of its own. */
async function upload(name: string, content: string | Buffer, ...args: readonly string[]): Promise<Uploaded & { readonly table: string }> {
  uploads += 1;
  const table = `table${uploads}`;
  mkdirSync(work.at(table));
  const file = work.at(`${table}/${name}`);
  writeFileSync(file, typeof content === 'string' ? content.replaceAll('$table', table) : content);
  const uploaded = await uploadPath(file, table, ...args);
  return { ...uploaded, table };
}

async function uploadPath(file: string, table: string, ...args: readonly string[]): Promise<Uploaded> {
  const { root, secrets } = sandbox.access;
  const env = { FINEO_API_KEY: secrets.apiKey, AWS_ACCESS_KEY_ID: secrets.accessKeyId, AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey };
  const result = await runCli(['upload', file, '--root', root, '--data-dir', work.at(`${table}-data`), '--json', ...args], { env });
  const confirmed = result.objects().at(-1)?.['rowsConfirmed'] ?? 0;
  const paths = result.objects().flatMap((object) => (object['kind'] === 'rejects' ? z.array(z.string()).parse(object['paths']) : []));
  return { result, rejects: paths.map((path) => readFileSync(path, 'utf8')).join(''), stored: await rowsOf(table, Number(confirmed)) };
}

/** Fields of the events in a table, once there are as many as were confirmed: batches are taken in a little after their answer. */
async function rowsOf(table: string, confirmed: number): Promise<Uploaded['stored']> {
  const stored = (): number => sandbox.tables().find(({ name }) => name === table)?.rows ?? 0;
  const until = Date.now() + 20_000;
  while (stored() < confirmed && Date.now() < until) await new Promise((resolve) => setImmediate(resolve));
  if (stored() === 0) return [];
  return sandbox.rows({ table, offset: 0, limit: 500 }).rows.map(({ fields }) => fields);
}

const counts = (result: CliResult) => {
  const { rowsRead, rowsConfirmed, rowsRejected, rowsHeld } = z
    .object({ rowsRead: z.number(), rowsConfirmed: z.number(), rowsRejected: z.number(), rowsHeld: z.number() })
    .parse(result.summary());
  expect(rowsRead).toBe(rowsConfirmed + rowsRejected + rowsHeld);
  expect(rowsHeld).toBe(0);
  return { rowsConfirmed, rowsRejected };
};

const time = 1_500_000_000_000;
const header = 'timestamp,metrictype,value\n';
const row = (at: number, value: string): string => `${time + at},$table,${value}\n`;

describe('rows that cannot be sent are rejected with their line and text; the others are stored', () => {
  it.each<[string, string, string, { readonly code: string; readonly line: number; readonly source: string }]>([
    [
      'a cell too few',
      'a.csv',
      `${header}${row(0, '1')}${time},$table\n${row(2, '3')}`,
      { code: 'ragged-row', line: 3, source: `${time},$table` },
    ],
    [
      'a cell too many',
      'a.csv',
      `${header}${row(0, '1')}${row(1, '2,x')}${row(2, '3')}`,
      { code: 'ragged-row', line: 3, source: `${time + 1},$table,2,x` },
    ],
    [
      'an unclosed quote at the end',
      'a.csv',
      `${header}${row(0, '1')}${row(2, '3')}${row(1, '"open')}`,
      { code: 'quote-unclosed', line: 4, source: '"open' },
    ],
    [
      'an unclosed quote in the middle',
      'a.csv',
      `${header}${row(0, '1')}${row(1, '"open')}${row(2, '3')}`,
      { code: 'quote-unclosed', line: 3, source: '"open' },
    ],
    [
      'text behind a quote',
      'a.csv',
      `${header}${row(0, '1')}${row(1, '"x"y')}${row(2, '3')}`,
      { code: 'quote-malformed', line: 3, source: '"x"y' },
    ],
    ['NUL bytes', 'a.csv', `${header}${row(0, '1')}${row(1, 'a\0\0b')}${row(2, '3')}`, { code: 'nul-byte', line: 3, source: 'a\0\0b' }],
    [
      'no timestamp',
      'a.csv',
      `${header}${row(0, '1')},$table,2\n${row(2, '3')}`,
      { code: 'timestamp-missing', line: 3, source: ',$table,2' },
    ],
    [
      'seconds for milliseconds',
      'a.csv',
      `${header}${row(0, '1')}1500000000,$table,2\n${row(2, '3')}`,
      { code: 'timestamp-before-1971', line: 3, source: '1500000000,$table,2' },
    ],
    [
      'no metric type',
      'a.csv',
      `${header}${row(0, '1')}${time},,2\n${row(2, '3')}`,
      { code: 'metric-type-missing', line: 3, source: `${time},,2` },
    ],
  ])('%s', async (_what, name, content, { code, line, source }) => {
    const { result, rejects, stored, table } = await upload(name, content);
    expect(counts(result)).toEqual({ rowsConfirmed: 2, rowsRejected: 1 });
    expect(result.code).toBe(1);
    expect(stored.map(({ value }) => Number(value)).sort()).toEqual([1, 3]);
    expect(rejects).toContain(source.replaceAll('$table', table));
    expect(rejects.split('\n').some((each) => each.startsWith(`${line},`) && each.includes(`,${code},`))).toBe(true);
  });

  it('a forbidden name of a column', async () => {
    const { result, rejects } = await upload('a.csv', `timestamp,metrictype,companykey\n${row(0, '')}${row(1, '2')}`);
    expect(counts(result)).toEqual({ rowsConfirmed: 1, rowsRejected: 1 });
    expect(result.code).toBe(1);
    expect(rejects).toMatch(/^3,companykey,field-name-forbidden,/m);
  });

  it('JSON lines: invalid, nested, no object, no timestamp, forbidden names', async () => {
    const event = (at: number, more: string): string => `{"metrictype":"$table","timestamp":${time + at}${more}}`;
    const bad = [
      event(1, ',"a":{"b":1}'),
      '{"metrictype":"$table"',
      '[1]',
      '{"metrictype":"$table"}',
      event(2, ',"companykey":1'),
      event(3, ',"_fx":1'),
      event(4, ',"T1¦¦x":1'),
    ];
    const lines = [event(0, ',"value":9007199254740993'), ...bad, '', event(9, ',"value":2')];
    const { result, rejects, stored, table } = await upload('a.ndjson', lines.join('\n'));
    expect(counts(result)).toEqual({ rowsConfirmed: 2, rowsRejected: 7 });
    expect(result.code).toBe(1);
    expect(stored).toHaveLength(2);
    const told = rejects
      .trimEnd()
      .split('\n')
      .map((each) => z.object({ line: z.number(), code: z.string(), source: z.string() }).loose().parse(JSON.parse(each)));
    expect(told.map(({ line, code }) => [line, code])).toEqual([
      [2, 'json-not-flat'],
      [3, 'json-invalid'],
      [4, 'json-not-object'],
      [5, 'timestamp-missing'],
      [6, 'field-name-forbidden'],
      [7, 'field-name-forbidden'],
      [8, 'field-name-forbidden'],
    ]);
    expect(told.map(({ source }) => source)).toEqual(bad.map((each) => each.replaceAll('$table', table)));
  });

  it('a field of 10 MB', async () => {
    const { result, rejects, stored } = await upload('a.csv', `${header}${row(0, '1')}${row(1, 'x'.repeat(10_000_000))}${row(2, '3')}`);
    expect(counts(result)).toEqual({ rowsConfirmed: 2, rowsRejected: 1 });
    expect(result.code).toBe(1);
    expect(stored).toHaveLength(2);
    expect(rejects).toMatch(/^3,,event-too-large,/m);
    expect(rejects.length).toBeGreaterThan(10_000_000);
  });

  it('a row of 20 MB, of which the beginning is kept', async () => {
    const { result, rejects, stored } = await upload('a.csv', `${header}${row(0, '1')}${row(1, 'x'.repeat(20_000_000))}${row(2, '3')}`);
    expect(counts(result)).toEqual({ rowsConfirmed: 2, rowsRejected: 1 });
    expect(stored).toHaveLength(2);
    expect(rejects).toMatch(/^3,,record-too-long,"?.*bytes \d+ to \d+ of the file/m);
    expect(rejects).toContain(`${time + 1},`);
  });

  it('an event of 375,001 bytes, while one of 375,000 is stored', async () => {
    const event = (at: number, table: string, bytes: number): string => {
      const head = `{"metrictype":"${table}","timestamp":${time + at},"text":"`;
      return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
    };
    const table = `table${uploads + 1}`;
    const { result, rejects, stored } = await upload('a.ndjson', `${event(0, table, 375_000)}\n${event(1, table, 375_001)}\n`);
    expect(counts(result)).toEqual({ rowsConfirmed: 1, rowsRejected: 1 });
    expect(result.code).toBe(1);
    expect(stored).toHaveLength(1);
    expect(JSON.parse(rejects)).toMatchObject({ line: 2, code: 'event-too-large', source: event(1, table, 375_001) });
  });
});

describe('files that cannot be read as rows are refused as a whole', () => {
  const noise = Buffer.from(Array.from({ length: 10_000 }, (_, at) => (at * 7919) % 256));
  it.each<[string, string, string | Buffer, string]>([
    ['a binary file called CSV', 'a.csv', noise, 'file-not-text'],
    ['an Excel workbook', 'a.csv', Buffer.concat([Buffer.from('PK\x03\x04'), noise]), 'file-is-spreadsheet'],
    ['a header that names a column twice', 'a.csv', `timestamp,metrictype,value,value\n${row(0, '1,2')}`, 'header-duplicate'],
  ])('%s', async (_what, name, content, code) => {
    const { result, stored } = await upload(name, content);
    expect(result.code).toBe(1);
    expect(result.objects()).toContainEqual(expect.objectContaining({ code, context: expect.objectContaining({ line: 1 }) as unknown }));
    expect(stored).toEqual([]);
    expect(counts(result)).toEqual({ rowsConfirmed: 0, rowsRejected: 0 });
  });

  it('a folder', async () => {
    mkdirSync(work.at('folder.csv'));
    const { result } = await uploadPath(work.at('folder.csv'), 'folder');
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('folder.csv is a folder');
  });

  it('a gzip file cut short: what could be read is stored, the rest is told', async () => {
    const rows = Array.from({ length: 60_000 }, (_, at) => row(at, String((at * 7919) % 99_991)))
      .join('')
      .replaceAll('$table', `table${uploads + 1}`);
    const whole = gzipSync(header + rows);
    const { result } = await upload('a.csv.gz', whole.subarray(0, whole.length - 1_000));
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('gzip-corrupt');
    expect(result.stdout + result.stderr).not.toContain('internal');
  });
});

describe('files with little in them', () => {
  it.each([
    ['an empty file', ''],
    ['blank lines', '\n\n\n'],
  ])('%s is refused as empty', async (_what, content) => {
    const { result } = await upload('a.csv', content, '--metric-type', 'w');
    expect(result.stdout).toContain('"file-empty"');
    expect(result.code).toBe(1);
    expect(counts(result)).toEqual({ rowsConfirmed: 0, rowsRejected: 0 });
  });

  it('a header alone is delivered with no rows', async () => {
    for (const content of [header, header.trimEnd()]) {
      const { result } = await upload('a.csv', content);
      expect(counts(result)).toEqual({ rowsConfirmed: 0, rowsRejected: 0 });
      expect(result.code).toBe(0);
    }
  });

  it('5,000 columns are 5,000 fields', async () => {
    const names = Array.from({ length: 4_998 }, (_, at) => `c${at}`);
    const content = `timestamp,metrictype,${names.join(',')}\n${time},$table,${names.map((_, at) => at).join(',')}\n`;
    const { result, stored } = await upload('a.csv', content);
    expect(counts(result)).toEqual({ rowsConfirmed: 1, rowsRejected: 0 });
    expect(result.code).toBe(0);
    expect(stored[0]).toMatchObject({ c0: '0', c4997: '4997' });
  });
});
