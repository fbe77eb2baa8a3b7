import { describe, expect, it } from 'vitest';
import { commands, snapshotSchema, type CommandInput, type CommandName } from '../../shared/contract/contract.ts';
import { errorCodes } from '../../shared/error-codes.ts';
import { UploaderError } from '../../electron/engine/errors.ts';
import { hosted } from '../fakes/hosted.ts';

const secrets = { apiKey: 'api-key-of-plant', accessKeyId: 'KEYOFPLANT', secretAccessKey: 'secret-of-plant' };
const inputs: { readonly [N in CommandName]: CommandInput<N> } = {
  'state.snapshot': {},
  'connections.add': { name: 'Plant', root: 'https://api.fineo.io/', secrets },
  'connections.update': { id: 'production', name: 'Plant', root: 'https://api.fineo.io' },
  'connections.remove': { id: 'production' },
  'connections.test': { id: 'production' },
  'connections.testBucket': { id: 'production', objectStore: { bucket: 'rows' } },
  'connections.bucketPolicies': { id: 'production', objectStore: { bucket: 'rows' } },
  'files.inspect': { path: '/data/weather.csv' },
  'files.samples': {},
  'uploads.start': { files: [{ path: '/data/weather.csv' }], connectionId: 'production' },
  'uploads.cancel': { transferId: 'transfer-1' },
  'uploads.retry': { transferId: 'transfer-1' },
  'mappings.list': {},
  'mappings.get': { name: 'plant' },
  'mappings.save': { name: 'plant', mapping: {} },
  'mappings.rename': { id: 'mapping-1', name: 'plant 2' },
  'mappings.remove': { id: 'mapping-1' },
  'mappings.ofFile': { fileId: 'file-1' },
  'history.list': {},
  'history.get': { transferId: 'transfer-1' },
  'history.batches': { transferId: 'transfer-1' },
  'history.objects': { transferId: 'transfer-1' },
  'rejects.replay': { transferId: 'transfer-1' },
  'rejects.giveUp': { transferId: 'transfer-1' },
  'rejects.list': { transferId: 'transfer-1' },
  'rejects.open': { transferId: 'transfer-1' },
  'rejects.row': { transferId: 'transfer-1', fileId: 'file-1', at: 0 },
  'rejects.save': { transferId: 'transfer-1', fileId: 'file-1', at: 0, digest: 'digest-0', source: '1;2' },
  'folders.add': { path: '/data/incoming', connectionId: 'production' },
  'folders.update': { id: 'folder-1', path: '/var/log/plant-3', connectionId: 'production', exclude: ['*.tmp'] },
  'folders.remove': { id: 'folder-1' },
  'folders.preview': { path: '/data/incoming' },
  'folders.files': { folderId: 'folder-1' },
  'folders.decide': { folderId: 'folder-1', fileId: 'drift', decision: 'accept-columns' },
  'folders.rescan': { id: 'folder-1' },
  'folders.afterPlan': { id: 'folder-1' },
  'folders.dismissRisk': { id: 'folder-1', riskId: 1 },
  'flow.pause': { scope: 'all' },
  'flow.resume': { scope: 'folder', id: 'folder-1' },
  'check.start': { files: [{ path: '/data/weather.csv' }] },
  'check.get': { checkId: 'check-1' },
  'check.cancel': { checkId: 'check-1' },
  'schema.get': { connectionId: 'production' },
  'schema.change': { connectionId: 'production', change: { kind: 'create-metric', metric: 'weather' } },
  'schema.timestamp': { patterns: ['ISO_INSTANT'], value: '2026-03-03T14:05:00Z' },
  'schema.simulate': { path: '/data/weather.csv', connectionId: 'production' },
  'schema.unknown': { connectionId: 'production' },
  'sandbox.start': {},
  'sandbox.stop': {},
  'sandbox.faults': { faults: [{ kind: 'status', status: 503 }] },
  'sandbox.tables': {},
  'sandbox.rows': { table: 'weather' },
  'sandbox.errors': {},
};
const names = Object.keys(commands) as CommandName[];

describe('every command of the contract', () => {
  it.each(names)('%s is carried out and answers what the contract promises', async (name) => {
    const { ask, logger } = hosted();
    const answer = await ask(name, inputs[name]);
    expect(answer, logger.lines.join('\n')).toMatchObject({ kind: 'result' });
    if (answer.kind === 'result') expect(() => commands[name].output.parse(answer.output)).not.toThrow();
  });

  it.each(names)('%s answers wrong input with input-invalid and asks nobody', async (name) => {
    const { ask, engine, sandbox } = hosted();
    const answer = await ask(name, { nobodyKnowsThis: 1 });
    expect(answer).toMatchObject({ kind: 'failure', failure: { code: 'input-invalid' } });
    expect([...engine.calls, ...sandbox.calls]).toEqual([]);
  });

  it.each([...errorCodes])('a failure %s of the engine reaches the person with its code and circumstances', async (code) => {
    const { ask, engine } = hosted();
    engine.failure = new UploaderError(code, 'what happened', { file: 'weather.csv', line: 12 });
    const answer = await ask('files.inspect', inputs['files.inspect']);
    const failure = { code, message: 'what happened', context: { file: 'weather.csv', line: 12 } };
    expect(answer).toEqual({ kind: 'failure', id: 1, failure });
  });
});

describe('what the engine gives that the contract does not name', () => {
  it('a bug is answered as internal, without a word of it, and is logged', async () => {
    const { ask, engine, logger } = hosted();
    engine.failure = new Error('cannot read /home/ann/key.txt');
    const answer = await ask('connections.test', { id: 'production' });
    expect(answer).toMatchObject({ kind: 'failure', failure: { code: 'internal' } });
    expect(JSON.stringify(answer)).not.toContain('ann');
    expect(logger.lines.join()).toContain('cannot read /home/ann/key.txt');
  });

  it('a secret that slips into an answer or an event does not leave', async () => {
    const { ask, engine, responses, client } = hosted();
    const [connection] = engine.listConnections();
    const leaking = { ...connection, secretAccessKey: 'secret-of-plant' } as unknown as NonNullable<typeof connection>;
    engine.script.updateConnection = async () => leaking;
    expect(await ask('connections.update', inputs['connections.update'])).toMatchObject({ failure: { code: 'internal' } });
    engine.tell({ kind: 'connections', connections: [leaking] });
    await ask('state.snapshot');
    expect(responses()).toContainEqual(
      expect.objectContaining({
        event: expect.objectContaining({ notice: expect.objectContaining({ code: 'internal' }) as unknown }) as unknown,
      }),
    );
    expect(JSON.stringify(client.received)).not.toContain('secret-of-plant');
  });
});

describe('snapshot', () => {
  it('holds what the interface shows first', async () => {
    const { ask } = hosted();
    const answer = await ask('state.snapshot');
    const snapshot = snapshotSchema.parse(answer.kind === 'result' ? answer.output : undefined);
    expect(snapshot).toMatchObject({
      revision: 0,
      app: { version: '1.2.3' },
      sandbox: { state: 'stopped' },
      transfers: [{ id: 'transfer-1' }],
    });
    expect(snapshot.connections.map(({ id }) => id)).toEqual(['production']);
    expect(snapshot.folders.map(({ id }) => id)).toEqual(['folder-1']);
    expect(snapshot.flow).toMatchObject({ paused: false });
  });

  it('samples are those that are there, with what they show', async () => {
    const { ask } = hosted();
    expect(await ask('files.samples')).toMatchObject({
      output: { files: [{ name: 'weather.csv', description: 'Wind of a day.', sizeBytes: 25 }] },
    });
  });
});
