/** Fields that the schema does not have: found in files that were sent or checked, and gone once the schema has them. */
import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { folderInputSchema } from '../../shared/contract/folders.ts';
import { mappingSchema } from '../../shared/contract/mapping.ts';
import type { SchemaChange } from '../../shared/contract/schema.ts';
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

const points = { metricType: { kind: 'constant' as const, value: 'points' } };
const createPoints: readonly SchemaChange[] = [
  { kind: 'create-metric', metric: 'points', aliases: [] },
  { kind: 'create-field', metric: 'points', field: 'point3', type: 'double', aliases: [] },
];

it('are seen in what was sent and checked, by the newest schema, and are gone with an alias or a field', async () => {
  const { engine } = running;
  const sent = folder.write('sent.csv', 'timestamp,point3,pont3\n1490638685520,1.5,\n1490638685521,,2.5\n');
  const checked = folder.write('checked.csv', 'timestamp,pont3,humidity\n1490638685520,7,40\n');
  await withSandbox({}, async ({ access }) => {
    const connection = await running.connect(access);
    const connectionId = connection.id;
    const change = (wanted: SchemaChange) => engine.changeSchema({ connectionId, change: wanted });
    for (const wanted of createPoints) await change(wanted);
    expect(await engine.unknownFields(connectionId)).toEqual({ fields: [], dropped: [], filesRead: 0 });
    await running.upload(connection, [sent], { mapping: points });
    expect(await engine.unknownFields(connectionId)).toMatchObject({
      filesRead: 1,
      fields: [{ metric: 'points', name: 'pont3', type: 'DOUBLE', similar: ['point3'], examples: ['2.5'], files: [{ name: 'sent.csv' }] }],
    });
    const checkId = engine.startCheck({ files: [{ path: checked, mapping: mappingSchema.parse(points) }], connectionId });
    await vi.waitFor(() => expect(engine.check(checkId).state).toBe('done'), { timeout: 20_000 });
    const both = await engine.unknownFields(connectionId);
    expect(both.fields.map(({ name, type, files }) => [name, type, files.map((file) => file.name)])).toEqual([
      ['humidity', 'INT', ['checked.csv']],
      ['pont3', 'DOUBLE', ['checked.csv', 'sent.csv']],
    ]);
    await change({ kind: 'change-field', metric: 'points', field: 'point3', aliases: ['pont3'] });
    expect((await engine.unknownFields(connectionId)).fields.map(({ name }) => name)).toEqual(['humidity']);
    await change({ kind: 'create-field', metric: 'points', field: 'humidity', type: 'INT', aliases: [] });
    expect(await engine.unknownFields(connectionId)).toEqual({ fields: [], dropped: [], filesRead: 2 });
    rmSync(sent);
    expect(await engine.unknownFields(connectionId)).toEqual({ fields: [], dropped: [], filesRead: 1 });
  });
});

it.each(['rows', 'files'] as const)('are seen in what a watched folder sent, in mode %s', async (mode) => {
  const { engine } = running;
  mkdirSync(folder.at('inbox'));
  folder.write('inbox/watched.csv', 'timestamp,point3,pont3\n1490638685520,1.5,\n1490638685521,,2.5\n');
  await withSandbox({}, async ({ access }) => {
    const { id: connectionId } = await running.connect(access);
    for (const change of createPoints) await engine.changeSchema({ connectionId, change });
    const { id } = await engine.addFolder(
      folderInputSchema.parse({
        path: folder.at('inbox'),
        connectionId,
        mode,
        mapping: mappingSchema.parse(points),
        existing: 'send',
        settleMs: 0,
      }),
    );
    await engine.folderSettled(id, new AbortController().signal);
    expect((await engine.unknownFields(connectionId)).fields).toMatchObject([
      { metric: 'points', name: 'pont3', values: 1, similar: ['point3'], files: [{ name: 'watched.csv' }] },
    ]);
  });
});

it('a file is held against the schema that is kept, and not at all where none was ever read', async () => {
  const path = folder.write('points.csv', 'timestamp,point3\n1490638685520,warm\nnever,1\n');
  const input = { path, mapping: mappingSchema.parse(points) };
  const kept = await withSandbox({}, async ({ access }) => {
    const { id: connectionId } = await running.connect(access);
    for (const wanted of createPoints) await running.engine.changeSchema({ connectionId, change: wanted });
    return connectionId;
  });
  const { rows, schemaReadAt } = await running.engine.simulate({ ...input, connectionId: kept });
  expect(schemaReadAt).toBeGreaterThan(0);
  expect(rows).toMatchObject([
    { line: 2, landing: { metric: 'points', fields: [{ name: 'point3', state: 'dropped', text: 'warm' }] } },
    { line: 3, reject: { code: 'timestamp-unparsable', column: 'timestamp' } },
  ]);
  const secrets = { apiKey: 'k', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const { id: connectionId } = await running.connect({ root: 'http://127.0.0.1:9', secrets }, {}, 'nobody answers');
  await expect(running.engine.simulate({ ...input, connectionId })).rejects.toMatchObject({ code: 'server-unreachable' });
  expect(await running.engine.unknownFields(connectionId)).toEqual({ fields: [], dropped: [], filesRead: 0 });
});

it('are seen over all rows, also where only one far behind has them, and are remembered by the journal', async () => {
  const far = 30_000;
  const rows = Array.from({ length: far }, (_, at) => JSON.stringify({ timestamp: 1_490_638_685_520 + at, point3: at / 2 }));
  const late = [...rows, '{"timestamp":1490638785520,"late":true,"comment":"x \\" y"}', '{"timestamp":"never","rejected":1}'];
  const sent = folder.write('late.ndjson', `${late.join('\n')}\n`);
  const table = [
    'timestamp,metrictype,point3,pont3',
    ...Array.from({ length: far }, (_, at) => `${String(1_490_638_685_520 + at)},points,1,`),
  ];
  const csv = folder.write('late.csv', `${[...table, '1490638785520,points,,7', '1490638785521,other,,"a ""b"""'].join('\n')}\n`);
  await withSandbox({}, async ({ access }) => {
    const connection = await running.connect(access);
    for (const change of createPoints) await running.engine.changeSchema({ connectionId: connection.id, change });
    await running.upload(connection, [sent], { mapping: { ...points, constants: { station: 'Ulm' } }, route: 'batch' });
    await running.upload(connection, [csv], { mapping: { metricType: { kind: 'column', column: 'metrictype' } }, route: 'batch' });
    await running.close();
    running = await runningEngine({ dataDir: folder.at('data'), vault: running.vault });
    const { fields } = await running.engine.unknownFields(connection.id);
    const found = fields.map(({ metric, name, values, type, examples, files }) => [
      metric,
      name,
      values,
      type,
      examples[0],
      files[0]?.name,
    ]);
    expect(new Set(found)).toEqual(
      new Set([
        ['points', 'late', 1, 'BOOLEAN', 'true', 'late.ndjson'],
        ['points', 'comment', 1, 'STRING', 'x " y', 'late.ndjson'],
        ['points', 'station', far + 1, 'STRING', 'Ulm', 'late.ndjson'],
        ['points', 'pont3', 1, 'INT', '7', 'late.csv'],
        ['other', 'pont3', 1, 'STRING', 'a "b"', 'late.csv'],
      ]),
    );
  });
});

it('of a file that is checked again, or sent after its check, are counted once', async () => {
  const path = folder.write('a.csv', 'timestamp,pont3\n1490638685520,1\n1490638685521,2\n');
  await withSandbox({}, async ({ access }) => {
    const connection = await running.connect(access);
    const connectionId = connection.id;
    for (const change of createPoints) await running.engine.changeSchema({ connectionId, change });
    const values = async () => (await running.engine.unknownFields(connectionId)).fields.map((field) => [field.name, field.values]);
    const check = async (columns: Readonly<Record<string, string>>) => {
      const mapping = mappingSchema.parse({ ...points, rename: columns });
      const checkId = running.engine.startCheck({ files: [{ path, mapping }], connectionId });
      await vi.waitFor(() => expect(running.engine.check(checkId).state).toBe('done'), { timeout: 20_000 });
    };
    await check({});
    await check({});
    expect(await values()).toEqual([['pont3', 2]]);
    await check({ pont3: 'other' });
    expect(await values()).toEqual([['other', 2]]);
    await running.upload(connection, [path], { mapping: points });
    expect(await values()).toEqual([['pont3', 2]]);
  });
});
