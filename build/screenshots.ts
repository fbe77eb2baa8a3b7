/**
 * `npm run screenshots`: walks through the built app (first run, sandbox, a sample file, history) in both themes and
 * keeps pictures in build/screenshots/ for README. In Electron where it runs, else in a browser against `serve`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type Page } from 'playwright';
import { findBrowser } from './browser.ts';
import { findElectron, missingDisplay } from './electron.ts';
import { at, root } from './repository.ts';

const viewport = { width: 1280, height: 800 };
const folder = at('build/screenshots');
const sample = 'seattle-weather.csv';
const table = 'weather';
const themes = ['light', 'dark'] as const;

interface OpenApp {
  readonly page: Page;
  close(): Promise<void>;
}

const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

async function openInElectron(executablePath: string, dataDir: string): Promise<OpenApp> {
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0;
  const app = await _electron.launch({
    executablePath,
    args: [...(asRoot ? ['--no-sandbox'] : []), root],
    cwd: root,
    env: { ...environment(), FINEO_UPLOADER_DATA_DIR: dataDir },
  });
  const page = await app.firstWindow();
  await app.evaluate(({ BrowserWindow }, size) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
  }, viewport);
  return { page, close: () => app.close() };
}

/** The first loopback address that `serve` prints. */
async function servedAddress(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error('serve has no output');
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\S*/.exec(line)?.[0];
    if (address !== undefined) return address;
  }
  throw new Error('serve ended without printing an address');
}

async function openInBrowser(dataDir: string): Promise<OpenApp> {
  const server = spawn(process.execPath, [at('dist/cli.js'), 'serve', '--port', '0', '--data-dir', dataDir], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await chromium.launch(findBrowser());
  const page = await browser.newPage({ viewport });
  await page.goto(await servedAddress(server));
  return {
    page,
    close: async () => {
      await browser.close();
      server.kill('SIGTERM');
    },
  };
}

/** One picture for each theme. */
async function picture(page: Page, name: string): Promise<void> {
  for (const theme of themes) {
    await page.getByTestId(`theme-${theme}`).first().click();
    // The pointer would leave the button it has clicked marked.
    await page.mouse.move(viewport.width - 4, viewport.height - 4);
    await page.waitForTimeout(400);
    await page.screenshot({ path: path.join(folder, `${name}-${theme}.png`), animations: 'disabled' });
  }
}

async function walk(page: Page): Promise<void> {
  await page.getByTestId('first-run-sandbox').waitFor();
  await picture(page, 'first-run');
  await page.getByTestId('first-run-sandbox').click();
  await page.getByTestId(`sample-${sample}`).waitFor();
  await picture(page, 'upload-files');
  await page.getByTestId(`sample-${sample}`).click();
  await page.getByTestId('to-read').click();
  await page.getByTestId('to-map').click();
  await page.getByTestId('send').waitFor();
  await page.getByTestId('metric-type').fill(table);
  await page.waitForTimeout(500);
  await picture(page, 'upload-read');
  await page.getByTestId('send').click();
  await page.getByTestId('done-ledger').waitFor({ timeout: 60_000 });
  await picture(page, 'upload-done');
  await page.getByTestId('nav-history').click();
  await page.getByTestId('history-row').first().waitFor();
  await picture(page, 'history');
  await page.getByTestId('nav-connections').click();
  await page.waitForTimeout(500);
  await picture(page, 'connections');
  await page.getByTestId('nav-sandbox').click();
  await page.locator('[data-testid^="sandbox-table-"]').first().click();
  await page.waitForTimeout(500);
  await picture(page, 'sandbox');
}

if (!existsSync(at('dist/package.json'))) {
  console.error('there is no dist/: npm run build makes it');
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
const dataDir = mkdtempSync(path.join(tmpdir(), 'uploader-screenshots-'));
const electron = missingDisplay() === undefined ? findElectron() : undefined;
const app = electron?.kind === 'found' ? await openInElectron(electron.path, dataDir) : await openInBrowser(dataDir);
try {
  app.page.setDefaultTimeout(30_000);
  await walk(app.page);
  console.log(`pictures are in ${path.relative(root, folder)}/ (${electron?.kind === 'found' ? 'Electron' : 'browser'})`);
} catch (error) {
  await app.page.screenshot({ path: path.join(tmpdir(), 'screenshots-failed.png') }).catch(() => undefined);
  throw error;
} finally {
  await app.close();
  rmSync(dataDir, { recursive: true, force: true });
}
