/** Faults on purpose: what happens to which request (shapes: shared/contract/sandbox.ts). */
import type { Fault } from '../../shared/contract/sandbox.ts';

/** What is to be done to one request. */
export interface FaultPlan {
  /** How long the answer waits. */
  readonly latencyMs: number;
  readonly effect: Fault | undefined;
}

export interface FaultInjector {
  /** Those that are still to be made, with what is left of their counts. */
  active(): readonly Fault[];
  set(faults: readonly Fault[]): void;
  /** `target` is path and query; `isEventList`: it is a stream request of many events, the only one that can fail in part. */
  plan(target: string, isEventList: boolean): FaultPlan;
}

interface Armed {
  readonly fault: Fault;
  left: number;
  /** Share of a hit that has built up; a hit at 1. */
  share: number;
}

const isOver = (armed: Armed): boolean => armed.left <= 0;

/**
 * The share is spread evenly instead of thrown as dice, so a run can be repeated: `rate` 0.25 is every fourth request.
 * Latency adds up; of the other kinds the first that hits counts.
 */
export function createFaultInjector(): FaultInjector {
  let armed: Armed[] = [];
  const hits = (candidate: Armed): boolean => {
    candidate.share += candidate.fault.rate;
    // Sums of shares such as 0.1 fall short of 1 by a rounding error.
    if (candidate.share < 1 - 1e-9) return false;
    candidate.share -= 1;
    candidate.left--;
    return true;
  };
  return {
    active: () =>
      armed
        .filter((candidate) => !isOver(candidate))
        .map(({ fault, left }) => (fault.count === undefined ? fault : { ...fault, count: left })),
    set(faults) {
      armed = faults.map((fault) => ({ fault, left: fault.count ?? Infinity, share: 0 }));
    },
    plan(target, isEventList) {
      let latencyMs = 0;
      let effect: Fault | undefined;
      for (const candidate of armed) {
        const { fault } = candidate;
        if (isOver(candidate) || (fault.path !== undefined && !target.includes(fault.path))) continue;
        if (fault.kind === 'latency') {
          if (hits(candidate)) latencyMs += fault.delayMs ?? 0;
        } else if (effect === undefined && (fault.kind !== 'partial' || isEventList) && hits(candidate)) effect = fault;
      }
      return { latencyMs, effect };
    },
  };
}

/** Which of `events` records fail when `failing` do: spread over the request. */
export const failingRecords = (events: number, failing: number): ReadonlySet<number> => {
  const count = Math.min(events, failing);
  return new Set(Array.from({ length: count }, (_, index) => Math.floor((index * events) / count)));
};
