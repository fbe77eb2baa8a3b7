/** The one bridge between page and main process: names and types, no logic. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels, type DesktopBridge, type DesktopPreferences, type MenuCommand, type PageMessage } from '../shared/contract/bridge.ts';

const bridge: DesktopBridge<File> = {
  connectEngine: () => ipcRenderer.send(channels.connectEngine),
  chooseFiles: () => ipcRenderer.invoke(channels.chooseFiles) as Promise<readonly string[]>,
  chooseFolder: () => ipcRenderer.invoke(channels.chooseFolder) as Promise<string | undefined>,
  pathOf: (file) => webUtils.getPathForFile(file),
  showFile: (path) => ipcRenderer.invoke(channels.showFile, path) as Promise<void>,
  getPreferences: () => ipcRenderer.invoke(channels.getPreferences) as Promise<DesktopPreferences>,
  setPreferences: (change) => ipcRenderer.invoke(channels.setPreferences, change) as Promise<DesktopPreferences>,
};
contextBridge.exposeInMainWorld('uploader', bridge);

const tellPage = (message: PageMessage, ports: MessagePort[] = []): void => window.postMessage(message, window.location.origin, ports);
ipcRenderer.on(channels.enginePort, ({ ports }) => tellPage({ kind: channels.enginePort }, ports));
ipcRenderer.on(channels.menuCommand, (_event, command: MenuCommand) => tellPage({ kind: channels.menuCommand, command }));
