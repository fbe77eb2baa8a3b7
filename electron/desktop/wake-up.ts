import { net, powerMonitor } from 'electron';
import type { Clock, Disposable } from '../engine/ports.ts';
import { watchNetwork } from './network-watch.ts';

/** Tells the engine when the computer was asleep or the network is back. To be called when Electron is ready. */
export function wakeUp(clock: Clock, wake: () => void): Disposable {
  const ending = new AbortController();
  powerMonitor.on('resume', wake);
  powerMonitor.on('unlock-screen', wake);
  void watchNetwork(clock, () => net.isOnline(), wake, ending.signal);
  return { dispose: () => ending.abort() };
}
