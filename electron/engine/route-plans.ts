/** What the routes cost for rows that were checked, and which is better. Pure. Source: fineo-api.md, "Writing" and "Limits". */
import type { RoutePlan } from '../../shared/contract/check.ts';
import type { Limits } from '../../shared/contract/connections.ts';
import type { RowRoute } from '../../shared/model/route.ts';
import { partBytesFor } from './send/s3-part-plan.ts';

type PlannedRoute = RoutePlan['route'];

export interface PlannedRows {
  readonly rows: number;
  readonly eventBytes: number;
  readonly requests: Readonly<Record<RowRoute, number>>;
  /** Where the connection has a bucket: the files as they lie there. */
  readonly files?: readonly { readonly sizeBytes: number; readonly isGzip: boolean }[] | undefined;
}

/** Bytes of bodies a second as they were seen over this connection; undefined: nothing was measured yet. */
export type MeasuredSpeed = Readonly<Partial<Record<PlannedRoute, number>>>;

/** A guess for a connection that nothing was sent over yet. */
const assumedBytesPerSecond = 20_000_000;
/** Up to so many requests the stream is as good: rows are there at once. */
const fewRequests = 20;
/** So many batches are about a gigabyte: whole files are the better then. */
const manyBatches = 200;
/** Rows of measurements become so much smaller by compression, at the least. */
const assumedCompression = 4;
/** Beside its parts: to begin and to complete an object; to tell of it and to ask for it. */
const aroundParts = 2;
const aroundObject = 2;

interface Cost {
  readonly requests: number;
  readonly bytes: number;
}

type Costs = Readonly<Partial<Record<PlannedRoute, Cost>>>;

function costsOf({ rows, eventBytes, requests, files }: PlannedRows): Costs {
  // Brackets and a comma for each event, as the bodies have them.
  const byRows = (route: RowRoute): Cost => ({ requests: requests[route], bytes: eventBytes + rows + requests[route] });
  return { batch: byRows('batch'), stream: byRows('stream'), ...(files === undefined ? {} : { s3: costOfObjects(files) }) };
}

function costOfObjects(files: NonNullable<PlannedRows['files']>): Cost {
  const sizes = files.map(({ sizeBytes, isGzip }) => Math.ceil(isGzip ? sizeBytes : sizeBytes / assumedCompression));
  const requestsOf = (bytes: number, index: number): number => {
    const parts = Math.max(1, Math.ceil(bytes / partBytesFor(files[index]?.sizeBytes ?? bytes)));
    return parts + (parts > 1 ? aroundParts : 0) + aroundObject;
  };
  return {
    requests: sizes.reduce((sum, bytes, index) => sum + requestsOf(bytes, index), 0),
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** By S3 only where there is a bucket. */
export function planRoutes(rows: PlannedRows, limits: Limits, measured: MeasuredSpeed): readonly RoutePlan[] {
  const costs = costsOf(rows);
  const times = {
    batch: timeOf('batch', costs, limits, measured),
    stream: timeOf('stream', costs, limits, measured),
    s3: timeOf('s3', costs, limits, measured),
  };
  const better = recommend(costs, times);
  return (['batch', 'stream', 's3'] as const).flatMap((route) => {
    const cost = costs[route];
    if (cost === undefined) return [];
    const recommended = route === better.route;
    return [
      {
        route,
        ...cost,
        ...times[route],
        isIdempotent: route !== 'stream',
        recommended,
        reason: recommended ? better.reason : against[route],
      },
    ];
  });
}

type Time = Pick<RoutePlan, 'seconds' | 'boundBy'>;

function timeOf(route: PlannedRoute, costs: Costs, limits: Limits, measured: MeasuredSpeed): Time {
  const { requests, bytes } = costs[route] ?? { requests: 0, bytes: 0 };
  // What the burst holds goes out at once; the requests to a bucket are no concern of the service.
  const rate = route === 's3' ? 0 : Math.max(0, requests - limits.burst) / limits.requestsPerSecond;
  const sent = route === 's3' ? bytes : bytes - requests;
  const bandwidth = limits.bytesPerSecond === null ? 0 : sent / limits.bytesPerSecond;
  const speed = sent / (measured[route] ?? assumedBytesPerSecond);
  const seconds = Math.max(rate, bandwidth, speed);
  return { seconds, boundBy: seconds === speed ? 'speed' : seconds === bandwidth ? 'bandwidth' : 'rate' };
}

function recommend(costs: Costs, times: Readonly<Record<PlannedRoute, Time>>): { readonly route: PlannedRoute; readonly reason: string } {
  const stream = costs.stream?.requests ?? 0;
  const batch = costs.batch?.requests ?? 0;
  if (stream <= fewRequests) {
    const few = stream === 1 ? 'one request is enough' : `${String(stream)} requests are few`;
    return { route: 'stream', reason: `${few}, and rows of the stream can be read at once` };
  }
  const fastest = Math.min(times.stream.seconds, times.batch.seconds);
  if (costs.s3 !== undefined && batch > manyBatches && times.s3.seconds <= fastest * 2) {
    const reason = `whole files go compressed, in ${String(costs.s3.requests)} requests instead of ${String(batch)}, and a part that is sent twice leaves one copy`;
    return { route: 's3', reason };
  }
  if (times.stream.seconds < times.batch.seconds / 2)
    return { route: 'stream', reason: 'it is more than twice as fast over this connection' };
  const faster = times.stream.seconds > times.batch.seconds * 1.2 ? ' and takes less time' : '';
  return {
    route: 'batch',
    reason: `it needs ${String(batch)} requests instead of ${String(stream)}${faster}, and a request that is sent twice leaves one copy`,
  };
}

const against: Readonly<Record<PlannedRoute, string>> = {
  batch: 'rows of a batch are there some time later',
  stream: 'a request whose answer is lost may leave its rows twice',
  s3: 'for so few rows a detour; they are there some time later',
};
