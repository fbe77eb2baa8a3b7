/** What all deliveries of one connection share. */
import type { HoldCode } from '../../../shared/error-codes.ts';
import type { Clock } from '../ports.ts';
import { Bandwidth, type BandwidthLimit } from './bandwidth.ts';
import { Gate, Pauses } from './gate.ts';
import { createRateLimit, type RateLimit, type RateLimitOptions } from './rate-limit.ts';

export interface ConnectionLane {
  readonly rateLimit: RateLimit;
  readonly bandwidth: Bandwidth;
  /** Closed while the connection is paused. */
  readonly gate: Gate;
  readonly pauses: Pauses;
  /** What to add to the machine's clock to get the service's; 0 until it was seen to differ. */
  skewMs: number;
  /**
   * Set: nothing of this connection will pass until a person acts. Every delivery that began before `at` (monotonic) stops
   * before its next attempt; one that begins later, because somebody tries again, finds out for itself.
   */
  pausedBy: { readonly code: HoldCode; readonly message: string; readonly at: number } | undefined;
  /** The service has answered in this run, whatever it said. */
  isReached: boolean;
  /** Monotonic: when the present run of failures began; undefined after a good answer. */
  failingSince: number | undefined;
  /** Monotonic: when the present run of refusals for the rate began. */
  limitedSince: number | undefined;
  /** Monotonic: the last answer that was no failure. */
  lastGoodAt: number | undefined;
  /** Of the present run of failures or refusals. */
  lastFailure: { readonly code: HoldCode; readonly message: string } | undefined;
}

export const createConnectionLane = (limits: RateLimitOptions & BandwidthLimit, clock: Clock): ConnectionLane => ({
  rateLimit: createRateLimit(limits, clock),
  bandwidth: new Bandwidth(limits, clock),
  gate: new Gate(),
  pauses: new Pauses(clock),
  skewMs: 0,
  pausedBy: undefined,
  isReached: false,
  failingSince: undefined,
  limitedSince: undefined,
  lastGoodAt: undefined,
  lastFailure: undefined,
});

/** A good answer: the service works, and takes our pace. */
export function noteGood(lane: ConnectionLane, clock: Clock): void {
  lane.isReached = true;
  lane.lastGoodAt = clock.monotonic();
  lane.pausedBy = undefined;
  lane.failingSince = undefined;
  lane.limitedSince = undefined;
  lane.lastFailure = undefined;
  lane.rateLimit.recovered();
}

/** A failure that may pass. Refusals for the rate are counted by themselves: the service is there and works. */
export function noteFailure(
  lane: ConnectionLane,
  clock: Clock,
  failure: { readonly code: HoldCode; readonly message: string },
  wasAnswered: boolean,
): void {
  const now = clock.monotonic();
  lane.lastFailure = failure;
  if (wasAnswered) lane.isReached = true;
  if (failure.code === 'rate-limited') {
    lane.limitedSince ??= now;
    lane.failingSince = undefined;
  } else lane.failingSince ??= now;
}

export interface Patience {
  /** Milliseconds of nothing but failures. Default 60,000. */
  readonly giveUpAfterMs?: number;
  /** The same, when the service was never reached in this run. Default 8,000. */
  readonly giveUpUnreachedAfterMs?: number;
  /** Milliseconds of nothing but refusals for the rate. Default 900,000. */
  readonly giveUpLimitedAfterMs?: number;
}

/**
 * Milliseconds that are left to try; 0 or less: give up. A delivery has its full time, even when others failed before it began.
 * @param startedAt monotonic: when this delivery began
 */
export function patienceLeftMs(lane: ConnectionLane, clock: Clock, startedAt: number, patience: Patience): number {
  const now = clock.monotonic();
  const left = (since: number | undefined, limit: number): number =>
    since === undefined ? Infinity : Math.max(since, startedAt) + limit - now;
  const whileFailing = lane.isReached ? (patience.giveUpAfterMs ?? 60_000) : (patience.giveUpUnreachedAfterMs ?? 8_000);
  return Math.min(left(lane.failingSince, whileFailing), left(lane.limitedSince, patience.giveUpLimitedAfterMs ?? 900_000));
}
