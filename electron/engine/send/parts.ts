/** The pieces of a batch that is taken apart because the service refuses it as a whole. */
import type { Payload } from '../model.ts';
import type { Delivery } from './delivery.ts';
import { eventCountOf, splitInHalves, subsetOf } from './payload.ts';

/** Events that travel together, and what has become of them so far. */
export interface Part {
  readonly payload: Payload;
  readonly name: string;
  /** SHA-256 of the payload's bytes; computed once, before the first attempt. */
  digest: string | undefined;
  /** Attempts at these events so far. */
  attempts: number;
  /** Failures in a row. */
  failures: number;
  /** Corrections of the clock in a row. */
  skews: number;
  /** An earlier request with these events may have been applied. */
  mayBeApplied: boolean;
}

const partOf = (delivery: Delivery, payload: Payload, before: Part | undefined): Part => ({
  payload,
  name: payload === delivery.payload ? delivery.name : delivery.nameFor(payload.rows[0] ?? 0, payload.rows.at(-1) ?? 0),
  digest: payload === delivery.payload ? delivery.digest : undefined,
  attempts: before?.attempts ?? 0,
  failures: 0,
  skews: 0,
  mayBeApplied: before?.mayBeApplied ?? delivery.mayHaveBeenSent === true,
});

/**
 * The pieces that an earlier run had not settled, cut at the same places and so with the same names: one that was stored
 * without anybody having seen the answer is replaced, not repeated.
 */
function unsettled(payload: Payload, remaining: ReadonlySet<number>): Payload[] {
  const count = payload.rows.reduce((sum, row) => sum + (remaining.has(row) ? 1 : 0), 0);
  if (count === 0) return [];
  if (count === eventCountOf(payload)) return [payload];
  return splitInHalves(payload).flatMap((half) => unsettled(half, remaining));
}

/** What a delivery begins with. */
export function firstParts(delivery: Delivery): Part[] {
  const { payload, remainingRows, to } = delivery;
  if (eventCountOf(payload) === 0) return [];
  if (remainingRows === undefined) return [partOf(delivery, payload, undefined)];
  const remaining = new Set(remainingRows);
  if (to.isIdempotent) return unsettled(payload, remaining).map((piece) => partOf(delivery, piece, undefined));
  const indexes = [...payload.rows.keys()].filter((index) => remaining.has(payload.rows[index] ?? -1));
  return indexes.length === 0 ? [] : [partOf(delivery, subsetOf(payload, indexes), undefined)];
}

export const halvesOf = (delivery: Delivery, part: Part): Part[] => splitInHalves(part.payload).map((half) => partOf(delivery, half, part));

/** The events of a part that the service named as failed. This request did not apply them; an earlier one may have. */
export function failedOf(delivery: Delivery, part: Part, indexes: readonly number[]): Part {
  const payload = indexes.length === part.payload.rows.length ? part.payload : subsetOf(part.payload, indexes);
  return { ...partOf(delivery, payload, part), failures: part.failures + 1 };
}
