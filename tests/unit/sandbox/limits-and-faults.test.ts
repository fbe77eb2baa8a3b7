import { describe, expect, it } from 'vitest';
import { createFaultInjector, failingRecords } from '../../../electron/sandbox/faults.ts';
import { createTokenBucket } from '../../../electron/sandbox/limits.ts';
import { createRequestStats } from '../../../electron/sandbox/request-stats.ts';
import { faultSchema, type Fault } from '../../../shared/contract/sandbox.ts';

const fault = (input: Partial<Fault> & Pick<Fault, 'kind'>): Fault => faultSchema.parse(input);

describe('the rate', () => {
  it('lets a burst through, then so many a second', () => {
    const bucket = createTokenBucket({ requestsPerSecond: 200, burst: 500 });
    const passed = (nowMs: number, tries: number): number => Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean).length;
    expect(passed(0, 1_000)).toBe(500);
    expect(passed(4, 10)).toBe(0);
    expect(passed(5, 10)).toBe(1);
    expect(passed(1_005, 1_000)).toBe(200);
    expect(passed(1_000_000, 1_000)).toBe(500);
  });

  it('is told as the most writes of any one second', () => {
    const stats = createRequestStats();
    for (const at of [0, 100, 200, 1_050, 1_099, 1_100, 5_000]) stats.arrived(true, at);
    stats.arrived(false, 1_101);
    expect(stats.maxWritesPerSecond()).toBe(4);
    expect(stats.requests()).toBe(8);
  });
});

describe('which requests a fault hits', () => {
  it('as many as its share says', () => {
    const faults = createFaultInjector();
    faults.set([fault({ kind: 'status', status: 500, rate: 0.1 })]);
    const hits = Array.from({ length: 1_000 }, () => faults.plan('/x', false)).filter(({ effect }) => effect).length;
    expect(hits).toBe(100);
  });

  it('until its count is used up, and says what is left', () => {
    const faults = createFaultInjector();
    faults.set([fault({ kind: 'reset', count: 2 })]);
    expect(faults.plan('/x', false).effect?.kind).toBe('reset');
    expect(faults.active()).toMatchObject([{ kind: 'reset', count: 1 }]);
    faults.plan('/x', false);
    expect(faults.plan('/x', false).effect).toBeUndefined();
    expect(faults.active()).toEqual([]);
  });

  it('only those whose path contains its text; partial failures only lists of events', () => {
    const faults = createFaultInjector();
    faults.set([fault({ kind: 'hang', path: '/batch/' }), fault({ kind: 'partial', records: 3 })]);
    expect(faults.plan('/batch/v1/x', false).effect?.kind).toBe('hang');
    expect(faults.plan('/stream/v1/x', false).effect).toBeUndefined();
    expect(faults.plan('/stream/v1/x', true).effect?.kind).toBe('partial');
  });

  it('adds latencies up and lets another fault happen as well', () => {
    const faults = createFaultInjector();
    faults.set([fault({ kind: 'latency', delayMs: 10 }), fault({ kind: 'latency', delayMs: 20 }), fault({ kind: 'status', status: 503 })]);
    expect(faults.plan('/x', false)).toMatchObject({ latencyMs: 30, effect: { status: 503 } });
  });

  it('spreads the failing records over the request', () => {
    expect(failingRecords(500, 132).size).toBe(132);
    expect([...failingRecords(4, 2)]).toEqual([0, 2]);
    expect(failingRecords(3, 10).size).toBe(3);
    expect(failingRecords(3, 0).size).toBe(0);
  });
});
