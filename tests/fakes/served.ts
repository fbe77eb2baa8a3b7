import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { serve, type Served } from '../../electron/headless/serve.ts';
import { hosted, type Hosted } from './hosted.ts';

export interface ServedHost extends Served, Hosted {
  readonly port: number;
  readonly token: string;
  readonly dataDir: string;
  /** A request with exactly these headers; resolves with its answer, also when the body is not taken. */
  get(
    target: string,
    options?: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string | Buffer },
  ): Promise<HttpAnswer>;
  /** Resolves with an open socket, or with the status that refused it. */
  open(options?: {
    readonly protocol?: string | undefined;
    readonly headers?: Record<string, string>;
    readonly path?: string;
  }): Promise<WebSocket | number>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export async function servedHost(): Promise<ServedHost> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'serve-'));
  const rendererDir = path.join(dataDir, 'renderer');
  await mkdir(rendererDir);
  await writeFile(path.join(rendererDir, 'index.html'), '<!doctype html><title>Fineo Uploader</title>');
  await writeFile(path.join(dataDir, 'vault.key'), 'the key');
  const parts = hosted();
  const token = 'a-token-of-this-test-0123456789';
  const served = await serve({ port: 0, engine: parts.engine, host: parts.host, rendererDir, dataDir, token, logger: parts.logger });
  const port = Number(new URL(served.url).port);
  return {
    ...parts,
    ...served,
    port,
    token,
    dataDir,
    get: (target, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          { host: '127.0.0.1', port, path: target, method, headers: { host: `127.0.0.1:${String(port)}`, ...headers }, agent: false },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.on('end', () =>
              resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
            );
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      }),
    open: ({ protocol = `uploader.${token}`, headers = {}, path: target = '/engine' } = {}) =>
      new Promise((resolve, reject) => {
        const own = { host: `127.0.0.1:${String(port)}`, origin: `http://127.0.0.1:${String(port)}` };
        const socket = new WebSocket(`ws://127.0.0.1:${String(port)}${target}`, protocol === '' ? [] : [protocol], {
          headers: { ...own, ...headers },
        });
        socket.on('open', () => resolve(socket));
        socket.on('unexpected-response', (_request, answer) => {
          socket.terminate();
          resolve(answer.statusCode ?? 0);
        });
        socket.on('error', reject);
      }),
  };
}
