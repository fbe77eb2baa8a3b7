/** Watched folders and the overview in a browser, against a host whose folders act. */
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { at } from '../../build/repository.ts';
import { expectNothingFound } from '../fakes/axe-check.ts';
import { busyFlow, fakeFolder } from '../fakes/fake-folders.ts';
import type { FakeHost } from '../fakes/fake-host.ts';
import { busyState, folderHost } from '../fakes/folder-host.ts';

let browser: Browser;
let page: Page;
let host: FakeHost;
const lastInput = (command: string): unknown => host.asked.filter((asked) => asked.command === command).at(-1)?.input;

const open = async (state = busyState) => {
  host = folderHost(state);
  const address = await host.serve(at('dist/renderer'));
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await page.getByTestId('nav-overview').waitFor();
};

beforeAll(async () => {
  browser = await chromium.launch(findBrowser());
});
afterAll(async () => browser.close());
beforeEach(async () => open());
afterEach(async () => {
  await page.context().close();
  await host.dispose();
});

const openLab = async () => {
  await page.getByTestId('nav-folders').click();
  await page.getByTestId('folder-open').nth(1).click();
  await page.getByTestId('file-row').first().waitFor();
};

describe('the overview', () => {
  it('names what needs somebody, the worst first, and leads to each in one step', async () => {
    const items = page.getByTestId('attention-item');
    await items.first().waitFor();
    await page.getByRole('button', { name: /^Show all/ }).click();
    expect(await items.first().getAttribute('data-matter')).toBe('risk');
    await items.filter({ hasText: 'The access key or its secret was refused' }).first().getByTestId('attention-do').click();
    await page.getByRole('heading', { name: 'Edit Production' }).waitFor();
    await page.getByTestId('nav-overview').click();
    await items.filter({ hasText: 'The columns of this file' }).getByTestId('attention-do').click();
    await page.getByTestId('file-row').first().waitFor();
    expect(await page.getByTestId('file-state').inputValue()).toBe('held');
    await page.getByTestId('nav-overview').click();
    await items.filter({ hasText: 'The watched folder is not there' }).getByTestId('attention-do').click();
    await expect.poll(() => lastInput('folders.rescan')).toEqual({ id: 'folder-4' });
  });

  it('says how fast things move in words too, and keeps its curve going', async () => {
    host.tell({ kind: 'flow', flow: { ...busyFlow, rowsPerSecond: 1_234 } });
    await page.getByRole('img', { name: /now 1,234 rows per second/ }).waitFor();
    await page.getByTestId('moving-item').first().waitFor();
    expect(await page.locator('.uplot canvas').count()).toBe(1);
  });

  it('pauses and resumes everything from the foot of every screen', async () => {
    await page.getByTestId('nav-sandbox').click();
    await page.getByTestId('pause-all').click();
    await page.getByTestId('status-state').filter({ hasText: 'Everything is paused' }).waitFor();
    expect(lastInput('flow.pause')).toEqual({ scope: 'all' });
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('attention-item').filter({ hasText: 'Everything is paused' }).getByTestId('attention-do').click();
    await page.getByTestId('pause-all').filter({ hasText: 'Pause all' }).waitFor();
    expect(lastInput('flow.resume')).toEqual({ scope: 'all' });
  });
});

describe('adding a folder', () => {
  const begin = async () => {
    await page.getByTestId('nav-folders').click();
    await page.getByTestId('add-folder').click();
    await page.getByTestId('folder-path').fill('/mnt/lab/export');
    await page.getByTestId('match-count').filter({ hasText: '312 files fit' }).waitFor();
  };

  it('counts while patterns are typed, reads a sample, and adds what was entered', async () => {
    await begin();
    await page.getByTestId('field-exclude').fill('*.tmp.csv');
    await page.getByTestId('match-count').filter({ hasText: '212 files fit' }).waitFor();
    await page.getByTestId('mode-files').click();
    await page.getByTestId('existing-ask').click();
    await page.getByTestId('sample-section').getByText('Metric type seattle-weather, time from date').waitFor();
    await page.locator('[data-testid=sample-details] > summary').click();
    await page.getByTestId('metric-type').fill('lab');
    await page.locator('[data-testid=folder-more] > summary').click();
    await page.getByTestId('after-move').click();
    expect(await page.getByTestId('save-folder').isDisabled()).toBe(true);
    await page.getByTestId('field-move-to').fill('sent');
    await page.getByTestId('save-folder').click();
    await page.getByTestId('folder-detail').waitFor();
    expect(lastInput('folders.add')).toMatchObject({
      path: '/mnt/lab/export',
      connectionId: 'production',
      mode: 'files',
      exclude: ['*.tmp.csv'],
      existing: 'ask',
      after: { kind: 'move', to: 'sent' },
      mapping: { metricType: { kind: 'constant', value: 'lab' }, timestamp: { column: 'date' } },
    });
  });

  it('loses nothing by a look at another screen, and asks before it throws away', async () => {
    await begin();
    await page.keyboard.press('Control+1');
    await page.getByTestId('attention').waitFor();
    await page.keyboard.press('Control+3');
    expect(await page.getByTestId('folder-path').inputValue()).toBe('/mnt/lab/export');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Keep editing' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.getByTestId('folder-card').first().waitFor();
  });
});

describe('a watched folder', () => {
  it('says of a file why it is not uploading, and takes the decision', async () => {
    await openLab();
    const reason = page.getByTestId('file-reason');
    await page.getByTestId('file-row').nth(7).click();
    await reason.getByText('The pattern that decided: *.tmp.csv').waitFor();
    await page.getByTestId('file-row').first().click();
    await reason.getByText('The columns of this file are not those of the others').waitFor();
    await reason.getByTestId('decide-accept-columns').click();
    await page.getByTestId('file-row').first().filter({ hasText: 'Sending' }).waitFor();
    expect(lastInput('folders.decide')).toEqual({ folderId: 'folder-2', decision: 'accept-columns', fileId: 'drift' });
  });

  it('lists twenty-five thousand files and draws only those in view, by keyboard too', async () => {
    await openLab();
    await page.getByTestId('file-total').filter({ hasText: '25,008 files' }).waitFor();
    expect(await page.getByTestId('file-row').count()).toBeLessThan(60);
    await page.getByTestId('file-list').focus();
    await page.keyboard.press('End');
    await page.getByTestId('file-row').filter({ hasText: 'run-24999.csv' }).waitFor();
    await page.getByTestId('file-search').fill('locked');
    await page.getByTestId('file-total').filter({ hasText: '1 file' }).waitFor();
  });

  it('leads to the rejected rows of a file, shows the dry run and puts seen losses away', async () => {
    await openLab();
    await page.getByTestId('after-plan').click();
    await page.getByTestId('plan').getByText('moves to sent/run-0400.csv').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'I have seen that rows of run-0398.csv are gone' }).click();
    await expect.poll(() => lastInput('folders.dismissRisk')).toEqual({ id: 'folder-2', riskId: 1 });
    await page.getByTestId('file-row').nth(2).click();
    await page.getByTestId('file-rejects').click();
    await page.getByRole('tab', { name: /Rejected rows/, selected: true }).waitFor();
  });

  it('asks before it is no longer watched, and says what stays', async () => {
    await openLab();
    await page.getByTestId('folder-remove').click();
    await page.getByText('18,220 rows that were read are not confirmed and will not be sent.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop watching' }).click();
    await page.getByTestId('folder-card').first().waitFor();
    expect(lastInput('folders.remove')).toEqual({ id: 'folder-2' });
  });

  it('answers what becomes of the files that were there', async () => {
    await page.getByTestId('nav-folders').click();
    await page.getByRole('button', { name: 'Open archive-2025' }).scrollIntoViewIfNeeded();
    await page.getByTestId('existing-skip').click();
    await expect.poll(() => lastInput('folders.decide')).toEqual({ folderId: 'folder-5', decision: 'skip' });
    await page.getByTestId('existing-skip').waitFor({ state: 'detached' });
  });
});

it('a connection is paused, and its bandwidth gets a timetable', async () => {
  await page.getByTestId('nav-connections').click();
  await page.getByTestId('pause-connection').first().click();
  await expect.poll(() => lastInput('flow.pause')).toEqual({ scope: 'connection', id: 'sandbox' });
  await page.getByRole('button', { name: 'Edit Production', exact: true }).click();
  await page.getByTestId('field-bytesPerSecond').fill('2.5');
  await page.getByTestId('timetable-add').click();
  await page.getByTestId('save-connection').click();
  const timetable = [{ days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', bytesPerSecond: 1_000_000 }];
  await expect.poll(() => lastInput('connections.update')).toMatchObject({ limits: { bytesPerSecond: 2_500_000, timetable } });
});

it('nothing stands in the way on the new screens, in light and dark', async () => {
  await page.getByTestId('attention-item').first().waitFor();
  await expectNothingFound(page, 'overview');
  await page.getByTestId('nav-folders').click();
  await page.getByTestId('folder-card').first().waitFor();
  await expectNothingFound(page, 'folders');
  await openLab();
  await page.getByTestId('file-row').first().click();
  await expectNothingFound(page, 'one folder');
  await page.getByTestId('after-plan').click();
  await page.getByTestId('plan').getByText('moves to sent/run-0400.csv').waitFor();
  await expectNothingFound(page, 'dry run');
  await page.keyboard.press('Escape');
  await page.getByTestId('folder-edit').click();
  await page.getByTestId('match-count').waitFor();
  await page.locator('[data-testid=sample-details] > summary').click();
  await page.locator('[data-testid=folder-more] > summary').click();
  await expectNothingFound(page, 'edit a folder');
  await page.getByTestId('nav-connections').click();
  await expectNothingFound(page, 'connections');
  await page.getByRole('button', { name: 'Edit Production', exact: true }).click();
  await page.getByTestId('timetable-add').click();
  await expectNothingFound(page, 'timetable');
});

it('of fifty busy folders only those in view are drawn anew', async () => {
  await page.getByTestId('nav-folders').click();
  await page.getByTestId('folder-card').first().waitFor();
  const tellAll = (rowsPerSecond: number) => {
    for (let number = 0; number < 50; number++)
      host.tell({
        kind: 'folder',
        folder: fakeFolder({ id: `busy-${number}`, name: `Press ${number}`, state: 'sending', rowsPerSecond }),
      });
  };
  for (let round = 1; round <= 20; round++) tellAll(round);
  await expect.poll(() => page.getByTestId('folder-card').count(), { timeout: 20_000 }).toBe(58);
  expect(await page.getByTestId('folder-files').count()).toBeLessThan(20);
  await page.getByRole('button', { name: 'Open Press 49' }).focus();
  await page.getByTestId('folder-card').last().getByText('20 rows/s').waitFor();
  tellAll(77);
  await page.getByTestId('folder-card').last().getByText('77 rows/s').waitFor();
});
