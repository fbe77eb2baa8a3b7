/** The schema in a browser, against a host that keeps one: what can be done while the service answers, and what when it does not. */
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../build/browser.ts';
import { at } from '../../build/repository.ts';
import type { FakeHost } from '../fakes/fake-host.ts';
import { failureOf, knownPoints, schemaHost } from '../fakes/fake-schema.ts';

let browser: Browser;
let page: Page;
let host: FakeHost;
const lastInput = (command: string): unknown => host.asked.filter((asked) => asked.command === command).at(-1)?.input;

const open = async (served: FakeHost) => {
  host = served;
  const address = await host.serve(at('dist/renderer'));
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(address);
  await page.getByTestId('nav-schema').click();
};

beforeAll(async () => {
  browser = await chromium.launch(findBrowser());
});
afterAll(async () => browser.close());
afterEach(async () => {
  await page.context().close();
  await host.dispose();
});

describe('while the service answers', () => {
  it('keys are put in order by keyboard and by dragging, and saved with what was seen', async () => {
    await open(schemaHost(knownPoints, knownPoints));
    await page.getByRole('tab', { name: 'Keys and patterns' }).click();
    await page.getByTestId('metric-keys-new').fill('sort');
    await page.keyboard.press('Enter');
    const keys = page.getByTestId('metric-keys-item');
    await page.getByRole('button', { name: 'Move sort up' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await keys.evaluateAll((items) => items.map((item) => item.textContent.replace(/\W|\d/g, '')))).toEqual([
      'sort',
      'type',
      'kind',
    ]);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Remove sort');
    const patterns = page.getByTestId('tenant-patterns-item');
    await patterns.nth(2).dragTo(patterns.nth(0));
    expect(await patterns.first().textContent()).toContain('RFC_1123_DATE_TIME');
    await page.getByTestId('metric-keys-save').click();
    await expect
      .poll(() => lastInput('schema.change'))
      .toEqual({
        connectionId: 'production',
        change: { kind: 'tenant', metricKeys: ['sort', 'type', 'kind'] },
        seen: { tenant: knownPoints.schema?.tenant },
      });
    await page.getByTestId('metric-keys-save').waitFor({ state: 'detached' });
    // What was changed beside it and is not saved yet stays.
    expect(await patterns.first().textContent()).toContain('RFC_1123_DATE_TIME');
  });

  it('an unknown field becomes an alias of the field it is nearly called like, or a field of the type its values have', async () => {
    await open(schemaHost(knownPoints, knownPoints));
    await page.getByRole('tab', { name: 'Differences' }).click();
    await page.getByRole('button', { name: 'Make pont3 an alias of point3' }).click();
    const seen = { metric: knownPoints.schema?.metrics[0] };
    await expect
      .poll(() => lastInput('schema.change'))
      .toEqual({
        connectionId: 'production',
        change: { kind: 'change-field', metric: 'points', field: 'point3', aliases: ['pont3'] },
        seen,
      });
    await page.getByRole('button', { name: 'Create the field pont3' }).click();
    await expect
      .poll(() => lastInput('schema.change'))
      .toEqual({
        connectionId: 'production',
        change: { kind: 'create-field', metric: 'points', field: 'pont3', type: 'DOUBLE', aliases: [] },
        seen,
      });
  });

  it('what somebody else changed is told with the differences, and nothing is overwritten', async () => {
    const refusal = failureOf('schema-changed', 'somebody changed it meanwhile', { differences: 'field x is new' });
    await open(schemaHost(knownPoints, knownPoints, refusal));
    await page.getByTestId('field-new-field').fill('y');
    await page.getByTestId('add-field').click();
    await page.getByText('field x is new').first().waitFor();
    // What was entered is still there for another try.
    expect(await page.getByTestId('field-new-field').inputValue()).toBe('y');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByText('field x is new').waitFor({ state: 'detached' });
  });
});

describe('while it does not', () => {
  it('the copy is shown with its time, and nothing can be changed', async () => {
    await open(schemaHost(knownPoints, { ...knownPoints, failure: failureOf('server-unreachable', 'ECONNREFUSED') }));
    const time = page.getByTestId('schema-offline');
    await time.waitFor();
    expect(await time.textContent()).toMatch(/This is the copy of .*2026/);
    await page.getByTestId('schema-field').filter({ hasText: 'p3' }).waitFor();
    for (const control of ['new-metric', 'add-field', 'delete-metric', 'metric-patterns-new']) {
      expect(await page.getByTestId(control).count(), control).toBe(0);
    }
    await page.getByRole('tab', { name: 'Differences' }).click();
    await page.getByTestId('unknown-field').waitFor();
    expect(await page.getByTestId('make-alias').count()).toBe(0);
  });

  it('credentials of a device are told what cannot be done, and the tester works', async () => {
    const denied = { connectionId: 'production', failure: failureOf('permission-denied', 'User is not authorized', { status: 403 }) };
    await open(schemaHost(denied, denied));
    await page.getByTestId('schema-denied').waitFor();
    expect(await page.getByTestId('schema-denied').getByRole('listitem').count()).toBe(4);
    await page.getByRole('tab', { name: 'Timestamp tester' }).click();
    await page.getByTestId('field-timestamp-value').fill('now');
    await page.getByTestId('tester-utc').waitFor();
  });
});
