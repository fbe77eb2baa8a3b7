/** What flows between the stages of the engine: discover → read → shape → batch → compress → sign → send → record. */
import type { RejectCode } from '../../shared/error-codes.ts';
import type { Route } from '../../shared/model/route.ts';
import type { FieldType } from '../../shared/contract/schema.ts';

/** Where a row begins: enough to go on reading there. */
export interface Position {
  /** Offset in bytes; in a gzipped file, of the text inside. */
  readonly byte: number;
  /** Number of the row that begins there, counted from 0, the header left out. */
  readonly row: number;
  /** Line number of the row that begins there, counted from 1, as an editor shows it. */
  readonly line: number;
}

/** A row that cannot be sent, with what a person needs to mend it. */
export interface Reject {
  /** Counted from 0, the header left out. */
  readonly row: number;
  readonly line: number;
  /** Name of the column or field at fault; empty when the row as a whole is. */
  readonly column: string;
  readonly code: RejectCode;
  /** One English sentence. */
  readonly reason: string;
  /** The row as it stands in the source, without its line end. */
  readonly source: string;
}

/**
 * A request body with what is needed to take it apart again: event i is
 * `bytes[starts[i] .. starts[i + 1] - 1)` (a separator follows each), and came from row `rows[i]`.
 */
export interface Payload {
  /** UTF-8: a JSON array of events. */
  readonly bytes: Uint8Array;
  /** Length = events + 1. */
  readonly starts: Uint32Array;
  /** Row number of each event, counted from 0. */
  readonly rows: Float64Array;
}

/** Where the text of events is written, one behind the other. What lies behind `length` is a draft until it is added. */
export interface EventSink {
  /** Replaced by a larger one when room is asked for. */
  readonly buffer: Buffer;
  /** Where the next event begins. */
  readonly length: number;
  /** Makes sure of room for so many bytes behind `length`. */
  room(bytes: number): void;
}

/** Rows of one file version that travel together, rejects among them counted but not contained. */
export interface Batch {
  /** Where the first row begins. */
  readonly from: Position;
  /** Where the row after the last one begins. */
  readonly to: Position;
  readonly payload: Payload;
  readonly rejects: readonly Reject[];
  /** SHA-256 of the bytes of the source from `from` to `to`, as hex. */
  readonly sourceDigest: string;
}

/** The parts of a connection that an attempt needs. */
export interface Endpoint {
  /** `https://host[:port][/prefix]`, without a slash at the end. */
  readonly root: string;
  readonly stage: string;
  readonly region: string;
}

export interface Credentials {
  readonly apiKey: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** For the object store, where those above are not for it. */
  readonly objectStore?: ObjectCredentials | undefined;
}

/** The key pair that requests to an object store are signed with. */
export interface ObjectCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Scheme, host and port: `https://api.fineo.io`. */
  readonly origin: string;
  /** Path and query, percent-encoded, beginning with a slash. */
  readonly path: string;
  readonly body?: Uint8Array | undefined;
  /** SHA-256 of the body as hex; computed when absent. */
  readonly bodyDigest?: string | undefined;
  /** For a managed stream instead of API Gateway: its name in the signature, and the operation that its header names. */
  readonly aws?: { readonly service: string; readonly target: string } | undefined;
}

/** A request to an object store (S3) before it is signed. */
export interface UnsignedObjectRequest extends UnsignedRequest {
  /** Lower-case names, all of them signed: content type, checksum. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request ready to be sent: `headers` contains everything but Connection. */
export interface SignedRequest {
  readonly method: UnsignedRequest['method'];
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** What came back from one attempt. */
export type Attempt =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      /** At most 1 MiB of it. */
      readonly body: string;
    }
  | {
      readonly kind: 'unanswered';
      /** `unsent`: it certainly did not reach the service. `unknown`: it may have been applied. `aborted`: by us. */
      readonly reach: 'unsent' | 'unknown' | 'aborted';
      /** Node's or undici's code: ECONNREFUSED, UND_ERR_HEADERS_TIMEOUT … */
      readonly cause: string;
      readonly timedOut: boolean;
    };

/** What an answer means for a request; the result of the one pure function `classify`. */
export type Verdict =
  /** All accepted. */
  | { readonly kind: 'accepted' }
  /** The events at these indexes failed; the others were accepted. `slowDown`: there were too many of them. */
  | {
      readonly kind: 'partial';
      readonly retry: readonly number[];
      readonly reject: readonly { readonly index: number; readonly message: string }[];
      readonly slowDown?: boolean;
    }
  /** Try again later, with a new signature. `slowDown`: the whole connection has to. */
  | {
      readonly kind: 'retry';
      readonly code: 'server-unreachable' | 'server-failing' | 'server-timeout' | 'rate-limited';
      readonly slowDown: boolean;
      readonly retryAfterMs: number | undefined;
      /** It may have been applied although nobody said so. */
      readonly possiblyApplied: boolean;
      readonly message: string;
    }
  /** The clock is wrong: sign again with this correction. */
  | { readonly kind: 'skewed'; readonly offsetMs: number; readonly message: string }
  /** Nothing of this connection will pass until a person acts. */
  | {
      readonly kind: 'pause';
      readonly code: 'api-key-refused' | 'credentials-refused' | 'permission-denied' | 'clock-skewed' | 'stream-missing';
      readonly message: string;
    }
  /** This request will never pass as it is: take it apart; a single event is rejected. */
  | { readonly kind: 'refused'; readonly message: string };

/** What the service answered when it was told of an object, or asked whether it has received it. */
export interface ReferenceAnswer {
  readonly operation: 'refer' | 'ask';
  /** Undefined: it did not answer. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

export type { Route };

/** What events had since it was told last. */
export interface SeenField {
  /** Metric type and field, as they are sent. */
  readonly metric: string;
  readonly name: string;
  readonly values: number;
  /** At most 3, each cut to 100 characters. */
  readonly examples: readonly string[];
  /** Types that hold all values that were looked at. */
  readonly types: readonly FieldType[];
}
