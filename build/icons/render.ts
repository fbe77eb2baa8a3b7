/** Renders the icons to the PNGs that packaging and the tray take: `node build/icons/render.ts`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { findBrowser } from '../browser.ts';
import { at } from '../repository.ts';

/** Packaging makes every other icon from this size. */
const appIconPixels = 512;

/** What the tray's icon shows above the sign of the app. On macOS only the shapes count. */
const badges: Readonly<Record<string, string>> = {
  idle: '',
  busy: '<circle cx="12.4" cy="10.6" r="2.6" fill="none" stroke="#16a394" stroke-width="1.5" />',
  attention: '<circle cx="12.2" cy="10.4" r="3.4" fill="#e8860c" />',
  paused: '<path d="M10.9 7.6v5.8m3-5.8v5.8" stroke="#5f87c9" stroke-width="1.8" stroke-linecap="round" />',
};

const browser = await chromium.launch(findBrowser());

async function render(svg: string, pixels: number, file: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: ${pixels}px; height: ${pixels}px }</style>${svg}`);
  writeFileSync(at(file), await page.screenshot({ omitBackground: true }));
  await page.close();
}

try {
  await render(readFileSync(at('build/icons/icon.svg'), 'utf8'), appIconPixels, 'build/icons/icon.png');
  const sign = readFileSync(at('build/icons/tray.svg'), 'utf8');
  mkdirSync(at('build/icons/tray'), { recursive: true });
  for (const [state, badge] of Object.entries(badges)) {
    // Where a badge is, the sign makes room for it.
    const hole =
      badge === '' ? '' : '<mask id="room"><rect width="16" height="16" fill="#fff" /><circle cx="12.3" cy="10.5" r="4.4" /></mask>';
    const svg = sign.replace('<g ', `${hole}<g ${badge === '' ? '' : 'mask="url(#room)" '}`).replace('</svg>', `${badge}</svg>`);
    await render(svg, 16, `build/icons/tray/tray-${state}.png`);
    await render(svg, 32, `build/icons/tray/tray-${state}@2x.png`);
  }
} finally {
  await browser.close();
}
