import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from '../../../../electron/engine/send/rate-limit.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';

const never = new AbortController().signal;

/** The times at which `count` requests went out. */
const takeAll = (limit: ReturnType<typeof createRateLimit>, clock: ManualClock, count: number): number[] => {
  const times: number[] = [];
  for (let index = 0; index < count; index++) void limit.acquire(never).then(() => times.push(clock.monotonic()));
  return times;
};

describe('the rate limit of a connection', () => {
  it('never lets more than the burst and the rate go out in any window', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(
          fc.record({ requests: fc.integer({ min: 0, max: 25 }), thenMs: fc.nat(400), event: fc.constantFrom('none', 'slow', 'good') }),
          { maxLength: 8 },
        ),
        async (requestsPerSecond, burst, steps) => {
          const clock = new ManualClock();
          const limit = createRateLimit({ requestsPerSecond, burst }, clock);
          const times: number[] = [];
          for (const { requests, thenMs, event } of steps) {
            for (let index = 0; index < requests; index++) void limit.acquire(never).then(() => times.push(clock.monotonic()));
            if (event === 'slow') limit.slowDown(undefined);
            if (event === 'good') limit.recovered();
            await clock.advance(thenMs);
          }
          for (const [from, start] of times.entries()) {
            for (let to = from; to < times.length; to++) {
              const seconds = ((times[to] ?? 0) - start) / 1_000;
              expect(to - from + 1).toBeLessThanOrEqual(burst + requestsPerSecond * seconds + 1e-6);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lets everything out in the end, in the order it came', async () => {
    const clock = new ManualClock();
    const limit = createRateLimit({ requestsPerSecond: 10, burst: 2 }, clock);
    const order: number[] = [];
    for (let index = 0; index < 12; index++) void limit.acquire(never).then(() => order.push(index));
    await clock.advance(1_000);
    expect(order).toEqual([...Array(12).keys()]);
  });

  it('holds everything until the service wants more, then goes on at half the rate', async () => {
    const clock = new ManualClock();
    const limit = createRateLimit({ requestsPerSecond: 100, burst: 10 }, clock);
    limit.slowDown(5_000);
    expect(limit.state()).toMatchObject({ requestsPerSecond: 50, heldForMs: 5_000 });
    const times = takeAll(limit, clock, 60);
    await clock.advance(4_999);
    expect(times).toHaveLength(0);
    await clock.advance(1_001);
    expect(times.length).toBeGreaterThanOrEqual(50);
    expect(times[0]).toBe(5_000);
  });

  it('counts refusals of requests that were under way together as one, and never comes to a halt', async () => {
    const clock = new ManualClock();
    const limit = createRateLimit({ requestsPerSecond: 200, burst: 500 }, clock);
    for (let index = 0; index < 8; index++) limit.slowDown(undefined);
    expect(limit.state().requestsPerSecond).toBe(100);
    for (let index = 0; index < 50; index++) {
      await clock.advance(1_000);
      limit.slowDown(undefined);
    }
    expect(limit.state().requestsPerSecond).toBe(0.5);
  });

  it('recovers step by step, to what is configured and no further', () => {
    const limit = createRateLimit({ requestsPerSecond: 200, burst: 500 }, new ManualClock());
    limit.slowDown(undefined);
    limit.recovered();
    expect(limit.state().requestsPerSecond).toBe(104);
    for (let index = 0; index < 100; index++) limit.recovered();
    expect(limit.state().requestsPerSecond).toBe(200);
  });

  it('lets go of who no longer waits, and takes nothing for it', async () => {
    const clock = new ManualClock();
    const limit = createRateLimit({ requestsPerSecond: 1, burst: 1 }, clock);
    await limit.acquire(never);
    const stop = new AbortController();
    let left = false;
    void limit.acquire(stop.signal).then(() => {
      left = true;
    });
    const times = takeAll(limit, clock, 1);
    stop.abort();
    await clock.advance(1_000);
    expect(left).toBe(true);
    expect(times).toEqual([1_000]);
    const alone = new AbortController();
    void limit.acquire(alone.signal);
    await clock.settle();
    alone.abort();
    await clock.settle();
    expect(clock.sleeping).toBe(0);
    void limit.acquire(never).then(() => times.push(clock.monotonic()));
    await clock.advance(1_000);
    expect(times).toEqual([1_000, 2_000]);
  });
});
