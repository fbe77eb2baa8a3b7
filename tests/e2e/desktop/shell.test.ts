/** What is around the window: tray, second instance, dialogs, preferences, the end. In a real Electron. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectron } from '../../../build/electron.ts';
import { at } from '../../../build/repository.ts';
import type { DesktopBridge } from '../../../shared/contract/bridge.ts';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';

/** The page's window, as far as it is used. */
interface PageWindow {
  readonly uploader: DesktopBridge;
}
const electron = findElectron();
const noSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

describe.skipIf(whyNoDesktop !== undefined)(`the app around its window${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let config: string;
  const configBefore = process.env['XDG_CONFIG_HOME'];
  const log = (): string => readFileSync(path.join(desktop.dataDir, 'logs/desktop.log'), 'utf8');
  const autostart = (): string => path.join(config, 'autostart/fineo-uploader.desktop');

  /** Starts the app once more on the same data, as a click on its icon would; resolves to its exit code. */
  const startAgain = (...args: readonly string[]): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const program = electron.kind === 'found' ? electron.path : '';
      const env = { ...process.env, FINEO_UPLOADER_DATA_DIR: desktop.dataDir };
      const second = spawn(program, [at(), ...noSandbox, ...args], { env, stdio: 'ignore' });
      second.once('error', reject);
      second.once('exit', resolve);
    });

  beforeAll(async () => {
    // What starts at login is written there: not into the home of whoever runs the tests.
    config = mkdtempSync(path.join(tmpdir(), 'shell-config-'));
    process.env['XDG_CONFIG_HOME'] = config;
    desktop = await startDesktop();
    await desktop.page.getByTestId('first-run-sandbox').waitFor();
  });
  afterAll(async () => {
    if (configBefore === undefined) delete process.env['XDG_CONFIG_HOME'];
    else process.env['XDG_CONFIG_HOME'] = configBefore;
    rmSync(config, { recursive: true, force: true });
    rmSync(desktop.dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('has an icon in the tray', async () => {
    await expect.poll(log).toContain('the tray icon has changed');
    expect(log()).not.toContain('there is no tray');
    const isEmpty = await desktop.app.evaluate(
      ({ nativeImage }, file) => nativeImage.createFromPath(file).isEmpty(),
      at('dist/icons/tray-busy.png'),
    );
    expect(isEmpty).toBe(false);
  });

  it('shows its window when it is started a second time, and the second one ends', async () => {
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    expect(await startAgain()).toBe(0);
    const isMinimized = () =>
      desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isMinimized()));
    await expect.poll(isMinimized).toEqual([false]);
  });

  it('opens the dialog of the system for a folder, and gives the page what was chosen', async () => {
    const choose = () => desktop.page.evaluate(() => (globalThis as unknown as PageWindow).uploader.chooseFolder());
    const answer = (filePaths: readonly string[]) =>
      desktop.app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: chosen.length === 0, filePaths: [...chosen] });
      }, filePaths);
    await answer(['/measurements']);
    expect(await choose()).toBe('/measurements');
    await answer([]);
    expect(await choose()).toBeUndefined();
  });

  it('starts at login when the page says so, and no longer when it says so', async () => {
    const set = (change: Parameters<DesktopBridge['setPreferences']>[0]) =>
      desktop.page.evaluate((wanted) => (globalThis as unknown as PageWindow).uploader.setPreferences(wanted), change);
    expect(await set({ startAtLogin: true })).toEqual({ keepRunning: true, startAtLogin: true, notifications: true });
    if (process.platform === 'linux') expect(readFileSync(autostart(), 'utf8')).toContain('--hidden');
    expect(await set({ startAtLogin: false })).toMatchObject({ startAtLogin: false });
    expect(existsSync(autostart())).toBe(false);
    expect(await desktop.page.evaluate(() => (globalThis as unknown as PageWindow).uploader.getPreferences())).toEqual({
      ...{ keepRunning: true, startAtLogin: false, notifications: true },
    });
  });

  it('takes nothing else from the page', async () => {
    const refused = await desktop.page.evaluate(async () => {
      const { setPreferences } = (globalThis as unknown as PageWindow).uploader;
      return setPreferences({ execPath: '/bin/sh' } as never).then(
        () => 'taken',
        (error: unknown) => String(error),
      );
    });
    expect(refused).toContain('refused');
  });

  it('ends with its window when no folder is watched, and says in its log that the engine has ended', async () => {
    const ended = new Promise<void>((resolve) => desktop.app.once('close', () => resolve()));
    await desktop.page.close();
    await ended;
    const engineLog = readFileSync(path.join(desktop.dataDir, 'logs/uploader.log'), 'utf8');
    expect(engineLog).toContain('the engine is closed');
    const status = JSON.parse(readFileSync(path.join(desktop.dataDir, 'status.json'), 'utf8')) as { endedAt?: number };
    expect(status.endedAt).toBeGreaterThan(0);
  });
});
