/** How many requests a connection may make: a token bucket that slows down when the service asks for it. */
import type { Clock } from '../ports.ts';

export interface RateLimitOptions {
  readonly requestsPerSecond: number;
  /** Requests that may go out at once after a pause. */
  readonly burst: number;
}

export interface RateLimitState {
  /** Requests a second now; at most what is configured. */
  readonly requestsPerSecond: number;
  /** Milliseconds until the end of the wait that the service asked for; 0 when there is none. */
  readonly heldForMs: number;
  readonly waiting: number;
}

export interface RateLimit {
  /** Resolves, in the order of the calls, when a request may go out; also when `signal` aborts, and then nothing is taken. */
  acquire(signal: AbortSignal): Promise<void>;
  /** The service refused for the rate: half of it from now on, and nothing at all for `retryAfterMs`. */
  slowDown(retryAfterMs: number | undefined): void;
  /** A request went through: a little faster again. */
  recovered(): void;
  state(): RateLimitState;
}

/** Answers to requests that were under way together count as one refusal. */
const oneRefusalMs = 500;
const leastRequestsPerSecond = 0.5;
const recoveryShare = 0.02;

interface Waiter {
  readonly signal: AbortSignal;
  readonly resume: () => void;
}

export function createRateLimit(options: RateLimitOptions, clock: Clock): RateLimit {
  const fullRate = options.requestsPerSecond;
  const leastRate = Math.min(fullRate, leastRequestsPerSecond);
  let rate = fullRate;
  let tokens = options.burst;
  let countedAt = clock.monotonic();
  let heldUntil = -Infinity;
  let slowedAt = -Infinity;
  const waiters: Waiter[] = [];
  let wake: AbortController | undefined;
  let isServing = false;

  /** What has come in since the last look, at the rate that held since then. */
  const refill = (now: number): void => {
    tokens = Math.min(options.burst, tokens + (Math.max(0, now - countedAt) * rate) / 1_000);
    countedAt = now;
  };

  /** Milliseconds until the next request may go out; 0: now. */
  const waitMs = (now: number): number => {
    refill(now);
    const forToken = tokens >= 1 ? 0 : ((1 - tokens) * 1_000) / rate;
    return Math.max(forToken, heldUntil - now, 0);
  };

  const serve = async (): Promise<void> => {
    while (waiters.length > 0) {
      const wait = waitMs(clock.monotonic());
      if (wait > 0) {
        wake = new AbortController();
        // A part of a millisecond would round down to a busy loop.
        await clock.sleep(Math.ceil(wait), wake.signal);
        wake = undefined;
        continue;
      }
      const next = waiters.shift();
      if (next === undefined) break;
      tokens -= 1;
      next.resume();
    }
    isServing = false;
  };

  return {
    acquire: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const leave = (): void => {
          const index = waiters.indexOf(waiter);
          if (index >= 0) waiters.splice(index, 1);
          if (waiters.length === 0) wake?.abort();
          resolve();
        };
        const waiter: Waiter = {
          signal,
          resume: () => {
            signal.removeEventListener('abort', leave);
            resolve();
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        waiters.push(waiter);
        if (isServing) return;
        isServing = true;
        void serve();
      }),
    slowDown(retryAfterMs) {
      const now = clock.monotonic();
      refill(now);
      heldUntil = Math.max(heldUntil, now + (retryAfterMs ?? 0));
      if (now - slowedAt < oneRefusalMs) return;
      slowedAt = now;
      rate = Math.max(leastRate, rate / 2);
      // What was saved up belongs to a rate that the service does not grant.
      tokens = Math.min(tokens, 1);
    },
    recovered() {
      if (rate >= fullRate) return;
      refill(clock.monotonic());
      rate = Math.min(fullRate, rate + fullRate * recoveryShare);
    },
    state: () => ({ requestsPerSecond: rate, heldForMs: Math.max(0, heldUntil - clock.monotonic()), waiting: waiters.length }),
  };
}
