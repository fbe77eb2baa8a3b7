import type { WatchedState } from '../../shared/contract/folders.ts';

/** The states of files in the order in which a person cares for them. */
export const watchedStates = [
  'held',
  'unreadable',
  'waiting',
  'sending',
  'reading',
  'settling',
  'done',
  'ignored',
] as const satisfies readonly WatchedState[];
