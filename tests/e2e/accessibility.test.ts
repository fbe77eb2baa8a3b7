/** Every screen in a browser, both themes, looked over by axe. */
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findBrowser } from '../../build/browser.ts';
import { whenStill } from '../fakes/axe-check.ts';
import { startServe, type Served } from '../fakes/served-app.ts';

let served: Served;
let browser: Browser;
let page: Page;
let dataDir: string;
const requested: string[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'accessibility-'));
  served = await startServe(dataDir);
  browser = await chromium.launch(findBrowser());
  page = await (await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' })).newPage();
  page.on('request', (request) => requested.push(new URL(request.url()).origin));
  page.setDefaultTimeout(30_000);
  await page.goto(served.url);
});
afterAll(async () => {
  await browser.close();
  await served.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

async function expectNothingFound(screen: string): Promise<void> {
  for (const theme of ['light', 'dark']) {
    await page.getByTestId(`theme-${theme}`).first().click();
    await whenStill(page);
    expect(await findings(`${screen}, ${theme}`)).toEqual([]);
  }
}

async function findings(where: string): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => String(target[0])).join(' ')}`);
}

/** Of a dialog: the switch of the theme is behind it. */
async function expectNothingFoundIn(dialog: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.evaluate((isDark) => {
      document.documentElement.classList.toggle('dark', isDark);
      document.documentElement.classList.toggle('light', !isDark);
    }, theme === 'dark');
    await page.evaluate(async () => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    expect(await findings(`${dialog}, ${theme}`)).toEqual([]);
  }
}

it('nothing stands in the way of a first upload, in light and dark', async () => {
  await page.getByTestId('first-run-sandbox').waitFor();
  await expectNothingFound('first run');
  await page.getByTestId('first-run-sandbox').click();
  await page.getByTestId('sample-seattle-weather.csv').click();
  await expectNothingFound('files');
  await page.getByTestId('to-read').click();
  await page.getByText('2012-01-01').first().waitFor();
  await expectNothingFound('read');
  await page.getByTestId('to-map').click();
  await page.getByTestId('metric-type').fill('weather');
  await page.getByTestId('landing-row').first().waitFor();
  await page.getByTestId('timestamp-more').locator('summary').click();
  await page.getByTestId('constant-add').click();
  await page.getByTestId('reject-policy-stop').click();
  await expectNothingFound('map');
  await page.getByTestId('mapping-save-as').click();
  await page.getByTestId('field-schema-text').fill('weather');
  await page.getByTestId('schema-text-done').click();
  await page.getByTestId('mappings-open').click();
  await page.getByTestId('mapping-row').waitFor();
  await expectNothingFoundIn('saved mappings');
  await page.keyboard.press('Escape');
  await page.getByTestId('mappings-dialog').waitFor({ state: 'detached' });
  await page.getByTestId('to-check').click();
  await page.getByTestId('check-verdict').waitFor();
  await page.getByTestId('check-columns').waitFor();
  await expectNothingFound('check');
  await page.getByTestId('send').click();
  await page.getByTestId('done-ledger').waitFor();
  await expectNothingFound('done');
});

it('nothing stands in the way on the other screens', async () => {
  await page.getByTestId('nav-overview').click();
  await page.getByTestId('today').waitFor();
  await expectNothingFound('overview');
  await page.getByTestId('nav-folders').click();
  await page.getByTestId('add-folder').click();
  await expectNothingFound('watch a folder');
  await page.getByTestId('nav-history').click();
  await page.getByTestId('history-row').first().waitFor();
  await expectNothingFound('history');
  await page.getByTestId('history-row').first().click();
  await page.getByTestId('detail-ledger').waitFor();
  await expectNothingFound('history, one upload');
  await page.getByTestId('show-mapping').click();
  await page.getByTestId('used-mapping-json').waitFor();
  await expectNothingFoundIn('what an upload was sent by');
  await page.keyboard.press('Escape');
  await page.getByTestId('used-mapping-json').waitFor({ state: 'detached' });
  await page.getByTestId('nav-connections').click();
  await page.getByTestId('add-connection').click();
  await expectNothingFound('connections');
  await page.getByTestId('nav-sandbox').click();
  await page.getByTestId('sandbox-table-weather').click();
  await page.getByText('10.9').first().waitFor();
  await expectNothingFound('sandbox');
});

it('nor in the schema and what differs from it', async () => {
  await page.getByTestId('nav-schema').click();
  await page.getByTestId('metric-weather').waitFor();
  await page.getByTestId('metric-patterns-new').fill('uuuu-MM-dd HH:mm');
  await page.keyboard.press('Enter');
  await expectNothingFound('schema, metric types');
  await page.getByRole('tab', { name: 'Keys and patterns' }).click();
  await page.getByTestId('metric-keys-new').fill('type');
  await page.keyboard.press('Enter');
  await expectNothingFound('schema, keys and patterns');
  await page.getByRole('tab', { name: 'Differences' }).click();
  await page.getByTestId('unknown-field').first().waitFor();
  await expectNothingFound('schema, unknown fields');
});

it('nor where times and files are tried', async () => {
  await page.getByRole('tab', { name: 'Timestamp tester' }).click();
  await page.getByTestId('field-timestamp-value').fill('2017-03-27 20:18');
  await page.getByTestId('field-timestamp-patterns').fill('yyyy-MM-dd HH:mm');
  await page.getByTestId('use-pattern').waitFor();
  await expectNothingFound('schema, tester');
  await page.getByRole('tab', { name: 'Simulation' }).click();
  await page.getByTestId('simulate-seattle-weather.csv').click();
  await page.getByTestId('simulation-result').waitFor();
  await expectNothingFound('schema, simulation');
});

it('nothing stands in the way where rows are rejected, corrected and sent once more', async () => {
  const bad = path.join(dataDir, 'points.csv');
  await writeFile(bad, 'timestamp;note;v\n1490638685520;good;1\nnever;bad;2\n;none;3\n');
  await page.getByTestId('nav-upload').click();
  await page.getByTestId('upload-more').click();
  await page.getByTestId('file-input').setInputFiles(bad);
  await page.getByTestId('to-read').click();
  await page.getByTestId('to-map').click();
  await page.getByTestId('to-check').click();
  await page.getByTestId('check-reason-timestamp-missing').waitFor();
  await expectNothingFound('check, rows left out');
  await page.getByTestId('send').click();
  await page.getByTestId('see-rejects').click();
  await page.getByTestId('reject-text').first().fill('1490638685521;bad;2');
  await page.getByTestId('reject-text').first().press('Enter');
  await page.locator('[data-testid=reject-row][data-state=saved]').waitFor();
  await expectNothingFound('rejected rows');
  await page.getByTestId('replay').click();
  await page.getByTestId('replay-notice').waitFor();
  await page.locator('[data-testid=rejects-grid][data-open="1"]').waitFor();
  await expectNothingFound('rejected rows, some sent');
});

it('asks nothing of any other address', () => {
  expect(new Set(requested)).toEqual(new Set([new URL(served.url).origin]));
});
