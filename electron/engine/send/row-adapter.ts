/** What tells the routes apart by which rows travel in requests of many: all that a delivery asks of one. */
import type { Attempt, UnsignedRequest, Payload, Verdict } from '../model.ts';

/** What is known of the request that an answer belongs to. */
export interface AboutRequest {
  /** Events in the request. */
  readonly eventCount: number;
  /** How often these events have been sent, this time included: 1, 2, 3 … */
  readonly attemptNumber: number;
  /** The machine's clock, uncorrected, when the answer came. */
  readonly nowMs: number;
}

export interface RowAdapter {
  /** Of the signature. */
  readonly region: string;
  /** What is sent twice replaces itself; else it is there twice. */
  readonly isIdempotent: boolean;
  readonly limits: {
    /** Events of one request, and bytes of its payload. */
    readonly maxEvents: number;
    readonly maxBytes: number;
    readonly maxEventBytes: number;
  };
  /**
   * The request that delivers a payload.
   * @param name of the batch, where the route has a use for it
   * @param digest SHA-256 of the payload's bytes as hex, when known
   */
  requestFor(name: string, payload: Payload, digest?: string): UnsignedRequest;
  classify(attempt: Attempt, about: AboutRequest): Verdict;
}
