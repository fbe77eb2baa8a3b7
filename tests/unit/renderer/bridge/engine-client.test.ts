import { expect, test } from 'vitest';
import type { HostEvent, Request } from '../../../../shared/contract/contract.ts';
import { createEngineClient, type LinkState } from '../../../../renderer/bridge/engine-client.ts';
import type { LinkListener } from '../../../../renderer/bridge/link.ts';

const open = () => {
  const sent: Request[] = [];
  let listener: LinkListener | undefined;
  const client = createEngineClient((given) => {
    listener = given;
    return { send: (request) => sent.push(request), dispose: () => {} };
  });
  if (listener === undefined) throw new Error('the client did not connect');
  return { client, sent, host: listener };
};

test('an answer reaches the call it belongs to, also when answers come in another order', async () => {
  const { client, sent, host } = open();
  host.opened();
  const first = client.call('files.samples', {});
  const second = client.call('sandbox.tables', {});
  host.message({ kind: 'result', id: sent[1]?.id, output: { tables: [] } });
  host.message({ kind: 'result', id: sent[0]?.id, output: { files: [] } });
  expect(await first).toEqual({ ok: true, value: { files: [] } });
  expect(await second).toEqual({ ok: true, value: { tables: [] } });
});

test('a failure comes back as a value with its code', async () => {
  const { client, sent, host } = open();
  host.opened();
  const call = client.call('sandbox.tables', {});
  const failure = { code: 'sandbox-not-running', message: 'stopped', context: {} };
  host.message({ kind: 'failure', id: sent[0]?.id, failure });
  expect(await call).toEqual({ ok: false, failure });
});

test('a call that is under way when the engine stops is answered, not left hanging', async () => {
  const { client, host } = open();
  host.opened();
  const call = client.call('files.samples', {});
  host.closed(false);
  expect(await call).toMatchObject({ ok: false, failure: { code: 'engine-unavailable' } });
});

test('a call before the engine is there fails at once and is not sent', async () => {
  const { client, sent } = open();
  expect(await client.call('files.samples', {})).toMatchObject({ ok: false, failure: { code: 'engine-unavailable' } });
  expect(sent).toEqual([]);
});

test('events and the state of the way are passed on; what is no response is dropped', () => {
  const { client, host } = open();
  const states: LinkState[] = [];
  const events: HostEvent[] = [];
  client.onState((state) => states.push(state));
  client.onEvent((event) => events.push(event));
  host.opened();
  host.message({ kind: 'event', event: { kind: 'connections', revision: 2, connections: [] } });
  for (const noise of [undefined, null, 'text', 7, {}, { kind: 'other' }]) host.message(noise);
  host.closed(false);
  host.closed(true);
  expect(states).toEqual(['connecting', 'ready', 'connecting', 'refused']);
  expect(events).toEqual([{ kind: 'connections', revision: 2, connections: [] }]);
});
