import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGuardedIpc, noArguments, type IpcEvent, type IpcReceiver } from '../../electron/api/guarded-ipc.ts';
import { openRendererFiles } from '../../electron/api/renderer-files.ts';
import { isDocumentation } from '../../electron/desktop/documentation-links.ts';
import { isInside } from '../../electron/desktop/inside-folder.ts';
import { isOwnPage } from '../../electron/desktop/own-page.ts';
import { answerPageRequest } from '../../electron/desktop/page-files.ts';
import { recordedLogger } from '../fakes/recorded-logger.ts';

const ownFrame = { url: 'app://uploader/index.html#/history', parent: null };

/** `ipcMain`, as far as it is used. */
function scriptedIpc() {
  const listeners = new Map<string, (event: IpcEvent, ...args: unknown[]) => unknown>();
  const receiver: IpcReceiver = {
    handle: (channel, listener) => void listeners.set(channel, listener),
    on: (channel, listener) => listeners.set(channel, listener),
  };
  const send = (channel: string, senderFrame: IpcEvent['senderFrame'], ...args: unknown[]): unknown =>
    listeners.get(channel)?.({ senderFrame, sender: undefined }, ...args);
  return { receiver, send };
}

describe('a message to the main process', () => {
  const foreign: readonly (readonly [string, IpcEvent['senderFrame']])[] = [
    ['a frame inside the page', { ...ownFrame, parent: ownFrame }],
    ['a frame that has gone', null],
    ['another site', { url: 'https://example.com/app://uploader/', parent: null }],
    ['a host that begins like ours', { url: 'app://uploader.example.com/', parent: null }],
    ['a user named like our host', { url: 'app://uploader@evil/', parent: null }],
    ['a file', { url: 'file:///uploader/index.html', parent: null }],
    ['a blank page', { url: 'about:blank', parent: null }],
    ['no address at all', { url: '', parent: null }],
  ];

  it.each(foreign)('of %s is refused', async (_who, frame) => {
    const { receiver, send } = scriptedIpc();
    const logger = recordedLogger();
    const ipc = createGuardedIpc(receiver, isOwnPage, logger);
    let calls = 0;
    ipc.answer('ask', noArguments, async () => (calls += 1));
    ipc.listen('tell', noArguments, () => void (calls += 1));
    expect(() => send('ask', frame)).toThrow('refused');
    send('tell', frame);
    expect(calls).toBe(0);
    expect(logger.lines).toHaveLength(2);
  });

  it('of the page is carried out when its arguments are right, and only then', async () => {
    const { receiver, send } = scriptedIpc();
    const ipc = createGuardedIpc(receiver, isOwnPage, recordedLogger());
    ipc.answer('ask', z.tuple([z.string()]), async (_event, text) => text.toUpperCase());
    expect(await send('ask', ownFrame, 'a')).toBe('A');
    for (const args of [[], [1], ['a', 'b'], [{ toString: () => 'a' }], [undefined]]) {
      expect(() => send('ask', ownFrame, ...args)).toThrow('arguments');
    }
  });
});

describe('files of the page', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'page-'));
    await mkdir(path.join(root, 'renderer', 'assets'), { recursive: true });
    await writeFile(path.join(root, 'renderer', 'index.html'), '<!doctype html>');
    await writeFile(path.join(root, 'renderer', 'assets', 'a b.js'), '1');
    await writeFile(path.join(root, 'renderer', 'secret.key'), 'key');
    await writeFile(path.join(root, 'secret.txt'), 'secret');
    await symlink(path.join(root, 'secret.txt'), path.join(root, 'renderer', 'link.txt'));
  });
  const get = async (url: string, method = 'GET'): Promise<Response> =>
    answerPageRequest(await openRendererFiles(path.join(root, 'renderer')), recordedLogger(), { method, url });

  it('come with a policy that lets nothing else in', async () => {
    const answer = await get('app://uploader/');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect((await get('app://uploader/assets/a%20b.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    'app://uploader/../secret.txt',
    'app://uploader/%2e%2e/secret.txt',
    'app://uploader/..%2fsecret.txt',
    'app://uploader/assets/..%2f..%2fsecret.txt',
    'app://uploader/..%5csecret.txt',
    'app://uploader//etc/passwd',
    'app://uploader/%2fetc/passwd',
    'app://uploader/index.html%00.txt',
    'app://uploader/%',
    'app://uploader/link.txt',
    'app://uploader/secret.key',
    'app://uploader/assets',
    'app://uploader/__proto__',
    'app://elsewhere/index.html',
    'app://uploader:8080/index.html',
  ])('%s leads nowhere', async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toMatch(/secret|key/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('are only read', async () => {
    expect((await get('app://uploader/', 'POST')).status).toBe(405);
    const head = await get('app://uploader/', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
  });
});

describe('a link to the outside', () => {
  it.each(['https://docs.aws.amazon.com/IAM/latest/UserGuide/', 'https://fineo.io/docs'])('%s opens in the browser', (url) => {
    expect(isDocumentation(url)).toBe(true);
  });

  it.each([
    'http://docs.aws.amazon.com/',
    'https://docs.aws.amazon.com.evil.example/',
    'https://docs.aws.amazon.com@evil.example/',
    'https://user@docs.aws.amazon.com/',
    'https://docs.aws.amazon.com:444/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://fineo.io/share',
    'fineo.io',
    '',
  ])('%s does not', (url) => {
    expect(isDocumentation(url)).toBe(false);
  });
});

describe('showing a file in the file manager', () => {
  it('is for files of the app alone, links followed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'data-'));
    const data = path.join(folder, 'data');
    await mkdir(path.join(data, 'rejects'), { recursive: true });
    await writeFile(path.join(data, 'rejects', 'a.csv'), '');
    await writeFile(path.join(folder, 'outside.csv'), '');
    await symlink(path.join(folder, 'outside.csv'), path.join(data, 'link.csv'));
    expect(await isInside(data, path.join(data, 'rejects', 'a.csv'))).toBe(true);
    for (const file of ['link.csv', '../outside.csv', 'missing.csv', '.', '../data-other']) {
      expect(await isInside(data, path.join(data, file)), file).toBe(false);
    }
    expect(await isInside(data, 'rejects/a.csv')).toBe(false);
  });
});
