/** The built app in a real Electron. Where there is none, or no display, these tests are skipped by name. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectron, missingDisplay } from '../../build/electron.ts';
import { at } from '../../build/repository.ts';

const electron = findElectron();
const reason = electron.kind === 'unavailable' ? electron.reason : missingDisplay();

describe.skipIf(reason !== undefined)(`the window of the app${reason === undefined ? '' : ` (${reason})`}`, () => {
  let app: ElectronApplication;
  let page: Page;
  let dataDir: string;
  let outside: Server;
  let outsideUrl: string;
  const reached: string[] = [];

  beforeAll(async () => {
    if (!existsSync(at('dist/main.js'))) throw new Error('the app has not been built: npm run build');
    outside = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('outside');
    });
    await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
    outsideUrl = `http://127.0.0.1:${String((outside.address() as AddressInfo).port)}`;
    dataDir = await mkdtemp(path.join(tmpdir(), 'window-'));
    app = await _electron.launch({
      executablePath: electron.kind === 'found' ? electron.path : '',
      args: [at(), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
      env: { ...(process.env as Record<string, string>), FINEO_UPLOADER_DATA_DIR: dataDir },
    });
    page = await app.firstWindow();
    await page.waitForLoadState();
  });
  afterAll(async () => {
    await app.close();
    outside.close();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const windows = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const isStillThere = async (): Promise<void> => {
    expect(page.url()).toMatch(/^app:\/\/uploader\/index\.html/);
    expect(await page.evaluate(() => document.title)).toBe('Fineo Uploader');
    expect(await windows()).toBe(1);
  };

  it('knows nothing of Node, and of the app seven things', async () => {
    const known = await page.evaluate(() => ({
      node: ['require', 'process', 'module', 'global', 'Buffer', '__dirname', 'electron'].filter((name) => name in globalThis),
      bridge: Object.keys((globalThis as unknown as { uploader: object }).uploader).sort(),
    }));
    expect(known).toEqual({
      node: [],
      bridge: ['chooseFiles', 'chooseFolder', 'connectEngine', 'getPreferences', 'pathOf', 'setPreferences', 'showFile'],
    });
  });

  it('is sandboxed, isolated, and held to web security', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return (window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  it('cannot change the bridge', async () => {
    const changed = await page.evaluate(() => {
      const { uploader } = globalThis as unknown as { uploader: Record<string, unknown> };
      try {
        uploader['showFile'] = () => 'mine';
      } catch {
        // Frozen.
      }
      return String(uploader['showFile']).includes('mine');
    });
    expect(changed).toBe(false);
  });

  it('comes with a strict policy, which holds: no inline code, no eval, nothing remote', async () => {
    const result = await page.evaluate(async (remote) => {
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.inlineRan = true';
      document.head.append(inline);
      // In a task of its own: the policy does not hold for what the test's own debugger runs.
      const evalRan = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            resolve(Boolean(globalThis.eval('true')));
          } catch {
            resolve(false);
          }
        });
      });
      const load = (element: HTMLElement, parent: HTMLElement) =>
        new Promise<string>((resolve) => {
          element.addEventListener('load', () => resolve('loaded'));
          element.addEventListener('error', () => resolve('blocked'));
          parent.append(element);
        });
      const fetched = await fetch(`${remote}/fetch`).then(
        () => 'loaded',
        () => 'blocked',
      );
      const image = await load(Object.assign(new Image(), { src: `${remote}/image.png` }), document.body);
      const script = await load(Object.assign(document.createElement('script'), { src: `${remote}/script.js` }), document.head);
      const style = await load(
        Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `${remote}/style.css` }),
        document.head,
      );
      const policy = (await fetch('./index.html')).headers.get('content-security-policy');
      return { policy, inline: 'inlineRan' in globalThis, evalRan, fetched, image, script, style };
    }, outsideUrl);
    expect(result).toMatchObject({
      inline: false,
      evalRan: false,
      fetched: 'blocked',
      image: 'blocked',
      script: 'blocked',
      style: 'blocked',
    });
    expect(result.policy).toContain("default-src 'none'");
    expect(reached).toEqual([]);
  });

  it('reads no file of the system', async () => {
    const read = await page.evaluate(() =>
      Promise.all(
        ['file:///etc/passwd', 'app://uploader/../package.json', 'app://uploader/..%2fmain.js'].map((url) =>
          fetch(url)
            .then((answer) => answer.status)
            .catch(() => 'blocked'),
        ),
      ),
    );
    expect(read).toEqual(['blocked', 404, 404]);
  });

  it('stays where it is, wherever the page tries to go', async () => {
    await app.evaluate(({ BrowserWindow }) => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      BrowserWindow.getAllWindows()[0]?.webContents.on('will-navigate', ({ url, defaultPrevented }) => {
        seen.push(`${defaultPrevented ? 'stopped' : 'let go'} ${url}`);
      });
    });
    const seen = () => app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    for (const url of [`${outsideUrl}/navigate`, 'app://elsewhere/', 'https://docs.example.com/']) {
      await page.evaluate((target) => {
        globalThis.location.href = target;
      }, url);
      await expect.poll(seen).toContain(`stopped ${url}`);
      await isStillThere();
    }
    // Chromium itself does not let a page go there.
    await page.evaluate(() => {
      globalThis.location.href = 'file:///etc/passwd';
    });
    await page.evaluate((target) => {
      const form = Object.assign(document.createElement('form'), { action: target, method: 'post' });
      document.body.append(form);
      form.submit();
    }, `${outsideUrl}/form`);
    await page.evaluate((target) => {
      const frame = document.createElement('iframe');
      frame.src = target;
      document.body.append(frame);
    }, `${outsideUrl}/frame`);
    await isStillThere();
    expect(reached).toEqual([]);
  });

  it('opens no other window', async () => {
    expect(await page.evaluate((target) => globalThis.open(target) === null, `${outsideUrl}/open`)).toBe(true);
    expect(await page.evaluate(() => globalThis.open('app://uploader/index.html') === null)).toBe(true);
    await isStillThere();
    expect(reached).toEqual([]);
  });

  it('gets no permission but that to copy text', async () => {
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[];
      const queried = await Promise.all(names.map((name) => navigator.permissions.query({ name }).then(({ state }) => state)));
      const asked = await Notification.requestPermission();
      return [...queried, asked];
    });
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied', 'denied', 'denied']);
  });

  it('does not show a file that is not of the app', async () => {
    const outcome = await page.evaluate(() =>
      (globalThis as unknown as { uploader: { showFile(file: string): Promise<void> } }).uploader.showFile('/etc/passwd').then(
        () => 'shown',
        (error: unknown) => String(error),
      ),
    );
    expect(outcome).toContain('only files of the app');
  });
});
