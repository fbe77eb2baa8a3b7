/**
 * What the preload gives the page as `window.uploader`, and what `serve` imitates. Only what the operating
 * system has to do; everything else goes through the contract.
 */
export interface DesktopBridge<DroppedFile = unknown> {
  /** Resolves once; then `message` events from the window carry the MessagePort to the engine's host. */
  readonly connectEngine: () => void;
  /** Native dialog; the chosen paths, empty when it was closed. */
  readonly chooseFiles: () => Promise<readonly string[]>;
  /** Native dialog for one folder; its path, `undefined` when it was closed. */
  readonly chooseFolder: () => Promise<string | undefined>;
  /** Path of a dropped file. */
  readonly pathOf: (file: DroppedFile) => string;
  /** Shows a file of ours (rejects, logs) in the file manager. */
  readonly showFile: (path: string) => Promise<void>;
}

/** Name of the channels between preload and main. */
export const channels = {
  connectEngine: 'uploader:connect-engine',
  enginePort: 'uploader:engine-port',
  chooseFiles: 'uploader:choose-files',
  chooseFolder: 'uploader:choose-folder',
  showFile: 'uploader:show-file',
  menuCommand: 'uploader:menu-command',
} as const;

/** What the application menu asks of the page. */
export const menuCommands = ['upload'] as const;
export type MenuCommand = (typeof menuCommands)[number];

/**
 * What the preload posts to its own window: the port to the engine's host (`ports[0]` of the message), anew for each
 * `connectEngine`, and what was chosen in the menu.
 */
export type PageMessage =
  { readonly kind: typeof channels.enginePort } | { readonly kind: typeof channels.menuCommand; readonly command: MenuCommand };
