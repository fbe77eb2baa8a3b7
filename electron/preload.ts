/** The one bridge between page and main process: names and types, no logic. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels, type DesktopBridge, type MenuCommand, type PageMessage } from '../shared/contract/bridge.ts';

const bridge: DesktopBridge<File> = {
  connectEngine: () => ipcRenderer.send(channels.connectEngine),
  chooseFiles: () => ipcRenderer.invoke(channels.chooseFiles) as Promise<readonly string[]>,
  pathOf: (file) => webUtils.getPathForFile(file),
  showFile: (path) => ipcRenderer.invoke(channels.showFile, path) as Promise<void>,
};
contextBridge.exposeInMainWorld('uploader', bridge);

const tellPage = (message: PageMessage, ports: MessagePort[] = []): void => window.postMessage(message, window.location.origin, ports);
ipcRenderer.on(channels.enginePort, ({ ports }) => tellPage({ kind: channels.enginePort }, ports));
ipcRenderer.on(channels.menuCommand, (_event, command: MenuCommand) => tellPage({ kind: channels.menuCommand, command }));
