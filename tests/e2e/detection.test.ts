/** A file that is read wrongly by its content: the window says that it is unsure, and the reading can be put right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { startServe, type Served } from '../fakes/served-app.ts';

let folder: string;
let served: Served;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'detection-'));
  served = await startServe(path.join(folder, 'data'));
  browser = await chromium.launch(findBrowser());
  page = await (await browser.newContext({ viewport: { width: 1_280, height: 900 }, reducedMotion: 'reduce' })).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(served.url);
});
afterAll(async () => {
  await browser.close();
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a file without names, whose first row was taken for them, asks for a look and is put right by a switch', async () => {
  const file = path.join(folder, 'log.csv');
  writeFileSync(file, '2012-01-31 10:00,1,2.5\n2012-01-31 10:01,2,2.6\n');
  await page.getByTestId('nav-upload').click();
  await page.getByTestId('file-input').setInputFiles(file);
  await page.getByTestId('to-read').click();
  const header = page.locator('[data-testid=findings] [data-subject=header]');
  await header.waitFor();
  expect(await header.getAttribute('data-confidence')).toBe('low');
  expect(await header.textContent()).toContain('Please look.');
  await page.getByTestId('format').locator('summary').click();
  await page.getByTestId('header').click();
  await page.locator('[data-testid=findings] [data-subject=header][data-confidence=high]').waitFor();
  await page.getByRole('columnheader', { name: 'column1' }).waitFor();
});
