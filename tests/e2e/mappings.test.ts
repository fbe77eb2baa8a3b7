/** Saved mappings and what they say of rejected rows, in a browser against the real host: one data folder, one story. */
import { chromium, type Browser, type Page } from 'playwright';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { startServe, type Served } from '../fakes/served-app.ts';

let served: Served;
let browser: Browser;
let page: Page;
let dataDir: string;
let work: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'mappings-'));
  work = await mkdtemp(path.join(tmpdir(), 'mapped-'));
  served = await startServe(dataDir);
  browser = await chromium.launch(findBrowser());
  page = await (await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' })).newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(served.url);
  await page.getByTestId('first-run-sandbox').click();
});
afterAll(async () => {
  await browser.close();
  await served.close();
  for (const folder of [dataDir, work]) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const rows = (values: readonly (string | number)[]): string =>
  `timestamp,line,v\n${values.map((value, at) => `${String(1_500_000_000_000 + at * 1_000)},a,${String(value)}\n`).join('')}`;

/** From the choice of a file to the step Map. */
async function toMap(name: string, text: string): Promise<void> {
  const file = path.join(work, name);
  await writeFile(file, text);
  await page.getByTestId('nav-upload').click();
  await page.getByTestId('file-input').setInputFiles(file);
  await page.getByTestId('to-read').click();
  await page.getByTestId('to-map').click();
  await page.getByTestId('saved-mapping').waitFor();
}

async function send(): Promise<void> {
  await page.getByTestId('to-check').click();
  await page.getByTestId('check-verdict').waitFor();
  await page.getByTestId('send').click();
  await page.getByTestId('done-ledger').waitFor();
}

const ledger = async () => {
  const done = page.getByTestId('done-ledger');
  const [read, confirmed, rejected, held] = await Promise.all(
    ['read', 'confirmed', 'rejected', 'held'].map(async (name) => Number(await done.getAttribute(`data-${name}`))),
  );
  return { read, confirmed, rejected, held };
};

const saveAs = async (name: string): Promise<void> => {
  await page.getByTestId('mapping-save-as').click();
  await page.getByTestId('field-schema-text').fill(name);
  await page.getByTestId('schema-text-done').click();
  await page
    .getByTestId('mapping-choice')
    .locator('option', { hasText: `${name}, version 1` })
    .waitFor({ state: 'attached' });
};

it('a mapping that is made in an upload is saved, and holds a file whose rows do not fit until that is decided', async () => {
  await toMap('first.csv', rows([1, 'x', 3]));
  await page.getByTestId('metric-type').fill('line');
  await page.getByTestId('column-v').locator('select').selectOption('number');
  await page.getByTestId('reject-policy-hold').click();
  await saveAs('Line 3');
  expect(await page.getByTestId('saved-mapping').getAttribute('data-changed')).toBe('false');
  await send();
  expect(await ledger()).toEqual({ read: 3, confirmed: 0, rejected: 0, held: 3 });
  await page.getByTestId('held-rejects').filter({ hasText: 'Of 3 rows of first.csv, 1 would be rejected' }).waitFor();
  await page.getByTestId('accept-rejects').click();
  await page.locator('[data-testid=done-ledger][data-held="0"]').waitFor();
  expect(await ledger()).toEqual({ read: 3, confirmed: 2, rejected: 1, held: 0 });
});

it('the history tells which version that was, and shows it whole', async () => {
  await page.getByTestId('see-history').click();
  await page.getByText('Line 3, version 1').waitFor();
  await page.getByTestId('show-mapping').click();
  expect(JSON.parse(await page.getByTestId('used-mapping-json').innerText())).toMatchObject({
    types: { v: 'number' },
    rejects: { policy: 'hold' },
  });
  await page.keyboard.press('Escape');
});

it('a file that is held goes on by the corrected mapping, which is a new version', async () => {
  await page.getByTestId('nav-upload').click();
  await page.getByTestId('upload-more').click();
  await toMap('second.csv', rows(['y', 5]));
  await page.getByTestId('mapping-choice').selectOption('Line 3');
  await page.locator('[data-testid=reject-policy-hold] input:checked').waitFor();
  await page.getByTestId('to-check').click();
  await page.locator('[data-testid=check-rejects][data-outcome=held]').waitFor();
  expect(await page.getByTestId('send').innerText()).toBe('Send 1 file');
  await page.getByTestId('send').click();
  await page.getByTestId('done-ledger').waitFor();
  expect(await ledger()).toEqual({ read: 2, confirmed: 0, rejected: 0, held: 2 });
  await page.getByTestId('correct-mapping').click();
  await page.getByTestId('column-v').locator('select').selectOption({ label: 'anything' });
  await page.locator('[data-testid=saved-mapping][data-changed=true]').waitFor();
  await page.getByTestId('mapping-update').click();
  await page.locator('[data-testid=saved-mapping][data-changed=false]').waitFor();
  await send();
  expect(await ledger()).toEqual({ read: 2, confirmed: 2, rejected: 0, held: 0 });
});

it('a folder takes the saved mapping, and a file of it that is held is let go on', async () => {
  const folder = path.join(work, 'watched');
  await mkdir(folder);
  await writeFile(path.join(folder, 'third.csv'), rows([1, 'z', 3]));
  await page.getByTestId('nav-folders').click();
  await page.getByTestId('add-folder').click();
  await page.getByTestId('folder-path').fill(folder);
  await page.getByTestId('match-count').filter({ hasText: '1 file' }).waitFor();
  await page.getByTestId('mode-files').click();
  await page.getByTestId('mapping-choice').selectOption('Line 3');
  await page.getByTestId('sample-details').locator('summary').first().click();
  await page.getByTestId('column-v').locator('select').selectOption('number');
  await page.locator('[data-testid=saved-mapping][data-changed=true]').waitFor();
  await page.getByTestId('mapping-update').click();
  await page.locator('[data-testid=saved-mapping][data-changed=false]').waitFor();
  await page.getByTestId('save-folder').click();
  await page.getByTestId('file-row').first().click();
  await page.getByTestId('why-title').filter({ hasText: 'Too many rows of this file are rejected' }).waitFor();
  await page.getByTestId('decide-send').click();
  await page.getByTestId('file-reason').filter({ hasText: 'Done' }).waitFor();
  await page.getByTestId('file-transfer').click();
  await page.getByText('Line 3, version 3').waitFor();
});

it('the list of mappings says what uses them: what is in use stays, copies and files come and go', async () => {
  await page.getByTestId('nav-upload').click();
  await page.getByTestId('upload-more').click();
  await toMap('fourth.csv', rows([1]));
  await page.getByTestId('mappings-open').click();
  const row = (name: string) => page.locator(`[data-testid=mapping-row][data-name="${name}"]`);
  await row('Line 3').filter({ hasText: 'Used by watched' }).waitFor();
  await row('Line 3').getByTestId('mapping-remove').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByTestId('mappings-dialog').getByText('The mapping is in use').waitFor();

  await row('Line 3').getByTestId('mapping-duplicate').click();
  await page.getByTestId('field-schema-text').fill('Line 4');
  await page.getByTestId('schema-text-done').click();
  await row('Line 4').filter({ hasText: 'Used by no folder' }).waitFor();
  await row('Line 4').getByTestId('mapping-rename').click();
  await page.getByTestId('field-schema-text').fill('Line 5');
  await page.getByTestId('schema-text-done').click();
  await row('Line 5').waitFor();

  const downloading = page.waitForEvent('download');
  await row('Line 5').getByTestId('mapping-export').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Line 5.mapping.json');
  const exported = path.join(work, 'exported.json');
  await download.saveAs(exported);
  expect(JSON.parse(await readFile(exported, 'utf8'))).toMatchObject({ name: 'Line 5', types: { v: 'number' } });

  await row('Line 5').getByTestId('mapping-remove').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await row('Line 5').waitFor({ state: 'detached' });
  await page.getByTestId('mapping-file').setInputFiles(exported);
  await row('Line 5').filter({ hasText: 'Version 1' }).waitFor();
  await writeFile(exported, '{"rejects":{"policy":"whatever"}}');
  await page.getByTestId('mapping-file').setInputFiles(exported);
  await page.getByTestId('mappings-dialog').getByText('The mapping is not valid').waitFor();
});
