import { expect, it } from 'vitest';
import { browserCommand } from '../../../../electron/headless/commands/open-browser.ts';

it('opens a browser where there is a display and leaves it where nobody could see it', () => {
  expect(browserCommand('linux', { DISPLAY: ':0' })?.command).toBe('xdg-open');
  expect(browserCommand('linux', { WAYLAND_DISPLAY: 'wayland-0' })?.command).toBe('xdg-open');
  expect(browserCommand('linux', { DISPLAY: '' })).toBeUndefined();
  expect(browserCommand('darwin', {})?.command).toBe('open');
  expect(browserCommand('win32', {})?.command).toBe('rundll32');
});
