import path from 'node:path';
import { app, Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/contract/bridge.ts';

export interface ApplicationMenuOptions {
  /** Shows the window and tells the page. */
  readonly command: (command: MenuCommand) => void;
  readonly dataDir: string;
}

/** The menu of the app: the commands of the page, and the roles that people expect from every app. */
export function setApplicationMenu(options: ApplicationMenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options, process.platform === 'darwin')));
}

export function menuTemplate({ command, dataDir }: ApplicationMenuOptions, isMac: boolean): MenuItemConstructorOptions[] {
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Upload…', accelerator: 'CmdOrCtrl+O', click: () => command('upload') },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit', label: `Quit ${app.name}`, accelerator: 'Ctrl+Q' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show logs', click: () => void shell.openPath(path.join(dataDir, 'logs')) },
        ...(isMac ? [] : [{ role: 'about' } as const]),
      ],
    },
  ];
}
