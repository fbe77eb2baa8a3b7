import { app, dialog, powerMonitor } from 'electron';
import type { Disposable, Logger } from '../engine/ports.ts';
import { decideQuit, isWorthWaiting, quitQuestion } from './quit-decision.ts';
import type { ShellState } from './shell-state.ts';

export interface OrderlyQuitOptions {
  /** End in this order, the log last. One that fails does not keep the others. */
  readonly parts: readonly Disposable[];
  readonly shell: ShellState;
  /** Whether the app goes on without a window. */
  readonly staysInTray: () => boolean;
  /** Shows the window again when the app is not to end after all. */
  readonly open: () => void;
  readonly logger: Logger;
}

/** The app ends when it is asked to and its parts have ended; while rows are on their way, a person is asked first. */
export function quitInOrder({ parts, shell, staysInTray, open, logger }: OrderlyQuitOptions): void {
  let bySystem = false;
  let isDecided = false;
  let isAsking = false;
  let isWaiting = false;
  const quitNow = (): void => {
    isDecided = true;
    app.quit();
  };

  const ask = async (): Promise<void> => {
    const { status } = shell;
    if (status === undefined || isAsking) return;
    isAsking = true;
    const { response } = await dialog.showMessageBox({ type: 'question', defaultId: 0, cancelId: 2, ...quitQuestion(status) });
    isAsking = false;
    isWaiting = response === 1;
    if (response === 0) quitNow();
    else if (response === 2) open();
    else quitWhenSent();
  };
  const quitWhenSent = (): void => {
    if (isWaiting && (shell.status === undefined || !isWorthWaiting(shell.status))) quitNow();
  };

  shell.onChange(quitWhenSent);
  app.on('before-quit', (event) => {
    if (decideQuit({ status: shell.status, bySystem, isDecided }) === 'quit') return;
    event.preventDefault();
    void ask();
  });
  app.on('window-all-closed', () => {
    if (!staysInTray()) app.quit();
  });
  // A terminal or the system ends the app: nobody is there to be asked.
  const quitBySystem = (): void => {
    bySystem = true;
    app.quit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, quitBySystem);
  powerMonitor.on('shutdown', quitBySystem);
  endPartsFirst(parts, logger);
}

function endPartsFirst(parts: readonly Disposable[], logger: Logger): void {
  let state: 'running' | 'ending' | 'ended' = 'running';
  app.on('will-quit', (event) => {
    if (state === 'ended') return;
    event.preventDefault();
    if (state === 'ending') return;
    state = 'ending';
    void endAll(parts, logger).then(() => {
      state = 'ended';
      app.quit();
    });
  });
}

async function endAll(parts: readonly Disposable[], logger: Logger): Promise<void> {
  for (const part of parts) {
    try {
      await part.dispose();
    } catch (error) {
      logger.error('a part of the app did not end as it should', { reason: error instanceof Error ? error.message : String(error) });
    }
  }
}
