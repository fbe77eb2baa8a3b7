/** Fields that the schema does not have: found in files that were sent or checked, and gone once the schema has them. */
import { mkdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
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
    engine.startCheck({ files: [{ path: checked, mapping: mappingSchema.parse(points) }], connectionId });
    const both = await engine.unknownFields(connectionId);
    expect(both.fields.map(({ name, type, files }) => [name, type, files.map((file) => file.name)])).toEqual([
      ['pont3', 'DOUBLE', ['checked.csv', 'sent.csv']],
      ['humidity', 'INT', ['checked.csv']],
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
