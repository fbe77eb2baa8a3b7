import { app } from 'electron';
import type { Clock, Disposable, Logger } from '../engine/ports.ts';
import { openPreferences, type PreferencesStore } from './desktop-preferences.ts';
import type { News, ShellStatus } from './engine-messages.ts';
import { setStartAtLogin } from './login-item.ts';
import { createNotificationSchedule } from './notification-schedule.ts';
import { showNotification } from './notifications.ts';
import { quitInOrder } from './orderly-quit.ts';
import { staysInTray } from './quit-decision.ts';
import { createShellState } from './shell-state.ts';
import { showTray } from './tray.ts';
import { wakeUp } from './wake-up.ts';

export interface DesktopShellOptions {
  readonly dataDir: string;
  readonly iconsDir: string;
  readonly clock: Clock;
  readonly logger: Logger & Disposable;
  /** Shows the window. */
  readonly open: () => void;
  /** Shows it, and the page what is to be uploaded. */
  readonly upload: () => void;
}

/** What of the engine the shell steers. */
interface SteeredEngine extends Disposable {
  tell(action: 'pause' | 'resume' | 'wake'): void;
}

/** Everything around the window: tray, notifications, start at login, sleep and resume, and the way the app ends. */
export interface DesktopShell {
  readonly preferences: PreferencesStore;
  readonly onStatus: (status: ShellStatus) => void;
  readonly onNews: (news: News) => void;
  /** To be called once, when Electron is ready. */
  surround(engine: SteeredEngine): void;
}

export function createDesktopShell({ dataDir, iconsDir, clock, logger, open, upload }: DesktopShellOptions): DesktopShell {
  const state = createShellState();
  const preferences = openPreferences(dataDir, async (now, before) => {
    if (now.startAtLogin !== before.startAtLogin) await setStartAtLogin(now.startAtLogin);
  });
  const notifications = createNotificationSchedule(clock, (text) => {
    if (preferences.current.notifications) showNotification(text, open);
  });

  const surround = (engine: SteeredEngine): void => {
    const change: (change: Parameters<PreferencesStore['change']>[0]) => void = (wanted) => {
      preferences.change(wanted).catch((error: unknown) => {
        logger.error('a preference cannot be saved', { reason: error instanceof Error ? error.message : String(error) });
      });
    };
    const actions = {
      ...{ open, upload, change, quit: () => app.quit() },
      pause: () => engine.tell('pause'),
      resume: () => engine.tell('resume'),
    };
    const hasTray = showTray({ iconsDir, shell: state, preferences, actions, logger });
    const waking = wakeUp(clock, () => engine.tell('wake'));
    quitInOrder({
      parts: [waking, notifications, engine, logger],
      shell: state,
      staysInTray: () => staysInTray(preferences.current, state.status, hasTray),
      open,
      logger,
    });
  };
  return { preferences, onStatus: (status) => state.set(status), onNews: (news) => notifications.take(news), surround };
}
