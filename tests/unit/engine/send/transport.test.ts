import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { SignedRequest } from '../../../../electron/engine/model.ts';
import type { Transport } from '../../../../electron/engine/ports.ts';
import { createTransport, type TransportOptions } from '../../../../electron/engine/send/transport.ts';

const opened: { close(): void }[] = [];
const transports: Transport[] = [];
afterEach(async () => {
  for (const one of transports.splice(0)) await one.dispose();
  for (const server of opened.splice(0)) server.close();
});

const listen = (server: Server | TcpServer): Promise<string> =>
  new Promise((resolve) => {
    opened.push(server);
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    });
  });
const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener));

const transport = (options: TransportOptions = {}): Transport => {
  const made = createTransport(options);
  transports.push(made);
  return made;
};

const body = new TextEncoder().encode('[{"a":1}]');
const requestTo = (origin: string): SignedRequest => ({
  method: 'PUT',
  origin,
  path: '/a%20b?c=d',
  headers: { 'x-api-key': 'k', 'content-type': 'application/json', 'content-length': String(body.byteLength) },
  body,
});
const never = new AbortController().signal;
const patient = { timeoutMs: 20_000, signal: never };

describe('an answer', () => {
  it('is given with status, headers and body, and the request arrives as it was signed', async () => {
    let seen: unknown;
    const origin = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen = [request.method, request.url, request.headers['x-api-key'], Buffer.concat(chunks).toString()];
        response.writeHead(207, { 'X-Amzn-RequestId': 'r-1', 'x-two': ['a', 'b'] }).end('{"ä":1}');
      });
    });
    const attempt = await transport().send(requestTo(origin), patient);
    expect(seen).toEqual(['PUT', '/a%20b?c=d', 'k', '[{"a":1}]']);
    expect(attempt).toMatchObject({
      kind: 'answered',
      status: 207,
      body: '{"ä":1}',
      headers: { 'x-amzn-requestid': 'r-1', 'x-two': 'a, b' },
    });
  });

  it('comes over connections that are kept', async () => {
    const ports = new Set<number | undefined>();
    const origin = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      request.resume().on('end', () => response.end('{}'));
    });
    const one = transport();
    for (let index = 0; index < 20; index++) await one.send(requestTo(origin), patient);
    // One may still be putting its answer away when the next request comes.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('is cut at 1 MiB, and the connection goes on', async () => {
    const origin = await serve((request, response) => {
      request.resume().on('end', () => response.end('x'.repeat(3_000_000)));
    });
    const one = transport();
    for (let index = 0; index < 2; index++) {
      const attempt = await one.send(requestTo(origin), patient);
      expect(attempt.kind === 'answered' ? attempt.body.length : attempt).toBe(1_048_576);
    }
  });

  it('keeps to the number of connections', async () => {
    let open = 0;
    let most = 0;
    const origin = await serve((request, response) => {
      most = Math.max(most, ++open);
      request.resume().on('end', () => {
        setImmediate(() => {
          open--;
          response.end('{}');
        });
      });
    });
    const one = transport({ connectionsPerOrigin: 2 });
    await Promise.all(Array.from({ length: 12 }, () => one.send(requestTo(origin), patient)));
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('no answer', () => {
  it('nobody listens: nothing was sent', async () => {
    const server = createTcpServer();
    const origin = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await transport().send(requestTo(origin), patient)).toEqual({
      kind: 'unanswered',
      reach: 'unsent',
      cause: 'ECONNREFUSED',
      timedOut: false,
    });
  });

  it('the other end speaks no TLS: nothing was sent', async () => {
    const origin = await listen(createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await transport().send(requestTo(origin.replace('http:', 'https:')), patient)).toMatchObject({
      kind: 'unanswered',
      reach: 'unsent',
    });
  });

  it('no address at all: nothing was sent', async () => {
    expect(await transport().send(requestTo('nonsense'), patient)).toMatchObject({ kind: 'unanswered', reach: 'unsent' });
  });

  it('a reset after the request: it may have been applied', async () => {
    const origin = await serve((request) => {
      request.resume().on('end', () => request.socket.resetAndDestroy());
    });
    expect(await transport().send(requestTo(origin), patient)).toMatchObject({ kind: 'unanswered', reach: 'unknown', timedOut: false });
  });

  it('a connection that ends in the middle of the answer: it may have been applied', async () => {
    const origin = await serve((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"failed', () => request.socket.destroy());
      });
    });
    expect(await transport().send(requestTo(origin), patient)).toMatchObject({ kind: 'unanswered', reach: 'unknown' });
  });

  it('a server that hangs: it may have been applied', async () => {
    const origin = await serve((request) => {
      request.resume();
    });
    expect(await transport().send(requestTo(origin), { timeoutMs: 50, signal: never })).toEqual({
      kind: 'unanswered',
      reach: 'unknown',
      cause: 'UND_ERR_HEADERS_TIMEOUT',
      timedOut: true,
    });
  });

  it('broken off: says so at once, and frees the connection', async () => {
    const stop = new AbortController();
    const origin = await serve((request) => {
      request.resume().on('end', () => {
        stop.abort();
      });
    });
    expect(await transport().send(requestTo(origin), { timeoutMs: 20_000, signal: stop.signal })).toMatchObject({ reach: 'aborted' });
  });

  it('broken off while it waits for a connection: it never goes out', async () => {
    let requests = 0;
    const first = new AbortController();
    const second = new AbortController();
    let arrived = (): void => undefined;
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const origin = await serve((request, response) => {
      requests++;
      arrived();
      request.resume();
      if (requests > 1) response.end('{}');
    });
    const one = transport({ connectionsPerOrigin: 1 });
    const hanging = one.send(requestTo(origin), { timeoutMs: 20_000, signal: first.signal });
    await hasArrived;
    const waiting = one.send(requestTo(origin), { timeoutMs: 20_000, signal: second.signal });
    second.abort();
    expect(await waiting).toMatchObject({ reach: 'aborted' });
    first.abort();
    await hanging;
    expect(await one.send(requestTo(origin), patient)).toMatchObject({ kind: 'answered' });
    expect(requests).toBe(2);
  });

  it('after the end: nothing is sent', async () => {
    const one = transport();
    await one.dispose();
    expect(await one.send(requestTo('http://127.0.0.1:1'), patient)).toMatchObject({ reach: 'unsent' });
  });
});
