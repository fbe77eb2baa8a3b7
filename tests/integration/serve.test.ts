import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { responseSchema, type Response } from '../../shared/contract/contract.ts';
import { fakeFile, fakeTransfer } from '../fakes/fake-data.ts';
import { servedHost, type ServedHost } from '../fakes/served.ts';

let served: ServedHost;
beforeEach(async () => {
  served = await servedHost();
});
afterEach(() => served.close());

const next = async (socket: WebSocket): Promise<Response> => {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return responseSchema.parse(JSON.parse(data.toString()));
};
const handOver = async (name: string, body: string): Promise<string> => {
  const headers = { origin: `http://127.0.0.1:${String(served.port)}`, 'x-uploader-token': served.token };
  const answer = await served.get(`/files?name=${encodeURIComponent(name)}`, { method: 'POST', headers, body });
  return (JSON.parse(answer.body) as { path: string }).path;
};
const incoming = (): Promise<string[]> => readdir(path.join(served.dataDir, 'incoming'));

describe('the interface in a browser', () => {
  it('gets answers and events of the engine like the window does', async () => {
    const socket = (await served.open()) as WebSocket;
    socket.send(JSON.stringify({ id: 1, command: 'history.get', input: { transferId: 'transfer-1' } }));
    expect(await next(socket)).toMatchObject({ kind: 'result', id: 1, output: { id: 'transfer-1' } });
    served.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ id: 'transfer-2' }) });
    expect(await next(socket)).toMatchObject({ kind: 'event', event: { revision: 1, transfer: { id: 'transfer-2' } } });
  });

  it('is told when serving ends', async () => {
    const socket = (await served.open()) as WebSocket;
    const closed = once(socket, 'close');
    await served.close();
    await closed;
  });

  it('hands over a file with its name and every byte', async () => {
    const text = 'datum,größe\n'.repeat(200_000);
    const file = await handOver('Wörter & Zahlen.csv', text);
    expect(path.basename(file)).toBe('Wörter & Zahlen.csv');
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('leaves nothing of a file that was broken off', async () => {
    await handOver('whole.csv', 'a,b\n');
    const headers = {
      host: `127.0.0.1:${String(served.port)}`,
      origin: `http://127.0.0.1:${String(served.port)}`,
      'x-uploader-token': served.token,
      'content-length': '1000000',
    };
    const broken = request({ port: served.port, host: '127.0.0.1', path: '/files?name=broken.csv', method: 'POST', headers });
    broken.on('error', () => undefined);
    broken.write('a,b\n');
    while ((await incoming()).length < 2) await new Promise(setImmediate);
    broken.destroy();
    while ((await incoming()).length > 1) await new Promise(setImmediate);
    expect(await incoming()).toHaveLength(1);
  });

  it('keeps a copy until every row of it is confirmed, and no longer', async () => {
    const sent = await handOver('sent.csv', 'a\n');
    const held = await handOver('held.csv', 'a\n');
    const files = [fakeFile({ path: sent, state: 'done' }), fakeFile({ path: '/data/own/weather.csv', state: 'done' })];
    served.engine.tell({
      kind: 'transfer',
      transfer: fakeTransfer({ state: 'running', files: [fakeFile({ path: sent, state: 'sending' })] }),
    });
    served.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ state: 'held', files: [fakeFile({ path: held, state: 'held' })] }) });
    served.engine.tell({ kind: 'transfer', transfer: fakeTransfer({ state: 'done', files }) });
    while ((await incoming()).length > 1) await new Promise(setImmediate);
    expect(await incoming()).toEqual([path.basename(path.dirname(held))]);
  });
});
