/** The story of the getting-started guide: a misspelt field is seen as unknown, made an alias with one click, and reads right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { storedRows } from '../../fakes/desktop-sandbox.ts';

const firstMillis = Date.UTC(2017, 2, 27, 18, 18, 5);
const event = (second: number, fields: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ metrictype: 'points', timestamp: firstMillis + second * 1_000, ...fields })}\n`;

describe.skipIf(whyNoDesktop !== undefined)(`an unknown field${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'unknown-field-'));
    file = path.join(folder, 'points.ndjson');
    const misspelt = event(1, { point1: 2, pont3: 4.5 }) + event(2, { point1: 3, pont3: -1 });
    writeFileSync(file, event(0, { point1: 1, point3: 3.5 }) + misspelt + event(3, { point1: 4, pont3: 'warm' }));
    desktop = await startDesktop();
  });
  afterAll(async () => {
    await desktop.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const fieldsStored = async () => (await storedRows(desktop.dataDir, 'points')).map(({ fields }) => fields);

  it('an event type is created, with its fields and a pattern of time', async () => {
    const { page } = desktop;
    await page.getByTestId('first-run-sandbox').click();
    await page.getByTestId('drop-zone').getByText('Drop files').first().waitFor();
    await page.getByTestId('nav-schema').click();
    await page.getByTestId('first-metric').click();
    await page.getByTestId('field-schema-text').fill('points');
    await page.getByTestId('schema-text-done').click();
    for (const [name, type] of [
      ['point1', 'INT'],
      ['point3', 'DOUBLE'],
    ] as const) {
      await page.getByTestId('field-new-field').fill(name);
      await page.getByTestId('new-field-type').selectOption(type);
      await page.getByTestId('add-field').click();
      await page.getByTestId('schema-field').filter({ hasText: name }).waitFor();
    }
    await page.getByTestId('metric-patterns-new').fill('uuuu-MM-dd HH:mm');
    await page.keyboard.press('Enter');
    await page.getByTestId('metric-patterns-save').click();
    await page.getByTestId('metric-patterns-save').waitFor({ state: 'detached' });
    await desktop.picture('schema-1-metric');
  });

  it('rows with a misspelt field are sent, and the service cannot read it', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-upload').click();
    await desktop.drop([file]);
    await page.getByTestId('to-read').click();
    await page.getByTestId('to-map').click();
    await page.getByTestId('send').click();
    const ledger = page.getByTestId('done-ledger');
    await ledger.waitFor();
    expect(await ledger.getAttribute('data-confirmed')).toBe('4');
    expect(await fieldsStored()).toEqual([
      { point1: '1', point3: '3.5' },
      { point1: '2', pont3: '4.5' },
      { point1: '3', pont3: '-1' },
      { point1: '4', pont3: 'warm' },
    ]);
  });

  it('the overview says so, and leads to the field', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-overview').click();
    const item = page.locator('[data-testid=attention-item][data-matter=unknown]');
    await item.waitFor();
    await desktop.picture('schema-2-overview');
    await item.getByTestId('attention-do').click();
    await page.locator('[data-testid=unknown-field][data-field=pont3]').waitFor();
    expect(await page.getByTestId('unknown-field').count()).toBe(1);
    await desktop.picture('schema-3-unknown');
  });

  it('one click makes it another name of the field that is meant, and the stored rows read right', async () => {
    const { page } = desktop;
    await page.locator('[data-field=pont3]').getByTestId('make-alias').click();
    await page.getByTestId('unknown-said').getByText('pont3 is an alias of point3 now.').waitFor();
    await page.locator('[data-field=pont3]').waitFor({ state: 'detached' });
    // What is no number does not fit the field and is dropped, as the service does; that is told too.
    await page.locator('[data-testid=dropped-field][data-field=point3]').getByText('warm').waitFor();
    await desktop.picture('schema-3-dropped');
    expect(await fieldsStored()).toEqual([
      { point1: '1', point3: '3.5' },
      { point1: '2', point3: '4.5' },
      { point1: '3', point3: '-1' },
      { point1: '4' },
    ]);
    await page.getByTestId('nav-sandbox').click();
    await page.getByTestId('sandbox-table-points').click();
    await page.getByText('4.5').first().waitFor();
    await desktop.picture('schema-4-stored');
    await page.getByTestId('nav-overview').click();
    await page.getByTestId('today').waitFor();
    await page.locator('[data-matter=dropped]').waitFor();
    expect(await page.locator('[data-matter=unknown]').count()).toBe(0);
  });

  it('the simulation of the same file agrees with what was stored, row by row', async () => {
    const { page, app } = desktop;
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, file);
    await page.getByTestId('nav-schema').click();
    await page.getByRole('tab', { name: 'Simulation' }).click();
    await page.getByTestId('simulation-choose').click();
    const result = page.getByTestId('simulation-result');
    await result.waitFor();
    expect([await result.getAttribute('data-rows'), await result.getAttribute('data-lands')]).toEqual(['4', '4']);
    const chips = await result.locator('[data-testid=field-chip]').evaluateAll((found) => found.map((one) => one.dataset['state']));
    expect(chips).toEqual(['typed', 'typed', 'typed', 'typed', 'typed', 'typed', 'typed', 'dropped']);
    await desktop.picture('schema-5-simulation');
  });

  it('the tester says why a value is no time, and what would mend the pattern', async () => {
    const { page } = desktop;
    await page.getByRole('tab', { name: 'Timestamp tester' }).click();
    await page.getByTestId('field-timestamp-value').fill('2017-03-27 20:18');
    await page.getByTestId('field-timestamp-patterns').fill('yyyy-MM-dd HH:mm');
    await page.getByTestId('use-pattern').first().click();
    await page.locator('[data-testid=tester-answer][data-matched="uuuu-MM-dd HH:mm"]').waitFor();
    expect(await page.getByTestId('tester-epoch').textContent()).toBe(String(Date.UTC(2017, 2, 27, 20, 18)));
    expect(await page.getByTestId('tester-utc').textContent()).toBe('2017-03-27T20:18:00Z');
    await desktop.picture('schema-6-tester');
  });
});
