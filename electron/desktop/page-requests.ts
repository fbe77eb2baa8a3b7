import path from 'node:path';
import { BrowserWindow, dialog, ipcMain, shell, type MessagePortMain, type WebContents } from 'electron';
import { z } from 'zod';
import { channels } from '../../shared/contract/bridge.ts';
import { createGuardedIpc, noArguments } from '../api/guarded-ipc.ts';
import { UploaderError } from '../engine/errors.ts';
import type { Logger } from '../engine/ports.ts';
import { preferencesChangeSchema, type PreferencesStore } from './desktop-preferences.ts';
import type { EngineClient } from './engine-supervisor.ts';
import { isInside } from './inside-folder.ts';
import { isOwnPage } from './own-page.ts';

export interface PageRequestsOptions {
  readonly dataDir: string;
  /** Brings the page and the engine together. */
  readonly connectEngine: (client: EngineClient<MessagePortMain>) => void;
  readonly preferences: Pick<PreferencesStore, 'current' | 'change'>;
  readonly logger: Logger;
}

const pathSchema = z
  .string()
  .min(1)
  .max(32_768)
  .refine((text) => !text.includes('\0'));

/** Serves what the preload asks of the main process (`shared/contract/bridge.ts`), and nothing else. */
export function servePageRequests({ dataDir, connectEngine, preferences, logger }: PageRequestsOptions): void {
  const ipc = createGuardedIpc(ipcMain, isOwnPage, logger);
  const clients = new WeakMap<WebContents, EngineClient<MessagePortMain>>();

  ipc.listen(channels.connectEngine, noArguments, ({ sender }) => {
    const contents = sender as WebContents;
    const client = clients.get(contents) ?? clientOf(contents);
    clients.set(contents, client);
    connectEngine(client);
  });

  ipc.answer(channels.chooseFiles, noArguments, ({ sender }) => chooseFiles(sender as WebContents));

  ipc.answer(channels.chooseFolder, noArguments, ({ sender }) => chooseFolder(sender as WebContents));

  ipc.answer(channels.getPreferences, noArguments, () => Promise.resolve(preferences.current));
  ipc.answer(channels.setPreferences, z.tuple([preferencesChangeSchema]), (_event, change) => preferences.change(change));

  ipc.answer(channels.showFile, z.tuple([pathSchema]), async (_event, file) => {
    if (!(await isInside(dataDir, file))) throw new UploaderError('not-found', 'only files of the app can be shown');
    shell.showItemInFolder(path.resolve(file));
  });
}

const clientOf = (contents: WebContents): EngineClient<MessagePortMain> => ({
  give: (port) => {
    // The page may have gone while it waited; the port then closes, and the host notices.
    if (contents.isDestroyed()) port.close();
    else contents.postMessage(channels.enginePort, null, [port]);
  },
});

async function chooseFiles(contents: WebContents): Promise<readonly string[]> {
  const options: Electron.OpenDialogOptions = {
    title: 'Choose files to upload',
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: 'CSV and JSON lines', extensions: ['csv', 'tsv', 'txt', 'json', 'ndjson', 'jsonl', 'gz'] },
      { name: 'All files', extensions: ['*'] },
    ],
  };
  const { canceled, filePaths } = await openDialog(contents, options);
  return canceled ? [] : filePaths;
}

async function chooseFolder(contents: WebContents): Promise<string | undefined> {
  const { canceled, filePaths } = await openDialog(contents, {
    title: 'Choose a folder to watch',
    properties: ['openDirectory', 'createDirectory'],
  });
  return canceled ? undefined : filePaths[0];
}

/** In front of the window that asks, where there is one. */
function openDialog(contents: WebContents, options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> {
  const window = BrowserWindow.fromWebContents(contents);
  return window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options);
}
