import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { messageLimits } from '../../electron/api/plain-data.ts';
import { servedHost, type ServedHost } from '../fakes/served.ts';

let served: ServedHost;
beforeEach(async () => {
  served = await servedHost();
});
afterEach(() => served.close());
const own = (): string => `http://127.0.0.1:${String(served.port)}`;

describe('the way to the engine', () => {
  it('is open to the page that was served, and says so with its own protocol', async () => {
    const socket = await served.open();
    expect(socket).toBeInstanceOf(WebSocket);
    expect((socket as WebSocket).protocol).toBe(`uploader.${served.token}`);
    const local = { host: `localhost:${String(served.port)}`, origin: `http://localhost:${String(served.port)}` };
    expect(await served.open({ headers: local })).toBeInstanceOf(WebSocket);
  });

  it.each(['', 'uploader.', 'uploader.wrong', 'uploader.a-token-of-this-test-012345678', 'a-token-of-this-test-0123456789'])(
    'is closed with the token “%s”',
    async (protocol) => {
      expect(await served.open({ protocol })).toBe(403);
    },
  );

  it.each(['https://example.com', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', 'file://', 'http://localhost.example.com'])(
    'is closed to pages of %s',
    async (origin) => {
      expect(await served.open({ headers: { origin } })).toBe(403);
    },
  );

  it('is closed to a page of localhost that asks 127.0.0.1', async () => {
    expect(await served.open({ headers: { origin: `http://localhost:${String(served.port)}` } })).toBe(403);
  });

  it.each(['example.com', 'rebound.example.com:80', '127.0.0.1', '127.0.0.1:1', '[::1]:80'])(
    'is closed under the name %s',
    async (host) => {
      expect(await served.open({ headers: { host, origin: `http://${host}` } })).toBe(421);
    },
  );

  it('is at one place only', async () => {
    expect(await served.open({ path: '/other' })).toBe(404);
  });

  it('ends with a message that is too large; the others go on', async () => {
    const other = (await served.open()) as WebSocket;
    const socket = (await served.open()) as WebSocket;
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    socket.send('x'.repeat(messageLimits.maxTextLength + 1));
    expect(await closed).toBe(1009);
    const answered = new Promise<string>((resolve) => other.on('message', (data: Buffer) => resolve(data.toString())));
    other.send(JSON.stringify({ id: 1, command: 'state.snapshot', input: {} }));
    expect(JSON.parse(await answered)).toMatchObject({ kind: 'result', id: 1 });
  });

  it.each(['{', '', 'null', '[]', '"text"'])('answers “%s” with input-invalid', async (text) => {
    const socket = (await served.open()) as WebSocket;
    const answered = new Promise<string>((resolve) => socket.on('message', (data: Buffer) => resolve(data.toString())));
    socket.send(text);
    expect(JSON.parse(await answered)).toMatchObject({ kind: 'failure', failure: { code: 'input-invalid' } });
    expect(served.engine.calls).toEqual([]);
  });
});

describe('the page', () => {
  it('is served with a policy that allows its own socket and nothing else', async () => {
    const { status, headers, body } = await served.get('/');
    expect([status, body]).toEqual([200, expect.stringContaining('Fineo Uploader')]);
    expect(headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${String(served.port)} ws://localhost:${String(served.port)};`,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is not served under a foreign name', async () => {
    expect(await served.get('/', { headers: { host: 'rebound.example.com' } })).toMatchObject({ status: 421 });
  });

  it.each([
    '/../vault.key',
    '/..%2fvault.key',
    '/%2e%2e/vault.key',
    '/renderer/../../vault.key',
    '//etc/passwd',
    '/index.html/../../vault.key',
    '/%00',
    '/%E0%A4%A',
  ])('%s leads nowhere', async (target) => {
    const { status, body } = await served.get(target);
    expect([status, body]).toEqual([404, 'there is no such file']);
  });

  it('holds no token: that is in the fragment alone', async () => {
    const { headers, body } = await served.get('/');
    expect(JSON.stringify(headers) + body).not.toContain(served.token);
    expect(new URL(served.url).hash).toBe(`#token=${served.token}`);
  });
});

describe('handing over a file', () => {
  const refused: readonly (readonly [string, () => Record<string, string>, number])[] = [
    ['without a token', () => ({ origin: own() }), 403],
    ['with a wrong token', () => ({ origin: own(), 'x-uploader-token': 'wrong' }), 403],
    ['without an origin', () => ({ 'x-uploader-token': served.token }), 403],
    ['from another site', () => ({ origin: 'https://example.com', 'x-uploader-token': served.token }), 403],
    ['under a foreign name', () => ({ host: 'example.com', origin: 'http://example.com', 'x-uploader-token': served.token }), 421],
  ];

  it.each(refused)('%s is refused and leaves nothing', async (_how, headers, status) => {
    expect(await served.get('/files?name=a.csv', { method: 'POST', headers: headers(), body: 'a,b' })).toMatchObject({ status });
    expect(await readdir(served.dataDir)).not.toContain('incoming');
  });

  it('is done by POST', async () => {
    const headers = { origin: own(), 'x-uploader-token': served.token };
    expect(await served.get('/files?name=a.csv', { headers })).toMatchObject({ status: 405 });
    expect(await served.get('/files?name=a.csv', { method: 'OPTIONS', headers: { origin: 'https://example.com' } })).toMatchObject({
      status: 403,
    });
  });

  it.each([
    '../../vault.key',
    '..\\..\\vault.key',
    '/etc/passwd',
    '..',
    '.',
    '',
    'a\0b.csv',
    'CON.csv',
    '.bashrc',
    `${'ü'.repeat(500)}.csv`,
    'a\u202egpj.csv',
  ])('named “%s” stays in its folder', async (name) => {
    const headers = { origin: own(), 'x-uploader-token': served.token };
    const { status, body } = await served.get(`/files?name=${encodeURIComponent(name)}`, { method: 'POST', headers, body: 'a,b' });
    expect(status).toBe(200);
    const { path: kept } = JSON.parse(body) as { path: string };
    expect(path.dirname(path.dirname(kept))).toBe(path.join(served.dataDir, 'incoming'));
    expect(await readdir(path.dirname(kept))).toEqual([path.basename(kept)]);
    expect(path.basename(kept)).toMatch(/^[^.<>:"|?*\\/\p{C}][^<>:"|?*\\/\p{C}]*$/u);
  });
});
