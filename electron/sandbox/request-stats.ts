/** Counts of requests since the start. */

export interface RequestStats {
  /** A request came in. `nowMs` never goes back. */
  arrived(isWrite: boolean, nowMs: number): void;
  /** Status 0: it was never answered. */
  finished(operation: string, status: number): void;
  requests(): number;
  operations(): { operation: string; status: number; requests: number }[];
  /** The most writes that arrived within any second. */
  maxWritesPerSecond(): number;
}

export function createRequestStats(): RequestStats {
  const counts = new Map<string, { operation: string; status: number; requests: number }>();
  let requests = 0;
  /** Arrivals of the last second; `first` is the oldest of them. */
  let arrivals: number[] = [];
  let first = 0;
  let highest = 0;
  return {
    arrived(isWrite, nowMs) {
      requests++;
      if (!isWrite) return;
      arrivals.push(nowMs);
      while ((arrivals[first] ?? nowMs) <= nowMs - 1_000) first++;
      highest = Math.max(highest, arrivals.length - first);
      if (first > 10_000) {
        arrivals = arrivals.slice(first);
        first = 0;
      }
    },
    finished(operation, status) {
      const key = `${operation} ${status}`;
      const count = counts.get(key);
      if (count) count.requests++;
      else counts.set(key, { operation, status, requests: 1 });
    },
    requests: () => requests,
    operations: () => [...counts.values()].map((count) => ({ ...count })),
    maxWritesPerSecond: () => highest,
  };
}
