/** Renders `icon.svg` to the PNG that packaging makes every other icon from: `node build/icons/render.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright';
import { findBrowser } from '../browser.ts';
import { at } from '../repository.ts';

const sizePixels = 512;
const browser = await chromium.launch(findBrowser());
try {
  const page = await browser.newPage({ viewport: { width: sizePixels, height: sizePixels } });
  const svg = readFileSync(at('build/icons/icon.svg'), 'utf8');
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  writeFileSync(at('build/icons/icon.png'), await page.screenshot({ omitBackground: true }));
} finally {
  await browser.close();
}
