/** The check of files by the engine: against the schema of a service, and without one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckJob } from '../../shared/contract/check.ts';
import { mappingSchema } from '../../shared/contract/mapping.ts';
import { systemClock } from '../../electron/engine/system-clock.ts';
import { engineFolder, runningEngine, type EngineFolder, type RunningEngine } from '../fakes/running-engine.ts';
import { withSandbox } from './sandbox-client.ts';

let folder: EngineFolder;
let running: RunningEngine;
beforeEach(async () => {
  folder = engineFolder();
  running = await runningEngine({ dataDir: folder.at('data') });
});
afterEach(async () => {
  await running.close();
  folder.remove();
});

async function ended(checkId: string): Promise<CheckJob> {
  for (;;) {
    const job = running.engine.check(checkId);
    if (job.state !== 'running') return job;
    await systemClock.sleep(10);
  }
}

const mapping = mappingSchema.parse({ metricType: { kind: 'constant', value: 'points' } });

it('says by reason, metric type and field what becomes of the rows, and what the routes cost', async () => {
  const csv = [
    'timestamp,point3,pont3,note',
    '1490638685520,1.5,2,a',
    '1490638685521,warm,3,',
    'never,1,1,b',
    '1490638685523,1',
    '1490638685524,2,4,c',
  ];
  const path = folder.write('points.csv', `${csv.join('\n')}\n`);
  await withSandbox({}, async ({ access }) => {
    const { id: connectionId } = await running.connect(access);
    await running.engine.changeSchema({ connectionId, change: { kind: 'create-metric', metric: 'points', aliases: [] } });
    const field = { kind: 'create-field' as const, metric: 'points', field: 'point3', type: 'double', aliases: [] };
    await running.engine.changeSchema({ connectionId, change: field });
    const job = await ended(running.engine.startCheck({ files: [{ path, mapping }], connectionId }));
    expect(job).toMatchObject({
      state: 'done',
      files: [{ state: 'done', rowsRead: 5 }],
      routes: [{ route: 'batch' }, { route: 'stream', recommended: true }],
    });
    const report = job.files[0]?.report;
    expect(report).toMatchObject({
      rowsFit: 3,
      rowsRejected: 2,
      rowsMalformed: 0,
      isSchemaKnown: true,
      metrics: [{ metric: 'points', isKnown: true, rows: 3 }],
      times: { first: 1_490_638_685_520, last: 1_490_638_685_524 },
    });
    expect(report?.reasons.map(({ code, rows, examples }) => [code, rows, examples[0]?.line, examples[0]?.source])).toEqual([
      ['timestamp-unparsable', 1, 4, 'never,1,1,b'],
      ['ragged-row', 1, 5, '1490638685523,1'],
    ]);
    const columns = new Map(report?.columns.map((column) => [column.name, column]));
    expect(columns.get('point3')).toMatchObject({ type: 'DOUBLE', values: 3, dropped: 1, example: { line: 3, text: 'warm' } });
    expect(columns.get('pont3')).toMatchObject({ values: 3, unknown: 3 });

    // One click: what was unknown becomes an alias, and the rows that are sent read right.
    await running.engine.changeSchema({
      connectionId,
      change: { kind: 'change-field', metric: 'points', field: 'point3', aliases: ['pont3'] },
    });
    const again = await ended(running.engine.startCheck({ files: [{ path, mapping }], connectionId }));
    expect(again.files[0]?.report?.columns.find(({ name }) => name === 'pont3')).toMatchObject({ field: 'point3', unknown: 0 });
  });
});

it.each([
  ['leaves them out', undefined, { outcome: 'left-out', after: 1 }],
  ['holds the file', { policy: 'hold' as const }, { outcome: 'held', after: 1 }],
  ['holds the file from so many on', { policy: 'hold' as const, after: 3 }, { outcome: 'left-out', after: 3 }],
  ['stops at one of them', { policy: 'stop' as const, after: 2 }, { outcome: 'stopped', after: 2 }],
])('says what becomes of a file with two rejected rows when its mapping %s', async (_what, rejects, expected) => {
  const path = folder.write('points.csv', 'timestamp,a\nnever,1\n1490638685521,2\n,3\n');
  const job = await ended(running.engine.startCheck({ files: [{ path, mapping: { ...mapping, rejects } }] }));
  expect(job.files[0]).toMatchObject({ report: { rowsRejected: 2 }, rejects: expected });
  const clean = folder.write('clean.csv', 'timestamp,a\n1490638685521,2\n');
  const other = await ended(running.engine.startCheck({ files: [{ path: clean, mapping: { ...mapping, rejects } }] }));
  expect(other.files[0]?.rejects?.outcome).toBe('sent');
});

it('says that nothing can be checked against a schema that may not be read', async () => {
  const path = folder.write('points.csv', 'timestamp,a\n1490638685520,1\n');
  const device = { accessKeyId: 'AKIADEVICE', secretAccessKey: 'secret'.repeat(6) };
  await withSandbox({ moreCredentials: [{ ...device, isDevice: true }] }, async ({ access }) => {
    const { id: connectionId } = await running.connect({ root: access.root, secrets: { ...device, apiKey: access.secrets.apiKey } });
    const job = await ended(running.engine.startCheck({ files: [{ path, mapping }], connectionId }));
    expect(job.schemaFailure).toMatchObject({ code: 'permission-denied' });
    expect(job.files[0]?.report).toMatchObject({ rowsFit: 1, isSchemaKnown: false });
  });
});

it('ends early when it is cancelled, with what it saw', async () => {
  const path = folder.write('long.csv', `timestamp,a\n${'1490638685520,1\n'.repeat(2_000_000)}`);
  const checkId = running.engine.startCheck({ files: [{ path, mapping }] });
  running.engine.cancelCheck(checkId);
  const job = await ended(checkId);
  expect(job.state).toBe('cancelled');
  expect(job.files[0]?.rowsRead).toBeLessThan(2_000_000);
});

it('a mapping that leaves metric type and timestamp to the schema is sent as the schema says', async () => {
  const path = folder.write('by-schema.csv', 'kind,when,t\nwx,27.03.2017 20:18,1.5\nnone,27.03.2017 20:19,2\n');
  await withSandbox({}, async ({ access, rows }) => {
    const connection = await running.connect(access);
    const change = (wanted: Parameters<typeof running.engine.changeSchema>[0]['change']) =>
      running.engine.changeSchema({ connectionId: connection.id, change: wanted });
    await change({ kind: 'tenant', metricKeys: ['type', 'kind'], timestampPatterns: ['dd.MM.uuuu HH:mm@Europe/Berlin'] });
    await change({ kind: 'create-metric', metric: 'weather', aliases: ['wx'] });
    await change({ kind: 'change-field', metric: 'weather', field: 'timestamp', aliases: ['when'] });
    const bySchema = {
      metricType: { kind: 'column' as const, column: 'metrictype', from: 'schema' as const },
      timestamp: { column: 'timestamp', from: 'schema' as const },
    };
    const transfer = await running.upload(connection, [path], { mapping: bySchema });
    expect(transfer.ledger).toMatchObject({ rowsConfirmed: 1, rowsRejected: 1 });
    expect(rows({ table: 'weather', offset: 0, limit: 9 }).rows).toMatchObject([
      { timestamp: Date.UTC(2017, 2, 27, 18, 18), fields: { t: '1.5' } },
    ]);
  });
});

it('a JSON array is sent element by element, in as many requests as it takes', async () => {
  const elements = Array.from({ length: 1_200 }, (_, at) => ({ timestamp: 1_490_638_685_520 + at, row: at, text: 'a, ]}"[' }));
  const path = folder.write('array.json', JSON.stringify(elements, null, 1));
  await withSandbox({}, async ({ access, rows }) => {
    const transfer = await running.upload(await running.connect(access), [path]);
    expect(transfer).toMatchObject({ state: 'done', requests: 3, ledger: { rowsRead: 1_200, rowsConfirmed: 1_200 } });
    const stored = rows({ table: 'rows', offset: 0, limit: 2_000 }).rows;
    expect(new Set(stored.map(({ fields }) => fields['row'])).size).toBe(1_200);
    expect(stored[0]?.fields['text']).toBe('a, ]}"[');
  });
});

describe('a large file, checked in two parts side by side', () => {
  const row = (at: number): string =>
    `${String(1_490_638_685_520 + at)},${String(at)},"plain text to make the row longer than it would be"`;
  const count = 280_000;
  const bad: readonly (readonly [number, string])[] = [
    [5, 'never,1,a'],
    [count - 2, 'soon,2,b'],
    [count - 1, '1490638685520,3'],
  ];
  const found = async (rows: readonly string[]) => {
    const path = folder.write('large.csv', `timestamp,a,b\n${rows.join('\n')}\n`);
    const job = await ended(running.engine.startCheck({ files: [{ path, mapping }] }));
    const report = job.files[0]?.report;
    expect(job.files[0]).toMatchObject({ state: 'done', rowsRead: rows.length });
    return report;
  };
  const rows = Array.from({ length: count }, (_, at) => row(at));
  for (const [at, text] of bad) rows[at] = text;

  it('counts every row once, and says in which line of the file each bad one stands', async () => {
    const report = await found(rows);
    expect(report).toMatchObject({ rowsRead: count, rowsFit: count - 3, rowsRejected: 3 });
    expect(report?.times).toEqual({ first: 1_490_638_685_520, last: 1_490_638_685_520 + count - 3 });
    expect(report?.reasons.map(({ code, examples }) => [code, examples.map(({ line, source }) => [line, source])])).toEqual([
      ['timestamp-unparsable', bad.slice(0, 2).map(([at, text]) => [at + 2, text])],
      ['ragged-row', [[count + 1, '1490638685520,3']]],
    ]);
    expect(report?.columns.map(({ name, values }) => [name, values])).toEqual([
      ['timestamp', 0],
      ['a', count - 3],
      ['b', count - 3],
    ]);
  });

  it('also where a row goes over the middle of it', async () => {
    const middle = Math.floor(count / 2);
    const long = `1490638685520,1,"${'a line that looks like the beginning of a row\n1490638685520,1,x\n'.repeat(20_000)}"`;
    const report = await found([...rows.slice(0, middle), long, ...rows.slice(middle)]);
    expect(report).toMatchObject({ rowsRead: count + 1, rowsFit: count - 3, rowsRejected: 4 });
    expect(report?.reasons.map(({ code }) => code)).toEqual(['timestamp-unparsable', 'event-too-large', 'ragged-row']);
  });
});
