import { describe, expect, it } from 'vitest';
import type { ShellStatus } from '../../../electron/desktop/engine-messages.ts';
import { trayTemplate, type TrayActions } from '../../../electron/desktop/tray-menu.ts';
import { stateLine, trayStateOf } from '../../../electron/desktop/tray-state.ts';
import { shellStatus } from '../../fakes/shell-status.ts';

const drift: ShellStatus['attention'][number] = { code: 'schema-drift', subject: 'plant' };

describe('the icon in the tray', () => {
  it.each<[string, Partial<ShellStatus>, string]>([
    ['idle', { folders: 3, rowsToday: 1_200 }, '3 folders watched, up to date, 1,200 rows today'],
    ['idle', {}, 'Nothing to upload'],
    ['busy', { moving: true, rowsPerSecond: 1_234.4 }, 'Uploading, 1,234 rows/s'],
    ['busy', { moving: true }, 'Uploading'],
    ['paused', { paused: true, moving: true, rowsQueued: 1 }, 'Paused, 1 row waiting'],
    ['attention', { attention: [drift], paused: true, moving: true }, 'The columns of this file are not those of the others (plant)'],
    ['attention', { attention: [drift, drift, drift] }, 'The columns of this file are not those of the others (plant), and 2 more'],
  ])('is %s for %o', (state, change, line) => {
    expect(trayStateOf(shellStatus(change))).toBe(state);
    expect(stateLine(shellStatus(change))).toBe(line);
  });

  it('is idle while the engine starts', () => {
    expect([trayStateOf(undefined), stateLine(undefined)]).toEqual(['idle', 'Starting…']);
  });
});

describe('the menu of the tray', () => {
  const called: unknown[] = [];
  const note = (what: string) => (): void => void called.push(what);
  const actions: TrayActions = {
    ...{ open: note('open'), upload: note('upload'), pause: note('pause'), resume: note('resume'), quit: note('quit') },
    change: (change) => void called.push(change),
  };
  const preferences = { keepRunning: true, startAtLogin: false, notifications: true };
  const labels = (status: ShellStatus | undefined) =>
    trayTemplate(status, preferences, actions).flatMap(({ label, enabled }) => (label === undefined || enabled === false ? [] : [label]));

  it('offers what can be done now', () => {
    expect(labels(shellStatus())).toContain('Pause all');
    expect(labels(shellStatus({ paused: true }))).toContain('Resume all');
    expect(labels(undefined)).not.toContain('Pause all');
    expect(labels(undefined)).toContain('Quit');
  });

  it('shows the preferences and changes the one that is chosen', () => {
    const items = trayTemplate(shellStatus(), preferences, actions).filter(({ type }) => type === 'checkbox');
    expect(items.map(({ checked }) => checked)).toEqual([true, false, true]);
    items[1]?.click?.();
    expect(called).toEqual([{ startAtLogin: true }]);
  });
});
