/** The only place that knows how the page reaches the engine and the operating system. */
import { channels, menuCommands, type DesktopBridge, type MenuCommand } from '../shared/contract/bridge.ts';
import { createEngineClient, type EngineClient } from './bridge/engine-client.ts';
import { handFileToHost } from './bridge/file-transfer.ts';
import { takePageToken } from './bridge/page-token.ts';
import { portLink } from './bridge/port-link.ts';
import { socketLink } from './bridge/socket-link.ts';
import { succeeded, type Result } from './result.ts';

declare global {
  interface Window {
    /** Put there by the preload; absent in a browser. */
    readonly uploader?: DesktopBridge<File>;
  }
}

export interface Bridge extends EngineClient {
  /** Native dialog. `undefined`: there is none, use an `<input type="file">`. */
  readonly chooseFiles: (() => Promise<readonly string[]>) | undefined;
  /** Native dialog. `undefined`: there is none, the path has to be typed. */
  readonly chooseFolder: (() => Promise<string | undefined>) | undefined;
  /** A path the engine can open, of a file that was dropped or chosen; in a browser its bytes are handed over first. */
  pathOf(file: File, onProgress: (sentBytes: number) => void, signal: AbortSignal): Promise<Result<string>>;
  /** Shows a file in the file manager. `undefined`: there is none. */
  readonly showFile: ((path: string) => Promise<void>) | undefined;
  /** What is chosen in the application menu; never called in a browser. */
  onMenuCommand(listener: (command: MenuCommand) => void): void;
}

const menuCommandIn = (data: unknown): MenuCommand | undefined =>
  typeof data === 'object' && data !== null && 'kind' in data && data.kind === channels.menuCommand && 'command' in data
    ? menuCommands.find((command) => command === data.command)
    : undefined;

const createBridge = (): Bridge => {
  const desktop = window.uploader;
  if (desktop !== undefined) {
    return {
      ...createEngineClient(portLink(window, desktop)),
      chooseFiles: () => desktop.chooseFiles(),
      chooseFolder: () => desktop.chooseFolder(),
      pathOf: (file) => Promise.resolve(succeeded(desktop.pathOf(file))),
      showFile: (path) => desktop.showFile(path),
      onMenuCommand: (listener) => {
        window.addEventListener('message', (event: MessageEvent<unknown>) => {
          const command = event.source === window ? menuCommandIn(event.data) : undefined;
          if (command !== undefined) listener(command);
        });
      },
    };
  }
  const token = takePageToken(window);
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws';
  const open = token === undefined ? undefined : () => new WebSocket(`${scheme}://${window.location.host}/engine`, `uploader.${token}`);
  return {
    ...createEngineClient(socketLink(open)),
    chooseFiles: undefined,
    chooseFolder: undefined,
    pathOf: (file, onProgress, signal) => handFileToHost(file, token ?? '', onProgress, signal),
    showFile: undefined,
    onMenuCommand: () => {},
  };
};

export const bridge: Bridge = createBridge();
