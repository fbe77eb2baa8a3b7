/** Waiting for something outside of the test that tells nobody: a process, a file, a count. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  readonly deadlineMs?: number;
  /** Milliseconds between two looks. */
  readonly everyMs?: number;
  /** What stands in the error besides `what`. */
  readonly told?: () => string;
}

/** Looks again and again until it holds. Rejects, saying what was waited for, when the time is out. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { deadlineMs = 30_000, everyMs = 15, told = () => '' }: Patience = {},
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${String(deadlineMs)} ms in vain for ${what} ${told()}`);
    await delay(everyMs);
  }
}
