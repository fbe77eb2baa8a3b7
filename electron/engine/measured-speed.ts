import type { Transfer } from '../../shared/contract/transfers.ts';
import { serviceRoutes, type Route } from '../../shared/model/route.ts';
import type { MeasuredSpeed } from './route-plans.ts';

/** Smaller transfers are over before anything can be measured. */
const leastBytes = 1_000_000;

/** Bytes of request bodies a second, by route: the median of the finished transfers of a connection. */
export function measuredSpeed(transfers: readonly Transfer[], connectionId: string): MeasuredSpeed {
  const speeds: Record<Route, number[]> = { stream: [], batch: [], s3: [], kinesis: [], firehose: [] };
  for (const { connectionId: id, route, bytesSent, startedAt, finishedAt } of transfers) {
    if (id !== connectionId || finishedAt === undefined || bytesSent < leastBytes || finishedAt <= startedAt) continue;
    speeds[route].push((bytesSent * 1_000) / (finishedAt - startedAt));
  }
  const found: { -readonly [R in keyof MeasuredSpeed]: MeasuredSpeed[R] } = {};
  for (const route of serviceRoutes) {
    const sorted = speeds[route].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)];
    if (median !== undefined) found[route] = median;
  }
  return found;
}
