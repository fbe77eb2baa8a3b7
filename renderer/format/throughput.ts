import type { Flow } from '../../shared/contract/flow.ts';

/** How fast things moved at a moment. Per second. */
export interface ThroughputSample {
  readonly at: number;
  readonly rows: number;
  readonly bytes: number;
}

export const throughputWindowMs = 5 * 60_000;

export const sampleOf = (flow: Pick<Flow, 'rowsPerSecond' | 'bytesPerSecond'>, at: number): ThroughputSample => ({
  at,
  rows: flow.rowsPerSecond,
  bytes: flow.bytesPerSecond,
});

/** The samples of the window that ends with this one. A clock that was set back begins anew. */
export const withSample = (samples: readonly ThroughputSample[], sample: ThroughputSample): readonly ThroughputSample[] => {
  const last = samples.at(-1);
  if (last !== undefined && sample.at < last.at) return [sample];
  return [...samples.filter(({ at }) => at > sample.at - throughputWindowMs), sample];
};

export interface ThroughputSummary {
  readonly now: ThroughputSample;
  readonly highest: number;
  readonly average: number;
}

/** What the curve says, for those who do not see it. Rows per second. */
export const summaryOf = (samples: readonly ThroughputSample[]): ThroughputSummary | undefined => {
  const now = samples.at(-1);
  if (now === undefined) return undefined;
  const sum = samples.reduce((total, { rows }) => total + rows, 0);
  return { now, highest: Math.max(...samples.map(({ rows }) => rows)), average: sum / samples.length };
};

/** The mean of each step of the window, the newest first, for a table. Steps without a sample are left out. */
export const averagesBy = (samples: readonly ThroughputSample[], stepMs: number): readonly ThroughputSample[] => {
  const steps = new Map<number, ThroughputSample[]>();
  for (const sample of samples) {
    const from = Math.floor(sample.at / stepMs) * stepMs;
    steps.set(from, [...(steps.get(from) ?? []), sample]);
  }
  const mean = (list: readonly ThroughputSample[], of: (sample: ThroughputSample) => number) =>
    list.reduce((total, sample) => total + of(sample), 0) / list.length;
  return [...steps].map(([at, list]) => ({ at, rows: mean(list, ({ rows }) => rows), bytes: mean(list, ({ bytes }) => bytes) })).reverse();
};
