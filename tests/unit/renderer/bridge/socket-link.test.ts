import { afterEach, expect, test } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import { createEngineClient, type EngineClient, type LinkState } from '../../../../renderer/bridge/engine-client.ts';
import { socketLink } from '../../../../renderer/bridge/socket-link.ts';
import { sandboxConnection, samples } from '../../../fakes/fake-data.ts';
import { quietFlow } from '../../../fakes/fake-folders.ts';
import { FakeHost, ScriptedFailure } from '../../../fakes/fake-host.ts';

const open: { dispose(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.dispose();
});

const serve = async () => {
  const host = new FakeHost(
    {
      app: { version: '0.1.0', host: 'browser', platform: 'linux', dataDir: '/data', vault: 'file' },
      connections: [],
      transfers: [],
      folders: [],
      flow: quietFlow,
      sandbox: { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 },
      notices: [],
    },
    {
      'files.samples': () => ({ files: samples }),
      'sandbox.tables': () => {
        throw new ScriptedFailure({ code: 'sandbox-not-running', message: 'stopped', context: {} });
      },
    },
  );
  const address = new URL(await host.serve('/nowhere'));
  const client = createEngineClient(
    socketLink(() => new NodeWebSocket(`ws://${address.host}/engine`, `uploader.${host.token}`) as unknown as WebSocket),
  );
  open.push(client, host);
  return { host, client };
};

const reached = (client: EngineClient, state: LinkState) =>
  new Promise<void>((resolve) => {
    client.onState((now) => {
      if (now === state) resolve();
    });
  });

test('answers, failures and events cross the socket as they were said', async () => {
  const { host, client } = await serve();
  await reached(client, 'ready');
  const told = new Promise((resolve) => client.onEvent(resolve));
  expect(await client.call('files.samples', {})).toEqual({ ok: true, value: { files: samples } });
  expect(await client.call('sandbox.tables', {})).toMatchObject({ ok: false, failure: { code: 'sandbox-not-running' } });
  host.tell({ kind: 'connections', connections: [sandboxConnection] });
  expect(await told).toEqual({ kind: 'connections', revision: 2, connections: [sandboxConnection] });
});

test('after the engine was restarted the page is connected again and reads what changed meanwhile', async () => {
  const { host, client } = await serve();
  await reached(client, 'ready');
  const lost = reached(client, 'connecting');
  host.cut();
  await lost;
  host.tell({ kind: 'connections', connections: [sandboxConnection] });
  await reached(client, 'ready');
  expect(await client.call('state.snapshot', {})).toMatchObject({ ok: true, value: { revision: 2, connections: [{ id: 'sandbox' }] } });
});

test('a page without its token does not try, and says so', async () => {
  const client = createEngineClient(socketLink(undefined));
  open.push(client);
  await reached(client, 'refused');
  expect(await client.call('files.samples', {})).toMatchObject({ ok: false, failure: { code: 'engine-unavailable' } });
});
