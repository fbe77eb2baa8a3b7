import { describe, expect, it } from 'vitest';
import { UploaderError } from '../../../electron/engine/errors.ts';
import { fakeTransfer } from '../../fakes/fake-data.ts';
import { hosted } from '../../fakes/hosted.ts';
import { scriptedEngine } from '../../fakes/scripted-engine.ts';
import { sandboxAccess, scriptedSandbox } from '../../fakes/scripted-sandbox.ts';

const upload = { files: [{ path: '/data/weather.csv' }], connectionId: 'sandbox' };

describe('starting the sandbox', () => {
  it('makes a connection to it, which the status names', async () => {
    const { ask, engine } = hosted();
    const answer = await ask('sandbox.start');
    expect(answer).toMatchObject({ output: { state: 'running', connectionId: 'sandbox' } });
    expect(engine.listConnections()).toContainEqual(expect.objectContaining({ id: 'sandbox', name: 'Local sandbox', isSandbox: true }));
  });

  it('again does not touch the connection; on another port or with other secrets it does', async () => {
    const { ask, engine, sandbox } = hosted();
    await ask('sandbox.start');
    await ask('sandbox.start');
    expect(engine.calls).toEqual(['addConnection sandbox']);
    sandbox.access = { ...sandboxAccess, root: 'http://127.0.0.1:50000' };
    await ask('sandbox.start');
    sandbox.access = { ...sandbox.access, secrets: { ...sandboxAccess.secrets, apiKey: 'another-key' } };
    await ask('sandbox.start');
    expect(engine.calls.slice(1)).toEqual(['updateConnection sandbox with secrets', 'updateConnection sandbox with secrets']);
    expect(engine.listConnections().at(-1)).toMatchObject({ root: 'http://127.0.0.1:50000' });
  });

  it('keeps the name and the limits that a person gave the connection', async () => {
    const { ask, engine, sandbox } = hosted();
    await ask('sandbox.start');
    await ask('connections.update', { id: 'sandbox', name: 'Playground', root: sandboxAccess.root, limits: { concurrentRequests: 2 } });
    sandbox.access = { ...sandboxAccess, root: 'http://127.0.0.1:50000' };
    await ask('sandbox.start');
    expect(engine.listConnections().at(-1)).toMatchObject({ name: 'Playground', limits: { concurrentRequests: 2 } });
  });

  it('takes another name when a person has taken this one', async () => {
    const { ask, engine } = hosted();
    await ask('connections.update', { id: 'production', name: 'local Sandbox', root: 'https://api.fineo.io' });
    await ask('sandbox.start');
    expect(engine.listConnections().at(-1)).toMatchObject({ id: 'sandbox', name: 'Local sandbox 2' });
  });

  it('that fails says why', async () => {
    const { ask, sandbox } = hosted();
    sandbox.startFailure = new UploaderError('sandbox-failed', 'no port is free');
    expect(await ask('sandbox.start')).toMatchObject({ failure: { code: 'sandbox-failed' } });
    sandbox.startFailure = undefined;
    expect(await ask('sandbox.start')).toMatchObject({ output: { state: 'running' } });
  });

  it('is not done by itself', async () => {
    const { ask, sandbox } = hosted();
    await ask('state.snapshot');
    expect(sandbox.calls).toEqual([]);
  });
});

describe('what needs the sandbox starts it', () => {
  it.each([
    ['an upload', 'uploads.start', upload],
    ['a test', 'connections.test', { id: 'sandbox' }],
    ['a retry', 'uploads.retry', { transferId: 'to-sandbox' }],
  ])('%s', async (_what, command, input) => {
    const { ask, engine, sandbox } = hosted();
    engine.transfers = [fakeTransfer({ id: 'to-sandbox', connectionId: 'sandbox' })];
    await ask('sandbox.start');
    await ask('sandbox.stop');
    expect(await ask(command, input)).toMatchObject({ kind: 'result' });
    expect(sandbox.calls).toEqual(['start', 'stop', 'start']);
    await ask(command, input);
    expect(sandbox.calls).toEqual(['start', 'stop', 'start']);
  });

  it('an upload that goes on from an earlier run', async () => {
    const engine = scriptedEngine();
    await engine.addConnection({ name: 'Local sandbox', ...sandboxAccess, limits: {} }, { id: 'sandbox', isSandbox: true });
    engine.transfers = [fakeTransfer({ id: 'to-sandbox', connectionId: 'sandbox', state: 'running' })];
    const { sandbox } = hosted(engine, scriptedSandbox());
    expect(sandbox.calls).toEqual(['start']);
  });

  it('but an upload elsewhere does not', async () => {
    const { ask, sandbox } = hosted();
    await ask('sandbox.start');
    await ask('sandbox.stop');
    await ask('uploads.start', { ...upload, connectionId: 'production' });
    expect(sandbox.calls).toEqual(['start', 'stop']);
  });
});
