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

/** An item of a menu, as Electron builds it. */
export interface TrayItem {
  readonly type?: 'separator' | 'checkbox';
  readonly label?: string;
  readonly enabled?: boolean;
  readonly checked?: boolean;
  readonly click?: () => void;
}

/** The menu of the tray icon. */
export function trayTemplate(status: ShellStatus | undefined, preferences: DesktopPreferences, actions: TrayActions): readonly TrayItem[] {
  const check = (label: string, key: keyof DesktopPreferences): TrayItem => ({
    ...{ label, type: 'checkbox', checked: preferences[key] },
    click: () => actions.change({ [key]: !preferences[key] }),
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
