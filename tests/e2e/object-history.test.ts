/** What an upload by way of a bucket shows of its objects, in a browser, and how one that has stopped is gone on with. */
import { mkdirSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { at } from '../../build/repository.ts';
import { expectNothingFound } from '../fakes/axe-check.ts';
import { fakeFile, fakeTransfer } from '../fakes/fake-data.ts';
import type { FakeHost } from '../fakes/fake-host.ts';
import { busyState, folderHost } from '../fakes/folder-host.ts';

const held = fakeTransfer({
  ...{ id: 'transfer-s3', route: 's3', state: 'held', failure: { code: 'server-unreachable', message: 'ECONNREFUSED', context: {} } },
  files: [
    fakeFile({ id: 'f1', name: 'sensors-hall-a.csv', state: 'done' }),
    fakeFile({ id: 'f2', name: 'turbine-vibration-2025.csv', state: 'held' }),
  ],
});

let browser: Browser;
let page: Page;
let host: FakeHost;

beforeAll(async () => {
  browser = await chromium.launch(findBrowser());
});
afterAll(async () => browser.close());
beforeEach(async () => {
  host = folderHost({ ...busyState, transfers: [held, ...busyState.transfers] });
  const address = await host.serve(at('dist/renderer'));
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await page.getByTestId('nav-history').click();
  await page.getByTestId('history-row').filter({ hasText: 'sensors-hall-a.csv and 1 more' }).first().click();
});
afterEach(async () => {
  await page.context().close();
  await host.dispose();
});

it('lists every object with its parts and what the service said of it', async () => {
  await page.getByRole('tab', { name: /Objects/, selected: true }).waitFor();
  const parts = page.getByTestId('object-parts');
  await expect.poll(() => parts.allTextContents()).toEqual(['1 of 1', '1 of 1', '1 of 1', '12 of 40']);
  expect(await page.getByTestId('object-state').allTextContents()).toEqual(['Received', 'Received', 'Told to Fineo', 'Stopped']);
  expect(await page.getByTestId('object-ask').allTextContents()).toEqual(['200, 1×', '200, 2×', '404, 3×', '']);
  await page.getByText('sensors-hall-a.csv, object 3').waitFor();
  await page.getByText('OTk0ZTU1YjctYjA0Mi00ZmE1LTk3NmItNWI3ODM0ZTkwNTY3').waitFor();
  mkdirSync(at('test-results/pictures'), { recursive: true });
  await expectNothingFound(page, 'objects', (theme) =>
    page.screenshot({ path: at('test-results/pictures', `objects-${theme}.png`), animations: 'disabled' }),
  );
});

it('goes on with an upload that has stopped', async () => {
  await page.getByTestId('objects-stopped').getByText('1 object has not arrived.').waitFor();
  await page.getByTestId('resume-objects').click();
  await expect
    .poll(() => host.asked.find(({ command }) => command === 'uploads.retry')?.input)
    .toEqual({ transferId: 'transfer-s3', acceptRejects: false });
});
