import type { Random } from '../ports.ts';

export interface BackoffOptions {
  /** Failures in a row, the last one included: 1, 2, 3 … */
  readonly failures: number;
  /** What the service asks for; never waited less. */
  readonly retryAfterMs?: number | undefined;
  readonly baseMs?: number;
  readonly capMs?: number;
}

/**
 * Full jitter: somewhere between now and an exponentially growing limit, so that clients that failed together do not come
 * back together. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 *
 * @returns milliseconds
 */
export function backoffDelayMs({ failures, retryAfterMs = 0, baseMs = 100, capMs = 20_000 }: BackoffOptions, random: Random): number {
  const limit = Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));
  return Math.max(retryAfterMs, random() * limit);
}
