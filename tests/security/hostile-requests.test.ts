import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageLimits } from '../../electron/api/plain-data.ts';
import { createPortChannel, type ClientPort } from '../../electron/desktop/port-channel.ts';
import { hosted } from '../fakes/hosted.ts';

const cyclic: Record<string, unknown> = { id: 1, command: 'state.snapshot' };
cyclic['input'] = cyclic;
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
const getter = Object.defineProperty({ command: 'state.snapshot', input: {} }, 'id', { enumerable: true, get: () => 1 });
const proxy = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error('not for you');
    },
  },
);

const hostile: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 7],
  ['a text', '{"id":1,"command":"state.snapshot","input":{}}'],
  ['an array', [1, 'state.snapshot', {}]],
  ['a function', () => 1],
  ['a cycle', cyclic],
  ['an accessor', getter],
  ['a proxy that throws', proxy],
  ['a class instance', Object.assign(new Map(), { id: 1, command: 'state.snapshot', input: {} })],
  ['a bigint', { id: 1n, command: 'state.snapshot', input: {} }],
  ['a symbol', { id: 1, command: Symbol('state.snapshot'), input: {} }],
  ['a date as input', { id: 1, command: 'files.inspect', input: new Date(0) }],
  ['bytes as input', { id: 1, command: 'files.inspect', input: new Uint8Array(10) }],
  ['deep nesting', { id: 1, command: 'files.inspect', input: deep(1_000) }],
  ['a huge text', { id: 1, command: 'files.inspect', input: { path: 'x'.repeat(messageLimits.maxTextLength + 1) } }],
  ['a huge sparse array', { id: 1, command: 'uploads.start', input: { files: new Array(2 ** 31), connectionId: 'a' } }],
  ['an unknown command', { id: 1, command: 'files.delete', input: {} }],
  ['a command of Object.prototype', { id: 1, command: 'constructor', input: {} }],
  ['another command of Object.prototype', { id: 1, command: '__proto__', input: {} }],
  ['a negative id', { id: -1, command: 'state.snapshot', input: {} }],
  ['more keys than a request has', { id: 1, command: 'state.snapshot', input: {}, admin: true }],
  ['__proto__ in a request', JSON.parse('{"id":1,"command":"state.snapshot","input":{},"__proto__":{"admin":true}}')],
  ['__proto__ in a mapping', JSON.parse('{"id":1,"command":"files.inspect","input":{"path":"/a","mapping":{"rename":{"__proto__":"x"}}}}')],
  [
    'constructor.prototype',
    JSON.parse('{"id":1,"command":"connections.remove","input":{"id":"a","constructor":{"prototype":{"admin":true}}}}'),
  ],
  ['a path with NUL', { id: 1, command: 'files.inspect', input: { path: '/data/a.csv\0.png' } }],
  ['an upload of a path with NUL', { id: 1, command: 'uploads.start', input: { files: [{ path: '/a\0b' }], connectionId: 'production' } }],
  ['an object as a text', { id: 1, command: 'connections.remove', input: { id: { toString: 'production' } } }],
  ['an array as a text', { id: 1, command: 'connections.remove', input: { id: ['production'] } }],
  ['a root with another scheme', { id: 1, command: 'connections.add', input: { name: 'a', root: 'file:///etc/passwd', secrets: {} } }],
  [
    'too many files',
    { id: 1, command: 'uploads.start', input: { files: new Array(10_001).fill({ path: '/a' }), connectionId: 'production' } },
  ],
  ['NaN', { id: 1, command: 'history.list', input: { limit: NaN } }],
];

describe('a hostile message', () => {
  it.each(hostile)('%s: is answered with input-invalid, and nothing else happens', async (_what, message) => {
    const { client, engine, sandbox } = hosted();
    client.send(message);
    expect(await client.next()).toMatchObject({ kind: 'failure', failure: { code: 'input-invalid' } });
    expect([...engine.calls, ...sandbox.calls]).toEqual([]);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('of any shape gets exactly one answer and leaves the host as it was', async () => {
    const { client, engine, ask } = hosted();
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
        async (message) => {
          const before = client.received.length;
          client.send(message);
          expect(await client.next()).toMatchObject({ kind: 'failure', failure: { code: 'input-invalid' } });
          expect(client.received.length).toBe(before + 1);
        },
      ),
      { numRuns: 200 },
    );
    expect(engine.calls).toEqual([]);
    expect(await ask('state.snapshot')).toMatchObject({ kind: 'result' });
  });

  it('never brings back the value it was refused for, which may be a secret', async () => {
    const { ask } = hosted();
    const answer = await ask('connections.add', {
      name: 'Plant',
      root: 'https://ann:very-secret@api.fineo.io',
      secrets: { apiKey: ['very-secret'] },
    });
    expect(answer).toMatchObject({ failure: { code: 'input-invalid' } });
    expect(JSON.stringify(answer)).not.toContain('very-secret');
  });

  it('over a real MessagePort: what structured clone lets through is refused, and the port goes on', async () => {
    const { host, engine } = hosted();
    const { port1, port2 } = new MessageChannel();
    const electronLike: ClientPort = {
      postMessage: (message) => port1.postMessage(message),
      on: (event: 'message' | 'close', listener: (event: { readonly data: unknown }) => void) =>
        port1.on(event, (data: unknown) => listener({ data })),
      start: () => port1.start(),
      close: () => port1.close(),
    };
    host.connect(createPortChannel(electronLike));
    const answers: unknown[] = [];
    const answered = new Promise<void>((resolve) => {
      port2.on('message', (answer: unknown) => {
        answers.push(answer);
        if (answers.length === 4) resolve();
      });
    });
    port2.postMessage(cyclic);
    port2.postMessage({ id: 2, command: 'files.inspect', input: new Map([['path', '/a']]) });
    port2.postMessage(new Error('boo'));
    port2.postMessage({ id: 4, command: 'history.list', input: {} });
    await answered;
    port2.close();
    expect(answers.map((answer) => (answer as { kind: string }).kind)).toEqual(['failure', 'failure', 'failure', 'result']);
    expect(engine.calls).toEqual(['history']);
  });
});
