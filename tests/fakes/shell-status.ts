import type { ShellStatus } from '../../electron/desktop/engine-messages.ts';

/** How an engine stands that has nothing to do. */
export const shellStatus = (change: Partial<ShellStatus> = {}): ShellStatus => ({
  ...{ kind: 'status', folders: 0, moving: false, paused: false, blocked: false, rowsQueued: 0, rowsPerSecond: 0, rowsToday: 0 },
  attention: [],
  ...change,
});
