/** From the first start to rows in the sandbox: what a newcomer does, in a real window. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at } from '../../../build/repository.ts';
import { startDesktop, whyNoDesktop, type DesktopApp } from '../../fakes/desktop-app.ts';
import { storedRows, type StoredRow } from '../../fakes/desktop-sandbox.ts';

const weatherCsv = at('node_modules/vega-datasets/data/seattle-weather.csv');
const flightsJson = at('node_modules/vega-datasets/data/flights-2k.json');

describe.skipIf(whyNoDesktop !== undefined)(`the first upload${whyNoDesktop === undefined ? '' : ` (${whyNoDesktop})`}`, () => {
  let desktop: DesktopApp;
  let folder: string;
  let flightsFile: string;

  const stored = (table: string): Promise<readonly StoredRow[]> => storedRows(desktop.dataDir, table);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'first-upload-'));
    flightsFile = path.join(folder, 'flights-2k.ndjson');
    const flights = JSON.parse(readFileSync(flightsJson, 'utf8')) as readonly object[];
    await writeFile(flightsFile, flights.map((flight) => `${JSON.stringify(flight)}\n`).join(''));
    desktop = await startDesktop();
  });
  afterAll(async () => {
    await desktop.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('starts with two ways in, and the sandbox is one click away', async () => {
    await desktop.page.getByTestId('first-run-sandbox').waitFor();
    await desktop.picture('1-first-run');
    await desktop.page.getByTestId('first-run-sandbox').click();
    await desktop.page.getByTestId('drop-zone').getByText('Drop files').first().waitFor();
  });

  it('takes dropped files, shows how they are read, and sends them', async () => {
    const { page } = desktop;
    await desktop.drop([weatherCsv, flightsFile]);
    await page.getByTestId('to-read').click();
    await page.getByTestId('to-map').click();
    await page.getByTestId('metric-type').fill('weather');
    await page.getByText('flights-2k.ndjson').first().click();
    await page.getByTestId('metric-type').fill('flights');
    await desktop.picture('2-read');
    await page.getByTestId('send').click();
    const ledger = page.getByTestId('done-ledger');
    await ledger.waitFor();
    for (const [count, rows] of Object.entries({ read: '3461', confirmed: '3461', rejected: '0', held: '0' })) {
      expect(await ledger.getAttribute(`data-${count}`)).toBe(rows);
    }
    await desktop.picture('3-done');
  });

  it('stored every row of the CSV, field by field', async () => {
    const { data } = Papa.parse<Record<string, string>>(readFileSync(weatherCsv, 'utf8'), { header: true, skipEmptyLines: true });
    const rows = await stored('weather');
    expect(rows).toHaveLength(1_461);
    const byTime = new Map(rows.map((row) => [row.timestamp, row]));
    for (const { date, ...fields } of data) {
      const row = byTime.get(Date.parse(`${String(date).replaceAll('/', '-')}T00:00:00Z`));
      expect(row?.metricType).toBe('weather');
      expect(row?.fields).toEqual(fields);
    }
  });

  it('stored every line of the JSON, field by field', async () => {
    const flights = JSON.parse(readFileSync(flightsJson, 'utf8')) as readonly { date: string; [field: string]: string | number }[];
    const rows = await stored('flights');
    expect(rows).toHaveLength(2_000);
    const key = (timestamp: number, fields: Readonly<Record<string, unknown>>): string =>
      [
        timestamp,
        ...Object.entries(fields)
          .map(([name, value]) => `${name}=${String(value)}`)
          .sort(),
      ].join(' ');
    const expected = flights
      .map(({ date, ...fields }) => key(Date.parse(`${date.replace(/^(\d+)\/(\d+)\/(\d+) /, '$1-$2-$3T')}:00Z`), fields))
      .sort();
    expect(rows.map((row) => key(row.timestamp, row.fields)).sort()).toEqual(expected);
  });

  it('says the same in the history and in the sandbox', async () => {
    const { page } = desktop;
    await page.getByTestId('nav-history').click();
    await page.getByTestId('history-row').first().click();
    await page.getByText('3,461').first().waitFor();
    await desktop.picture('4-history');
    await page.getByTestId('nav-sandbox').click();
    await page.getByTestId('sandbox-table-weather').click();
    await page.getByText('10.9').first().waitFor();
    await desktop.picture('5-sandbox');
    await page.getByTestId('nav-connections').click();
    await desktop.picture('6-connections');
  });

  it('is the same after a restart, and sends nothing a second time', async () => {
    await desktop.close({ forget: false });
    desktop = await startDesktop(desktop.dataDir);
    const { page } = desktop;
    await page.getByTestId('nav-history').click();
    await page.getByTestId('history-row').first().waitFor();
    expect(await page.getByTestId('history-row').count()).toBe(1);
    await page.getByTestId('nav-upload').click();
    await desktop.drop([weatherCsv]);
    await page.getByTestId('to-read').click();
    await page.getByTestId('to-map').click();
    await page.getByTestId('metric-type').fill('weather');
    await page.getByTestId('send').click();
    await page.getByTestId('done-ledger').waitFor();
    await page
      .getByText(/sent before|unchanged|nothing new|already/i)
      .first()
      .waitFor();
    expect(await stored('weather')).toHaveLength(1_461);
  });
});
