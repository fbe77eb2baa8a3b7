/** Which Chromium drives pages here. Playwright's own is not downloaded: the system's is as good. */
import { existsSync } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Options for `chromium.launch()`. Playwright finds Google Chrome by itself where none is on the PATH. */
export function findBrowser(): { readonly executablePath?: string; readonly channel?: 'chrome'; readonly args: string[] } {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const file = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((candidate) => existsSync(candidate));
  return file === undefined ? { channel: 'chrome', args } : { executablePath: file, args };
}
