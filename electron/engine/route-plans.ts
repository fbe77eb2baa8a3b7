/** What the routes cost for rows that were checked, and which is better. Pure. Source: fineo-api.md, "Writing" and "Limits". */
import type { RoutePlan } from '../../shared/contract/check.ts';
import type { Limits } from '../../shared/contract/connections.ts';
import type { RowRoute } from '../../shared/model/route.ts';

export interface PlannedRows {
  readonly rows: number;
  readonly eventBytes: number;
  readonly requests: Readonly<Record<RowRoute, number>>;
}

/** Bytes of bodies a second as they were seen over this connection; undefined: nothing was measured yet. */
export type MeasuredSpeed = Readonly<Partial<Record<RowRoute, number>>>;

/** A guess for a connection that nothing was sent over yet. */
const assumedBytesPerSecond = 20_000_000;
/** Up to so many requests the stream is as good: rows are there at once. */
const fewRequests = 20;

export function planRoutes(rows: PlannedRows, limits: Limits, measured: MeasuredSpeed): readonly RoutePlan[] {
  const better = recommend(rows, limits, measured);
  return (['batch', 'stream'] as const).map((route) => {
    const { seconds, boundBy } = timeOf(route, rows, limits, measured);
    const recommended = route === better.route;
    return {
      route,
      requests: rows.requests[route],
      // Brackets and a comma for each event, as the bodies have them.
      bytes: rows.eventBytes + rows.rows + rows.requests[route],
      seconds,
      boundBy,
      isIdempotent: route === 'batch',
      recommended,
      reason: recommended ? better.reason : reasonAgainst(route),
    };
  });
}

function timeOf(
  route: RowRoute,
  { rows, eventBytes, requests }: PlannedRows,
  limits: Limits,
  measured: MeasuredSpeed,
): Pick<RoutePlan, 'seconds' | 'boundBy'> {
  // What the burst holds goes out at once.
  const rate = Math.max(0, requests[route] - limits.burst) / limits.requestsPerSecond;
  const bytes = eventBytes + rows;
  const bandwidth = limits.bytesPerSecond === null ? 0 : bytes / limits.bytesPerSecond;
  const speed = bytes / (measured[route] ?? assumedBytesPerSecond);
  const seconds = Math.max(rate, bandwidth, speed);
  return { seconds, boundBy: seconds === speed ? 'speed' : seconds === bandwidth ? 'bandwidth' : 'rate' };
}

function recommend(rows: PlannedRows, limits: Limits, measured: MeasuredSpeed): { readonly route: RowRoute; readonly reason: string } {
  const stream = timeOf('stream', rows, limits, measured).seconds;
  const batch = timeOf('batch', rows, limits, measured).seconds;
  if (rows.requests.stream <= fewRequests) {
    const few = rows.requests.stream === 1 ? 'one request is enough' : `${String(rows.requests.stream)} requests are few`;
    return { route: 'stream', reason: `${few}, and rows of the stream can be read at once` };
  }
  if (stream < batch / 2) return { route: 'stream', reason: 'it is more than twice as fast over this connection' };
  const faster = stream > batch * 1.2 ? ' and takes less time' : '';
  return {
    route: 'batch',
    reason: `it needs ${String(rows.requests.batch)} requests instead of ${String(rows.requests.stream)}${faster}, and a request that is sent twice leaves one copy`,
  };
}

const reasonAgainst = (route: RowRoute): string =>
  route === 'batch' ? 'rows of a batch are there some time later' : 'a request whose answer is lost may leave its rows twice';
