import path from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Clock, Logger } from '../engine/ports.ts';
import { pageUrl } from './own-page.ts';
import { defaultSize, minimumSize, readWindowPlace, saveWindowPlace } from './window-place.ts';

export interface MainWindowOptions {
  readonly preloadFile: string;
  /** Folder of `window.json`. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The one window of the app. */
export interface MainWindow {
  /** Makes it when there is none, and brings it to the front. */
  show(): void;
  /** Shows it and says something to its page, once that is loaded. */
  send(channel: string, ...args: readonly unknown[]): void;
}

const saveDelayMs = 400;

export function createMainWindow(options: MainWindowOptions): MainWindow {
  let window: BrowserWindow | undefined;
  const show = (): void => {
    if (window === undefined) {
      window = openWindow(options);
      window.once('closed', () => {
        window = undefined;
      });
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  const send = (channel: string, ...args: readonly unknown[]): void => {
    show();
    const contents = window?.webContents;
    if (contents === undefined) return;
    if (contents.isLoadingMainFrame() || contents.getURL() === '') contents.once('did-finish-load', () => contents.send(channel, ...args));
    else contents.send(channel, ...args);
  };
  return { show, send };
}

function openWindow({ preloadFile, dataDir, clock, logger }: MainWindowOptions): BrowserWindow {
  const placeFile = path.join(dataDir, 'window.json');
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const place = readWindowPlace(placeFile, areas);
  const window = new BrowserWindow({
    ...(place?.bounds ?? defaultSize),
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    title: 'Fineo Uploader',
    backgroundColor: backgroundColour(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (place?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  rememberPlace(window, placeFile, clock, logger);

  const followTheme = (): void => window.setBackgroundColor(backgroundColour());
  nativeTheme.on('updated', followTheme);
  window.once('closed', () => nativeTheme.off('updated', followTheme));

  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    logger.error('the page ended unexpectedly and is loaded again', { reason, exitCode });
    void loadPage(window, logger);
  });
  void loadPage(window, logger);
  return window;
}

async function loadPage(window: BrowserWindow, logger: Logger): Promise<void> {
  try {
    await window.loadURL(pageUrl);
  } catch (error) {
    if (!window.isDestroyed())
      logger.error('the page cannot be loaded', { reason: error instanceof Error ? error.message : String(error) });
  }
}

function rememberPlace(window: BrowserWindow, placeFile: string, clock: Clock, logger: Logger): void {
  let waiting = false;
  const save = (): void => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    saveWindowPlace(placeFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }).catch((error: unknown) => {
      logger.warn('the place of the window cannot be saved', { reason: error instanceof Error ? error.message : String(error) });
    });
  };
  const saveSoon = (): void => {
    if (waiting) return;
    waiting = true;
    void clock.sleep(saveDelayMs).then(() => {
      waiting = false;
      save();
    });
  };
  window.on('resize', saveSoon);
  window.on('move', saveSoon);
  window.on('close', save);
}

/** What is seen before the page has drawn: the background of the page in the system's theme. */
const backgroundColour = (): string => (nativeTheme.shouldUseDarkColors ? '#0f172a' : '#ffffff');
