import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopPreferences } from '../../shared/contract/bridge.ts';
import type { ShellStatus } from './engine-messages.ts';
import { stateLine } from './tray-state.ts';

export interface TrayActions {
  open(): void;
  upload(): void;
  pause(): void;
  resume(): void;
  change(change: Partial<DesktopPreferences>): void;
  quit(): void;
}

/** The menu of the tray icon. */
export function trayTemplate(
  status: ShellStatus | undefined,
  preferences: DesktopPreferences,
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const check = (label: string, key: keyof DesktopPreferences): MenuItemConstructorOptions => ({
    ...{ label, type: 'checkbox', checked: preferences[key] },
    click: ({ checked }) => actions.change({ [key]: checked }),
  });
  return [
    { label: stateLine(status), enabled: false },
    { type: 'separator' },
    { label: 'Open Fineo Uploader', click: () => actions.open() },
    { label: 'Upload…', click: () => actions.upload() },
    { type: 'separator' },
    status?.paused === true
      ? { label: 'Resume all', click: () => actions.resume() }
      : { label: 'Pause all', enabled: status !== undefined, click: () => actions.pause() },
    { type: 'separator' },
    check('Keep running when the window is closed', 'keepRunning'),
    check('Start at login', 'startAtLogin'),
    check('Notifications', 'notifications'),
    { type: 'separator' },
    { label: 'Quit', click: () => actions.quit() },
  ];
}
