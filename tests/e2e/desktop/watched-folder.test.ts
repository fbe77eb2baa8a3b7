/** A folder is pointed at and forgotten: another program writes, the service goes away and comes back, the app ends and starts again. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { storedRows } from '../../fakes/desktop-sandbox.ts';
import { csvOf } from '../../fakes/generated-csv.ts';
import { accountsOf, allOnce, idRange } from '../../fakes/watch-place.ts';

/** A program that writes one row after the other: every few milliseconds, as an instrument does. */
const instrument = `
  const { appendFileSync } = require('node:fs');
  const [file, lines, pauseMs] = process.argv.slice(1);
  const rows = lines.split('\\n').filter((row) => row !== '');
  const write = () => {
    const row = rows.shift();
    if (row === undefined) return;
    appendFileSync(file, row + '\\n');
    setTimeout(write, Number(pauseMs));
  };
  write();
`;

/** For what the machine takes as long for as it likes. */
const patient = { timeout: 40_000 };

describe.skipIf(whyNoDesktop !== undefined)(`a watched folder${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let work: string;
  let inbox: string;
  let file: string;

  beforeAll(async () => {
    work = mkdtempSync(path.join(tmpdir(), 'watched-folder-'));
    inbox = path.join(work, 'line-3');
    file = path.join(inbox, 'press.csv');
    mkdirSync(inbox);
    writeFileSync(file, csvOf({ rows: 200 }));
    desktop = await startDesktop();
  });
  afterAll(async () => {
    await desktop.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 5 });
  });

  const anotherProcessAppends = (first: number, rows: number, pauseMs = 0): Promise<void> =>
    new Promise((resolve, reject) => {
      const args = ['-e', instrument, file, csvOf({ rows, first, header: false }), String(pauseMs)];
      const writer = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      writer.once('error', reject);
      writer.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the writer ended with ${String(code)}`))));
    });
  const card = (): Locator => desktop.page.getByTestId('folder-card');
  /** Resolves when the card says that so many rows were read, and that all of them are confirmed. */
  const cardSays = (rows: number): Promise<void> =>
    card()
      .locator(`[data-testid=ledger-line][data-read="${String(rows)}"][data-confirmed="${String(rows)}"]`)
      .waitFor(patient);
  const storedOnce = async (rows: number): Promise<void> => {
    const times = new Map<number, number>();
    for (const { fields } of await storedRows(desktop.dataDir, 'press')) {
      const id = Number(fields['id']);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    expect(accountsOf(times, idRange(0, rows))).toEqual(allOnce);
  };

  it('is added with the dialog of the system, and what is there is sent as the sample is read', async () => {
    const { page } = desktop;
    await page.getByTestId('first-run-sandbox').click();
    await page.getByTestId('drop-zone').getByText('Drop files').first().waitFor();
    await page.getByTestId('nav-folders').click();
    await desktop.picture('folder-1-none');
    await page.getByTestId('add-folder').click();
    await desktop.app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, inbox);
    await page.getByTestId('choose-folder').click();
    await page.getByTestId('match-count').filter({ hasText: '1 file fits' }).waitFor();
    await page.getByTestId('sample-section').getByText('Metric type press, time from timestamp').waitFor();
    await desktop.picture('folder-2-add');
    await page.getByTestId('save-folder').click();
    await page.getByTestId('folder-detail').waitFor();
    await page.getByTestId('nav-folders').click();
    await cardSays(200);
    await storedOnce(200);
    await desktop.picture('folder-3-card');
  });

  it('shows its counts move while another process writes row by row', async () => {
    await card()
      .getByTestId('ledger-line')
      .evaluate((element) => {
        const seen = new Set<string>();
        new MutationObserver(() => seen.add(element.dataset['confirmed'] ?? '')).observe(element, { attributes: true });
        Object.assign(globalThis, { seenCounts: seen });
      });
    await anotherProcessAppends(200, 300, 10);
    await cardSays(500);
    const seen = await desktop.page.evaluate(() => [...(globalThis as unknown as { readonly seenCounts: Set<string> }).seenCounts]);
    expect(seen.map(Number).filter((rows) => rows > 200 && rows < 500)).not.toEqual([]);
    await storedOnce(500);
  });

  it('says that the service cannot be reached while it is away: the card, the file, and the foot of the window', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-sandbox').click();
    await page.getByTestId('sandbox-stop').click();
    await page.getByTestId('sandbox-start').waitFor();
    await anotherProcessAppends(500, 100);
    await page.getByTestId('nav-folders').click();
    await card()
      .filter({ hasText: /cannot be reached/ })
      .waitFor(patient);
    await desktop.picture('folder-4-offline-card');
    await page.getByTestId('folder-open').click();
    await page.getByTestId('file-row').filter({ hasText: 'Waiting' }).click();
    await page.getByTestId('file-reason').getByText('The service cannot be reached').waitFor(patient);
    await desktop.picture('folder-5-offline-file');
    await page.getByTestId('nav-folders').click();
    await page.getByTestId('status-state').filter({ hasText: '1 folder waiting' }).waitFor(patient);
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('moving-item').getByText('The service cannot be reached').waitFor(patient);
    await desktop.picture('folder-6-offline-overview');
  });

  it('finishes when the service is back, and every row is stored once', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-sandbox').click();
    await page.getByTestId('sandbox-start').click();
    await page.getByTestId('sandbox-stop').waitFor();
    await page.getByTestId('nav-folders').click();
    await cardSays(600);
    await card().filter({ hasText: 'Up to date' }).waitFor(patient);
    await storedOnce(600);
    await desktop.picture('folder-7-back');
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('attention').waitFor();
    await desktop.picture('folder-8-overview');
  });

  it('goes on where it was after the app has ended: what came meanwhile is sent, and nothing twice', async () => {
    await desktop.close({ forget: false });
    await anotherProcessAppends(600, 150);
    desktop = await startDesktop(desktop.dataDir);
    const { page } = desktop;
    await page.getByTestId('nav-folders').click();
    await cardSays(750);
    await storedOnce(750);
    await page.getByTestId('nav-history').click();
    await page.getByTestId('history-row').first().waitFor();
    await desktop.picture('folder-9-history');
  });
});
