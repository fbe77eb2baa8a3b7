/** Taking a request body apart. Its layout is described at `Payload`. */
import type { Payload } from '../model.ts';

const open = 0x5b;
const close = 0x5d;
const comma = 0x2c;

export const eventCountOf = (payload: Payload): number => payload.rows.length;

/** UTF-8 bytes of one event, without its separator. */
export const eventBytesOf = (payload: Payload, index: number): number =>
  (payload.starts[index + 1] ?? 0) - 1 - (payload.starts[index] ?? 0);

/** The events at these indexes, in the order given, as a body of its own. */
export function subsetOf(payload: Payload, indexes: readonly number[]): Payload {
  const starts = new Uint32Array(indexes.length + 1);
  const rows = new Float64Array(indexes.length);
  let size = 1;
  for (const [at, index] of indexes.entries()) {
    if (index < 0 || index >= payload.rows.length)
      throw new RangeError(`no event ${String(index)} in a payload of ${String(payload.rows.length)}`);
    starts[at] = size;
    rows[at] = payload.rows[index] ?? 0;
    size += eventBytesOf(payload, index) + 1;
  }
  starts[indexes.length] = size;
  const bytes = new Uint8Array(indexes.length === 0 ? 2 : size);
  bytes[0] = open;
  for (const [at, index] of indexes.entries()) {
    const start = payload.starts[index] ?? 0;
    const target = starts[at] ?? 0;
    bytes.set(payload.bytes.subarray(start, start + eventBytesOf(payload, index)), target);
    bytes[(starts[at + 1] ?? 0) - 1] = comma;
  }
  bytes[bytes.length - 1] = close;
  return { bytes, starts, rows };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

/** Two bodies that together hold the same events in the same order. Needs at least two events. */
export function splitInHalves(payload: Payload): readonly [Payload, Payload] {
  const count = eventCountOf(payload);
  if (count < 2) throw new RangeError('a payload of fewer than two events cannot be split');
  const middle = Math.ceil(count / 2);
  return [subsetOf(payload, range(0, middle)), subsetOf(payload, range(middle, count))];
}
