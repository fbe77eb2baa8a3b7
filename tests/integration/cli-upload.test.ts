import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvText, runCli, startSandbox, workFolder, type RunningSandbox } from './command-line.ts';

const work = workFolder();
let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox(work.at('service'));
});
afterAll(async () => {
  await sandbox.stop();
  work.remove();
});

const upload = (dataDir: string, ...args: readonly string[]) =>
  runCli(['upload', '--root', sandbox.root, '--region', sandbox.region, '--data-dir', work.at(dataDir), '--json', ...args], {
    env: sandbox.env,
  });
const weather = (rows: number): string =>
  `date,wind\n${Array.from({ length: rows }, (_, day) => `${new Date(Date.UTC(2012, 0, 1 + day)).toISOString().slice(0, 10)},${day / 10}\n`).join('')}`;

describe.each(['batch', 'stream'] as const)('upload by the %s route', (route) => {
  const table = `weather-${route}`;
  const dataDir = `data-${route}`;

  it('stores every row and proves it, then sends nothing until it is told to', async () => {
    const file = work.write(`${table}.csv`, weather(1_461));
    const first = await upload(dataDir, '--route', route, '--metric-type', table, file);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(first.summary()).toMatchObject({
      files: 1,
      rowsRead: 1_461,
      rowsConfirmed: 1_461,
      rowsRejected: 0,
      rowsHeld: 0,
      possiblyRepeated: 0,
    });
    expect(first.summary()['requests']).toBeGreaterThan(0);
    expect(await sandbox.rowsOf(table, 1_461)).toBe(1_461);

    const second = await upload(dataDir, '--route', route, '--metric-type', table, file);
    expect(second.code).toBe(0);
    expect(second.objects()).toContainEqual(expect.objectContaining({ kind: 'file', name: `${table}.csv`, state: 'unchanged' }));
    expect(second.summary()).toMatchObject({ files: 1, requests: 0, bytesSent: 0 });
    expect(await sandbox.rowsOf(table, 1_461)).toBe(1_461);

    const again = await upload(dataDir, '--route', route, '--metric-type', table, '--again', file);
    expect(again.code).toBe(0);
    expect(again.summary()).toMatchObject({ rowsRead: 1_461, rowsConfirmed: 1_461 });
    expect(again.summary()['requests']).toBeGreaterThan(0);
  });
});

describe('upload', () => {
  it('ends its JSON lines with a summary of exactly the keys that scripts rely on', async () => {
    const file = work.write('keys.csv', csvText(3));
    expect(Object.keys((await upload('data-keys', file)).summary())).toEqual([
      ...[
        'kind',
        'files',
        'rowsRead',
        'rowsConfirmed',
        'rowsRejected',
        'rowsHeld',
        'bytesRead',
        'bytesSent',
        'requests',
        'retries',
        'possiblyRepeated',
        'seconds',
      ],
    ]);
  });

  it('ends with 1 when rows are rejected, and `rejects` shows line, column, code and reason of each', async () => {
    const file = work.write('bad.csv', 'timestamp,metrictype,v\n1500000000000,bad,1\nyesterday,bad,2\n1500000001000,bad,3\n');
    const result = await upload('data-bad', file);
    expect(result.code).toBe(1);
    expect(result.summary()).toMatchObject({ rowsRead: 3, rowsConfirmed: 2, rowsRejected: 1, rowsHeld: 0 });
    const transferId = String(result.objects().find(({ kind }) => kind === 'transfer')?.['id']);
    const rejects = await runCli(['rejects', transferId, '--json', '--data-dir', work.at('data-bad')]);
    expect(rejects.code).toBe(0);
    expect(rejects.objects()).toMatchObject([
      { kind: 'rejects', rows: 1, paths: [expect.any(String)] },
      { kind: 'reject', fileName: 'bad.csv', line: 3, column: 'timestamp', code: 'timestamp-unparsable' },
    ]);
    const history = await runCli(['history', '--json', '--data-dir', work.at('data-bad')]);
    expect(history.objects()).toMatchObject([
      { kind: 'transfer', id: transferId, state: 'attention', ledger: { rowsRead: 3, rowsConfirmed: 2, rowsRejected: 1 } },
    ]);
  });

  it('sends nothing in a dry run and shows the event that would be sent', async () => {
    const file = work.write('dry.csv', csvText(5).replaceAll(',machines,', ',dry,'));
    const result = await upload('data-dry', '--dry-run', file);
    expect(result.code).toBe(0);
    const preview = result.objects().find(({ kind }) => kind === 'preview');
    expect(JSON.parse(String(preview?.['event']))).toMatchObject({ timestamp: 1_500_000_000_000, metrictype: 'dry', machine: 'm0' });
    expect(result.summary()).toMatchObject({ files: 1, rowsRead: 0, requests: 0 });
    expect(await sandbox.tables()).not.toHaveProperty('dry');
  });

  it('expands patterns itself, and sends files of several kinds at once', async () => {
    work.write('many-1.csv', csvText(10).replaceAll(',machines,', ',many,'));
    work.write(
      'many-2.ndjson',
      '{"timestamp":1500000000000,"metrictype":"many","v":1}\n{"timestamp":1500000001000,"metrictype":"many","v":2}\n',
    );
    const result = await upload('data-many', work.at('many-*'));
    expect(result.code).toBe(0);
    expect(result.summary()).toMatchObject({ files: 2, rowsRead: 12, rowsConfirmed: 12 });
    expect(await sandbox.rowsOf('many', 12)).toBe(12);
  });

  it('keeps to the mapping of a file, and says which key of it is wrong', async () => {
    const file = work.write('mapped.csv', 'when;what;wind\n01.02.2020;mapped;3\n');
    const mapping = {
      metricType: { kind: 'column', column: 'what' },
      timestamp: { column: 'when', patterns: ['dd.MM.uuuu'] },
      rename: { wind: 'speed' },
    };
    const good = await upload('data-mapped', '--mapping', work.write('good.json', JSON.stringify(mapping)), '--dry-run', file);
    expect(JSON.parse(String(good.objects()[0]?.['event']))).toMatchObject({ timestamp: Date.UTC(2020, 1, 1), speed: 3 });
    const bad = await upload('data-mapped', '--mapping', work.write('wrong.json', '{"timestamp":{"colum":"when"}}'), file);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('timestamp.column');
  });

  it('goes on with the other files when one cannot be read', async () => {
    const picture = work.write('picture.csv', '\u0089PNG\u0000\u0001\u0002\u0000\u0000');
    const result = await upload('data-mixed', picture, work.write('fine.csv', csvText(4)));
    expect(result.code).toBe(1);
    expect(result.objects()).toContainEqual(expect.objectContaining({ kind: 'refused', name: 'picture.csv' }));
    expect(result.summary()).toMatchObject({ files: 2, rowsConfirmed: 4 });
  });

  it('writes for people where there is no terminal: plain lines that end with the ledger', async () => {
    const file = work.write('plain.csv', csvText(20));
    const result = await runCli(['upload', '--root', sandbox.root, '--data-dir', work.at('data-plain'), file], { env: sandbox.env });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^plain\.csv: CSV, comma, 4 columns; timestamp from column timestamp/);
    expect(result.stdout).toContain('20 rows read = 20 confirmed + 0 rejected + 0 held');
    expect(result.stdout).not.toContain('\u001b');
    const second = await runCli(['upload', '--root', sandbox.root, '--data-dir', work.at('data-plain'), file], { env: sandbox.env });
    expect(second.stdout).toContain('Nothing was sent');
  });
});
