import type { Clock } from '../engine/ports.ts';

/** Milliseconds between two looks; there is no event for it in the main process, and a look costs nothing. */
const everyMs = 5_000;

/** Calls `onBack` each time the network is there again after it was gone. Ends when `signal` aborts. */
export async function watchNetwork(clock: Clock, isOnline: () => boolean, onBack: () => void, signal: AbortSignal): Promise<void> {
  let wasOnline = isOnline();
  const isEnded = (): boolean => signal.aborted;
  while (!isEnded()) {
    await clock.sleep(everyMs, signal);
    const online = isOnline();
    if (online && !wasOnline && !isEnded()) onBack();
    wasOnline = online;
  }
}
