import path from 'node:path';
import { Menu, nativeImage, Tray } from 'electron';
import type { Logger } from '../engine/ports.ts';
import type { PreferencesStore } from './desktop-preferences.ts';
import type { ShellState } from './shell-state.ts';
import { trayTemplate, type TrayActions } from './tray-menu.ts';
import { stateLine, trayStateOf, type TrayState } from './tray-state.ts';

export interface TrayOptions {
  /** With `tray-<state>.png` and `tray-<state>@2x.png`. */
  readonly iconsDir: string;
  readonly shell: ShellState;
  readonly preferences: PreferencesStore;
  readonly actions: TrayActions;
  readonly logger: Logger;
}

/** Shows how things stand in the system's tray. False where there is none. To be called when Electron is ready. */
export function showTray({ iconsDir, shell, preferences, actions, logger }: TrayOptions): boolean {
  const icon = (state: TrayState): Electron.NativeImage => {
    const image = nativeImage.createFromPath(path.join(iconsDir, `tray-${state}.png`));
    // macOS takes the shape alone and draws it as its bar needs it.
    if (process.platform === 'darwin') image.setTemplateImage(true);
    return image;
  };
  let tray: Tray;
  try {
    tray = new Tray(icon('idle'));
  } catch (error) {
    logger.warn('there is no tray', { reason: error instanceof Error ? error.message : String(error) });
    return false;
  }
  let shownState: TrayState | undefined;
  let shownMenu = '';
  const show = (): void => {
    const { status } = shell;
    const state = trayStateOf(status);
    if (state !== shownState) {
      tray.setImage(icon(state));
      logger.info('the tray icon has changed', { state });
      shownState = state;
    }
    // A menu that is open closes when it is replaced: only what can be read counts.
    const menu = JSON.stringify([stateLine(status), status?.paused, status === undefined, preferences.current]);
    if (menu === shownMenu) return;
    shownMenu = menu;
    tray.setToolTip(`Fineo Uploader: ${stateLine(status)}`);
    tray.setContextMenu(Menu.buildFromTemplate([...trayTemplate(status, preferences.current, actions)]));
  };
  tray.on('click', () => actions.open());
  shell.onChange(show);
  preferences.onChange(show);
  show();
  return true;
}
