/**
 * What the engine and its tail reader (a thread) say to each other. A session belongs to a watched folder: it is told which
 * files to look at, reads them fairly in turn from where each stands, and gathers their rows into request bodies.
 */
import type { Failure } from '../../../shared/contract/common.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import type { ServiceSchema } from '../../../shared/contract/schema.ts';
import type { Payload, Position, Reject, SeenField } from '../model.ts';
import type { FieldTypeEntries } from './reader-protocol.ts';
import type { ReadFormat } from './sniff.ts';

/**
 * The longest row of a watched file that is held. An event has far less; a quote that is not closed by then is damage, for a
 * file that grows cannot be asked for its end.
 */
export const maxTailRecordBytes = 1024 * 1024;

/** A stretch of a text and its SHA-256 (hex). Offsets are those of positions: bytes of the UTF-8 text. */
export interface ContentWindow {
  readonly from: number;
  readonly to: number;
  readonly digest: string;
}

/**
 * What a file version is known by: the beginning of its rows (the header left out; at most 4,096 bytes, fewer while fewer were
 * planned) and the last bytes before the position (at most 1,024). Both have to hold before it is read on.
 */
export interface ContentIdentity {
  readonly head: ContentWindow;
  readonly tail: ContentWindow;
}

/** How a version is read: found out at its first row, and remembered from then on. */
export interface TailFormat {
  readonly read: ReadFormat;
  readonly columns: readonly string[];
  /** The header as it stands in the file; empty for JSON lines and without a header. */
  readonly headerText: string;
  /** Where the first row begins. */
  readonly firstRow: Position;
}

export interface TailTarget {
  readonly fileId: string;
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /**
   * `device:inode` as a hint. When the file at `path` has another one, and the reader still has the expected one open, it reads
   * on there (a rotated or deleted file is drained); else it answers `replaced`.
   */
  readonly fileKey: string;
  /**
   * The first row that was not planned; undefined: the first row of the file. Ignored where the reader stands at a later place;
   * it remembers that at least until all bodies with rows of the file were given back.
   */
  readonly from: Position | undefined;
  readonly format: TailFormat | undefined;
  readonly identity: ContentIdentity | undefined;
  /** Nothing more is going to come: a last line without line end is a row, an unclosed quote is damage. */
  readonly isFinal: boolean;
  /** Sets of column names (each sorted) that are accepted; another one is drift. Undefined: any. CSV only. */
  readonly acceptedColumns: readonly (readonly string[])[] | undefined;
  /** Rows that are in this list (as often as they are in it) were sent before and are passed over. Path of a file of row hashes. */
  readonly knownRowsPath?: string | undefined;
  /** All rows before the position are compared with these hashes first, where it is read on: windows see no change between them. */
  readonly sentRowsPath?: string | undefined;
  /** Rows that stand there now are passed over. */
  readonly passesOver?: boolean | undefined;
  /** It is known not to be a copy: another file may begin with the same row. */
  readonly mayBeTwin?: boolean | undefined;
  /** Nothing is read behind so many rejected rows, from `from` on. Any number when undefined. */
  readonly rejectsLeft?: number | undefined;
}

/** Settings of a session; the same for all its files. */
export interface TailSettings {
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypeEntries;
  /** Of the tenant, where it is known. */
  readonly schema?: ServiceSchema | undefined;
  readonly maxEventBytes: number;
  readonly limits: { readonly maxEvents: number; readonly maxBytes: number };
  /** Request bodies that may be under way at once; the reader waits when all are. */
  readonly bodies: number;
  /** Hash rows, up to this number of a file, so that a rewritten file can be compared row by row; 0: none. */
  readonly hashedRows: number;
  /** Hashes of the first rows of files that were read before: `packFirstRows`. */
  readonly firstRows: Uint32Array;
}

/**
 * Rows of one file within a body, one behind the other. A body may have several of the same file; over all bodies the segments
 * of a file follow each other without a gap, but for a header that was drift.
 */
export interface TailSegment {
  readonly fileId: string;
  readonly from: Position;
  readonly to: Position;
  /** Events of the body that belong to it: `events` from index `firstEvent` on. Row numbers are in `payload.rows`, by the file. */
  readonly firstEvent: number;
  readonly events: number;
  readonly rejects: readonly Reject[];
  /** Rows passed over because they were sent before. */
  readonly passedOver: number;
  /** SHA-256 (hex) of the source's text from `from` to `to`. */
  readonly sourceDigest: string;
  /** Identity at `to`. */
  readonly identity: ContentIdentity;
  /** Bytes of the file itself up to `to`, for progress (the compressed ones of a gzipped file). */
  readonly fileBytes: number;
  /** 8 bytes per row from `from.row` on, in the order of the rows; empty beyond `hashedRows`. */
  readonly rowHashes: Uint8Array;
  /** The rows were cut by `isFinal`, so that they could be cut differently another time: the body has to be kept to be sent again. */
  readonly isTimeDependent: boolean;
}

/** What a look at a file came to. Everything complete before it is in bodies that were told earlier, or gathered in the open one. */
export type TailOutcome =
  /** Read to the end. `openBytes` stand behind `position` without making a row yet. */
  | {
      readonly kind: 'at-end';
      readonly position: Position;
      readonly openBytes: number;
      /** Size of the file, in its own bytes, when its end was reached. */
      readonly sizeBytes: number;
      readonly fileKey: string;
      /** The directory entry is gone or belongs to another file: read through the open handle. */
      readonly throughHandle: boolean;
    }
  /** Nothing can be said about how to read it: it is empty or has no complete header or first row yet. */
  | { readonly kind: 'no-row-yet'; readonly sizeBytes: number; readonly fileKey: string }
  /**
   * It is shorter than the position, or header, head or tail are not what they were. Nothing was read, and nothing will be under
   * this id until the file is what it was again or was forgotten.
   */
  | { readonly kind: 'changed'; readonly sizeBytes: number; readonly fileKey: string }
  /** A file not read before, whose first row (its hash, hex) is that of another one of the session. Nothing was read. */
  | { readonly kind: 'twin'; readonly firstRow: string }
  /** Another file stands at the path. Nothing was read. */
  | { readonly kind: 'replaced'; readonly fileKey: string }
  /**
   * A header with other columns, at the beginning or within the file. Rows before it were read; `position` is behind the header.
   * It is read on when a target comes from there, with the columns that hold from there on in its format; till then each look
   * comes to the same.
   */
  | { readonly kind: 'drift'; readonly columns: readonly string[]; readonly headerText: string; readonly position: Position }
  /** So many rows are rejected as were allowed; what is behind the last of them was not read. */
  | { readonly kind: 'rejects-over' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type ToTailReader =
  | { readonly kind: 'tail-open'; readonly session: number; readonly settings: TailSettings }
  /** Looks at these files after those that are waiting already; one that is waiting keeps its place and takes the new facts. */
  | { readonly kind: 'tail-look'; readonly session: number; readonly targets: readonly TailTarget[] }
  /**
   * Gives what is gathered as a body also when it is not full: as soon as there is something and no file is waiting, or after 64
   * looks when files never cease to wait. Holds for one body.
   */
  | { readonly kind: 'tail-flush'; readonly session: number }
  /** Closes the file and forgets where it stood, without an outcome; what of it was gathered and not told goes out all the same. */
  | { readonly kind: 'tail-forget'; readonly session: number; readonly fileId: string }
  /** A body is no longer needed: its memory is free, and its rows are planned. */
  | { readonly kind: 'tail-sent'; readonly session: number; readonly slot: number }
  /** Reads and gathers nothing more, drops what is gathered, closes all files; answered by `tail-closed`. */
  | { readonly kind: 'tail-close'; readonly session: number };

export type FromTailReader =
  /**
   * How a file is read, found out at its first look and told before its first segment. Not told when the target said it.
   * `firstRow`: hash of its first row, hex, where rows are hashed.
   */
  | {
      readonly kind: 'tail-format';
      readonly session: number;
      readonly fileId: string;
      readonly format: TailFormat;
      readonly firstRow: string | undefined;
    }
  | {
      readonly kind: 'tail-body';
      readonly session: number;
      readonly payload: Payload;
      readonly segments: readonly TailSegment[];
      /** Fields that events had since it was told last; told with a new name, and with one of so many bodies. */
      readonly seen: readonly SeenField[];
      /** To be given back with `tail-sent`; negative where the bytes lie in memory of their own. */
      readonly slot: number;
    }
  /** `nextRow`: all rows before it were told or are gathered, whatever the look came to; undefined: none were read. */
  | {
      readonly kind: 'tail-looked';
      readonly session: number;
      readonly fileId: string;
      readonly outcome: TailOutcome;
      readonly nextRow: number | undefined;
    }
  /** No file is waiting to be looked at; so many rows (events and rejects) are gathered in the open body. */
  | { readonly kind: 'tail-drained'; readonly session: number; readonly gathered: number }
  | { readonly kind: 'tail-closed'; readonly session: number }
  | { readonly kind: 'tail-failed'; readonly session: number; readonly failure: Failure };
