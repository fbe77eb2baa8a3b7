/** What `deliver` is given and what it gives back. */
import type { HoldCode } from '../../../shared/error-codes.ts';
import type { Credentials, Payload, SignedRequest, UnsignedRequest } from '../model.ts';
import type { Clock, CredentialSource, Random, Transport } from '../ports.ts';
import type { ConnectionLane, Patience } from './connection-lane.ts';
import type { RowAdapter } from './row-adapter.ts';

/** One batch, what it belongs to, and who wants to know how it goes. */
export interface Delivery extends Patience {
  readonly connectionId: string;
  /** How the rows go, and to whom. */
  readonly to: RowAdapter;
  /** The batch as it was planned, whole. */
  readonly payload: Payload;
  /** Where an earlier run settled a part of it: the rows that are still to be sent, as its last `Progress` said. */
  readonly remainingRows?: readonly number[] | undefined;
  /** Name of the batch as a whole. */
  readonly name: string;
  /** Name of a part of it, by the rows of its first and last event; the same rows always get the same name. */
  nameFor(firstRow: number, lastRow: number): string;
  /** SHA-256 of the payload's bytes as hex, when known. */
  readonly digest?: string | undefined;
  /** An earlier run may have sent it without seeing the answer. */
  readonly mayHaveBeenSent?: boolean | undefined;
  readonly lane: ConnectionLane;
  /** Milliseconds to wait for an answer, the sending of the body included. Default 120,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds a request under way may go on after `signal` aborts. Default 5,000. */
  readonly graceMs?: number | undefined;
  /** Aborted: stop and hold. The reason `engine-stopped` becomes the code, anything else is `cancelled`. */
  readonly signal: AbortSignal;
  /** Before the bytes leave: the journal writes down that they may have. */
  onAttempt?(attempt: {
    readonly number: number;
    readonly name: string;
    readonly events: number;
    /** Rows of which this attempt may make another copy. What it turned out to be is in the counters of the outcome. */
    readonly mayRepeatRows: number;
  }): void | Promise<void>;
  onProgress?(progress: Progress): void | Promise<void>;
  /** The clocks were seen to differ; requests are signed with the corrected time from now on. */
  onSkew?(skewMs: number): void;
}

export interface RejectedRow {
  readonly row: number;
  readonly message: string;
}

/** A part of the batch is settled, the rest is not. What is told here is not told again. */
export interface Progress {
  /** Row numbers, as the other two. */
  readonly acceptedRows: readonly number[];
  readonly rejected: readonly RejectedRow[];
  /** Neither accepted nor rejected. */
  readonly remainingRows: readonly number[];
  /** Some of the remaining rows may have been applied. */
  readonly mayHaveBeenApplied: boolean;
}

export interface DeliveryPorts {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  /** `signRequest`; a port, because stages do not know each other. */
  sign(
    request: UnsignedRequest,
    options: { readonly credentials: Credentials; readonly region: string; readonly nowMs: number },
  ): SignedRequest;
}

export interface LastAttempt {
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly answer: string;
}

export interface DeliveryCounters {
  readonly confirmedRows: number;
  readonly rejected: readonly RejectedRow[];
  readonly attempts: number;
  /** Attempts at events that had been tried before. */
  readonly retries: number;
  /** Requests that reached the service, or may have. */
  readonly requests: number;
  /** Bytes of their bodies. */
  readonly bytesSent: number;
  /**
   * Rows of requests that were applied, or may have been, after an earlier request may have been applied: each time
   * they are sent again. So there are at most so many copies. Always 0 where what is sent twice replaces itself.
   */
  readonly possiblyRepeatedRows: number;
  /** The last attempt; `status` is undefined when there was no answer. `answer` has at most 500 characters and holds no secret. */
  readonly last: LastAttempt;
}

export type DeliveryOutcome = DeliveryCounters &
  (
    | { readonly kind: 'delivered' }
    | {
        readonly kind: 'held';
        readonly code: HoldCode;
        readonly message: string;
        readonly remainingRows: readonly number[];
        /** Some of the remaining rows may have been applied: a later delivery of them is told so by `mayHaveBeenSent`. */
        readonly mayHaveBeenApplied: boolean;
      }
  );
