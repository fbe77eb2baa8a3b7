import { app } from 'electron';
import type { Disposable, Logger } from '../engine/ports.ts';

/** Before the app ends, each part ends, in this order; the log last. A part that fails does not keep the others. */
export function quitInOrder(parts: readonly Disposable[], logger: Logger): void {
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
  app.on('window-all-closed', () => app.quit());
  // A terminal or the system ends the app: the same way out.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => app.quit());
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
