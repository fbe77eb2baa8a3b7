/** The built app in a real Electron, for tests that use it as a person would. */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { findElectron, missingDisplay } from '../../build/electron.ts';
import { at } from '../../build/repository.ts';

const electron = findElectron();

/** Why there can be no window here; undefined when there can. */
export const whyNoDesktop: string | undefined = electron.kind === 'unavailable' ? electron.reason : missingDisplay();

export interface DesktopApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly dataDir: string;
  /** Keeps a picture of the window in test-results/pictures/, in both themes. */
  picture(name: string): Promise<void>;
  /** Drops files onto the window, as from a file manager. */
  drop(files: readonly string[]): Promise<void>;
  /** Ends the app, now, whatever is still on its way; with `forget`, its data too. */
  close(options?: { readonly forget: boolean }): Promise<void>;
}

/** Starts the app on `dataDir`, a new one when absent. */
export async function startDesktop(dataDir?: string): Promise<DesktopApp> {
  if (!existsSync(at('dist/main.js'))) throw new Error('the app has not been built: npm run build');
  const folder = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'desktop-')));
  const app = await _electron.launch({
    executablePath: electron.kind === 'found' ? electron.path : '',
    args: [at(), ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    env: { ...(process.env as Record<string, string>), FINEO_UPLOADER_DATA_DIR: folder },
  });
  const page = await app.firstWindow();
  page.setDefaultTimeout(30_000);
  return {
    app,
    page,
    dataDir: folder,
    async picture(name) {
      mkdirSync(at('test-results/pictures'), { recursive: true });
      for (const theme of ['dark', 'light']) {
        await page.getByTestId(`theme-${theme}`).first().click();
        await page.screenshot({ path: at('test-results/pictures', `${name}-${theme}.png`), animations: 'disabled' });
      }
    },
    async drop(files) {
      // Only files that come from outside have a path; an input that Playwright fills gives such files to the page.
      await page.evaluate(() => {
        const input = document.createElement('input');
        Object.assign(input, { type: 'file', multiple: true, id: 'dropped-files' });
        document.body.append(input);
      });
      await page.locator('#dropped-files').setInputFiles([...files]);
      await page.evaluate(() => {
        const input = document.querySelector<HTMLInputElement>('#dropped-files');
        const dataTransfer = new DataTransfer();
        for (const file of input?.files ?? []) dataTransfer.items.add(file);
        input?.remove();
        for (const type of ['dragenter', 'dragover', 'drop']) {
          document
            .querySelector('[data-testid=drop-zone]')
            ?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
        }
      });
    },
    async close(options) {
      // What asks whether to wait for rows on their way is answered: nobody is there to do it.
      await app.evaluate(({ dialog }) => {
        dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
      });
      await app.close();
      if (options?.forget !== false) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
