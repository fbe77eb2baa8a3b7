import { app, dialog } from 'electron';
import type { Logger } from '../engine/ports.ts';
import { hiddenArgument } from './login-item.ts';
import type { MainWindow } from './window.ts';

/**
 * Runs `start` once Electron is ready, in the one instance that a data folder has; a second instance brings the window of
 * the first to the front and ends. A start that fails is shown, logged, and ends the app.
 */
export function runWhenReady(
  { window, logger }: { readonly window: MainWindow; readonly logger: Logger },
  start: () => Promise<void>,
): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  const show = (): void => window.show();
  void app
    .whenReady()
    .then(start)
    .then(() => {
      app.on('second-instance', (_event, commandLine) => {
        // Started at login while it runs already: nobody asked for the window.
        if (!commandLine.includes(hiddenArgument)) show();
      });
      app.on('activate', show);
    })
    .catch((error: unknown) => {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      logger.error('the app cannot start', { detail: message, stack: stack ?? '' });
      dialog.showErrorBox('Fineo Uploader cannot start', message);
      app.exit(1);
    });
}
