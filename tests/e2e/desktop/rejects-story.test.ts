/** Twelve bad rows of five kinds, in a real window: seen before sending, left out, corrected in place, sent once more. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { storedRows } from '../../fakes/desktop-sandbox.ts';

const firstTime = 1_490_638_685_520;
const good = Array.from({ length: 88 }, (_, at) => `${String(firstTime + at)};good;1`);
/** What stands in the file, and what it is corrected to. */
const bad: readonly (readonly [string, string])[] = [
  ['never;unparsable;1', '1490638685700;unparsable;1'],
  ['soon;unparsable;1', '1490638685701;unparsable;1'],
  ['31.02.2017;unparsable;1', '1490638685702;unparsable;1'],
  ['1490638685;seconds;1', '1490638685703;seconds;1'],
  ['1490638686;seconds;1', '1490638685704;seconds;1'],
  ['12;seconds;1', '1490638685705;seconds;1'],
  [';missing;1', '1490638685706;missing;1'],
  [';missing;2', '1490638685707;missing;2'],
  ['1490638685900;ragged', '1490638685708;ragged;1'],
  ['1490638685901;ragged;1;2', '1490638685709;ragged;1'],
  ['1490638685902;"broken"quote;1', '1490638685710;"broken ""quote""";1'],
  ['1490638685903;"bro"ken;1', '1490638685711;broken;1'],
];
const firstBadLine = 42;

describe.skipIf(whyNoDesktop !== undefined)(`rejected rows${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let folder: string;
  let file: string;

  const ledgerOf = async (testId: string): Promise<readonly (string | null)[]> => {
    const ledger = desktop.page.getByTestId(testId);
    await ledger.waitFor();
    return Promise.all(['read', 'confirmed', 'rejected', 'held'].map((count) => ledger.getAttribute(`data-${count}`)));
  };
  const correct = async (which: readonly number[]): Promise<void> => {
    for (const at of which) {
      const row = desktop.page.locator(`[data-testid=reject-row][data-line="${String(firstBadLine + at)}"]`);
      await row.getByTestId('reject-text').fill(bad[at]?.[1] ?? '');
      await row.getByTestId('reject-text').press('Enter');
      await desktop.page.locator(`[data-testid=reject-row][data-line="${String(firstBadLine + at)}"][data-state=saved]`).waitFor();
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rejects-story-'));
    file = path.join(folder, 'points.csv');
    await writeFile(file, `timestamp;note;v\n${[...good.slice(0, 40), ...bad.map(([row]) => row), ...good.slice(40)].join('\n')}\n`);
    desktop = await startDesktop();
    await desktop.page.getByTestId('first-run-sandbox').click();
    await desktop.page.getByTestId('choose-files').waitFor();
  });
  afterAll(async () => {
    await desktop.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are seen before anything is sent, by reason, with their lines', async () => {
    const { page } = desktop;
    await desktop.drop([file]);
    await page.getByTestId('to-read').click();
    await page.getByTestId('to-map').click();
    await page.getByTestId('to-check').click();
    const verdict = page.getByTestId('check-verdict');
    await verdict.waitFor();
    expect(await Promise.all(['verdict', 'read', 'fit', 'rejected'].map((name) => verdict.getAttribute(`data-${name}`)))).toEqual([
      ...['some', '100', '88', '12'],
    ]);
    const reasons = ['timestamp-unparsable', 'timestamp-before-1971', 'timestamp-missing', 'ragged-row', 'quote-malformed'];
    const counts = reasons.map((code) => page.getByTestId(`check-reason-${code}`).getAttribute('data-rows'));
    expect(await Promise.all(counts)).toEqual(['3', '3', '2', '2', '2']);
    await page.getByText('31.02.2017;unparsable;1').first().waitFor();
    await desktop.picture('rejects-1-check');
  });

  it('are left out when the others are sent, and kept', async () => {
    await desktop.page.getByTestId('send').click();
    expect(await ledgerOf('done-ledger')).toEqual(['100', '88', '12', '0']);
    expect(await storedRows(desktop.dataDir, 'points')).toHaveLength(88);
    await desktop.picture('rejects-2-done');
  });

  it('are corrected where they are shown, and sent once more without the others', async () => {
    const { page } = desktop;
    await page.getByTestId('see-rejects').click();
    await page.locator('[data-testid=rejects-grid][data-open="12"]').waitFor();
    await desktop.picture('rejects-3-grid');
    await correct([0, 1, 3, 4, 5, 10, 11]);
    await page.getByTestId('replay').click();
    await page.locator('[data-testid=rejects-grid][data-open="5"]').waitFor();
    await page.locator('[data-testid=confirmed-later][data-rows="7"]').waitFor();
    await desktop.picture('rejects-4-some-left');
    await correct([2, 6, 7, 8, 9]);
    await page.getByTestId('replay').click();
    await page.locator('[data-testid=rejects-grid][data-open="0"]').waitFor();
    await page.locator('[data-testid=confirmed-later][data-rows="12"]').waitFor();
    await desktop.picture('rejects-5-none-left');
  });

  it('are in the sandbox as they were corrected, each once, and the upload needs nothing more', async () => {
    const rows = await storedRows(desktop.dataDir, 'points');
    const key = (row: { readonly timestamp: number; readonly fields: Readonly<Record<string, string>> }): string =>
      `${String(row.timestamp)} ${row.fields['note'] ?? ''} ${row.fields['v'] ?? ''}`;
    const expected = [
      ...good.map((_, at) => `${String(firstTime + at)} good 1`),
      ...bad.map(
        ([, source], at) =>
          `${String(1_490_638_685_700 + at)} ${at === 10 ? 'broken "quote"' : (source.split(';')[1] ?? '')} ${at === 7 ? '2' : '1'}`,
      ),
    ];
    expect(rows.map(key).sort()).toEqual(expected.sort());
    await desktop.page.getByTestId('nav-upload').click();
    expect(await ledgerOf('done-ledger')).toEqual(['100', '88', '12', '0']);
    expect(await desktop.page.getByTestId('see-rejects').count()).toBe(0);
    await desktop.picture('rejects-6-done');
    await desktop.page.getByTestId('nav-history').click();
    await desktop.page.getByTestId('history-row').first().waitFor();
    await desktop.picture('rejects-7-history');
  });
});
