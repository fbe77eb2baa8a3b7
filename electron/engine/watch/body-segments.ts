/** Which events of a request body belong to which file; pure. */
import type { Payload } from '../model.ts';
import type { TailSegment } from '../read/tail-protocol.ts';
import { subsetOf } from '../send/payload.ts';

/** A part of a body that is under way: rows of one version. */
export interface SentSegment {
  readonly fileId: string;
  readonly transferId: string;
  readonly batchId: number;
  readonly firstEvent: number;
  readonly events: number;
}

/** What an answer says of events, told apart by segment. */
export interface SegmentShare {
  readonly segment: SentSegment;
  readonly accepted: number;
  readonly rejected: readonly { readonly row: number; readonly message: string }[];
  /** Rows of the file. */
  readonly remaining: readonly number[];
}

/** The same body with its events numbered from 0: what a delivery calls rows is the place in the body. */
export const numbered = (payload: Payload): Payload => ({
  bytes: payload.bytes,
  starts: payload.starts,
  rows: upTo(payload.rows.length),
});

function upTo(count: number): Float64Array {
  const numbers = new Float64Array(count);
  for (let number = 1; number < count; number += 1) numbers[number] = number;
  return numbers;
}

/** Shares of all segments, in their order. Events are given by their place in the body, in any order. */
export function sharesOf(
  segments: readonly SentSegment[],
  rows: Float64Array,
  told: {
    readonly accepted: readonly number[];
    readonly rejected: readonly { readonly row: number; readonly message: string }[];
    readonly remaining: readonly number[];
  },
): readonly SegmentShare[] {
  const found = segments.map((segment) => ({
    segment,
    accepted: 0,
    rejected: [] as { row: number; message: string }[],
    remaining: [] as number[],
  }));
  const at = (event: number) => found[segmentAt(segments, event)];
  for (const event of told.accepted) {
    const share = at(event);
    if (share !== undefined) share.accepted += 1;
  }
  for (const { row: event, message } of told.rejected) at(event)?.rejected.push({ row: rows[event] ?? 0, message });
  for (const event of told.remaining) at(event)?.remaining.push(rows[event] ?? 0);
  return found;
}

/** Index of the segment an event belongs to; segments without events are passed over. */
function segmentAt(segments: readonly SentSegment[], event: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle]?.firstEvent ?? 0) <= event) low = middle;
    else high = middle - 1;
  }
  // Of several that begin at the same event all but the last are empty.
  return low;
}

/** The body without the rows of files that are followed no longer. */
export function withoutForgotten(
  payload: Payload,
  segments: readonly TailSegment[],
  isKnown: (fileId: string) => boolean,
): { readonly payload: Payload; readonly segments: readonly TailSegment[] } {
  const known = segments.filter(({ fileId }) => isKnown(fileId));
  if (known.length === segments.length) return { payload, segments };
  const events: number[] = [];
  const moved = known.map((segment) => {
    const firstEvent = events.length;
    for (let event = segment.firstEvent; event < segment.firstEvent + segment.events; event += 1) events.push(event);
    return { ...segment, firstEvent };
  });
  return { payload: subsetOf(payload, events), segments: moved };
}

/** Bodies up to this size are kept: so small that keeping them costs less than looking for their rows again. */
const keptBytes = 16 * 1024;

/** Whether the body has to be kept until it is settled: its rows cannot be cut out of one file again in the same way. */
export const mustKeep = (payload: Payload, segments: readonly TailSegment[]): boolean =>
  segments.length > 1 ||
  payload.bytes.byteLength <= keptBytes ||
  segments.some(({ isTimeDependent, passedOver }) => isTimeDependent || passedOver > 0);

/** Body in memory of its own: the one it was written into is used again, and may be shared between threads. */
export const copied = (payload: Payload): Payload => ({ ...payload, bytes: Buffer.from(payload.bytes) });
