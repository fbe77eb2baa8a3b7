/** What axe finds on a page, in both themes. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect } from 'vitest';

/** What fades from one colour to the other is looked at when it has arrived. */
export const whenStill = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });

/** `onEach`: called in each theme once everything stands still. */
export async function expectNothingFound(
  page: Page,
  screen: string,
  onEach: (theme: 'light' | 'dark') => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  for (const dark of [false, true]) {
    await page.evaluate((isDark) => {
      document.documentElement.classList.toggle('dark', isDark);
      document.documentElement.classList.toggle('light', !isDark);
    }, dark);
    await whenStill(page);
    await onEach(dark ? 'dark' : 'light');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.map(
        ({ id, nodes }) => `${screen}, ${dark ? 'dark' : 'light'}: ${id} at ${nodes.map(({ target }) => String(target[0])).join(' ')}`,
      ),
    ).toEqual([]);
  }
}
