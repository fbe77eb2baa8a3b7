import { randomBytes } from 'node:crypto';
import type { Failure } from '../../../shared/contract/common.ts';
import type { WatchedFile, WatchedState } from '../../../shared/contract/folders.ts';
import { emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import type { Position } from '../model.ts';
import type { Clock } from '../ports.ts';
import type { ContentIdentity } from '../read/tail-protocol.ts';
import type { VersionRecord } from '../record/version-record.ts';
import { packIdentity } from './packed-identity.ts';

/** What a scan or a look at the disk says of a file. */
export interface FileEntry {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** `device:inode`: a hint, never a proof. */
  readonly fileKey: string;
}

/**
 * A file of a watched folder, with the version that stands in it. A folder may have a hundred thousand: what is the same
 * for many (reasons, empty ledgers) is shared, and identities are packed.
 */
export class TrackedFile {
  sizeBytes: number;
  modifiedMs: number;
  fileKey: string;
  /** Of the version that stands in it. */
  fileId: string;
  /** Undefined before its first row was planned: the journal does not know it yet. */
  transferId: string | undefined;
  planned: Position | undefined;
  /** Bytes of the file itself up to `planned`. */
  bytesRead = 0;
  formatId: number | undefined;
  /** A `ContentIdentity`, packed. */
  identity: string | undefined;
  /** Hash of its first row, hex. */
  firstRow: string | undefined;
  ledger: Ledger = emptyLedger;
  /** Size of its file of rejects. */
  rejectsBytes = 0;
  state: WatchedState = 'reading';
  reason: Failure | undefined;
  /** Requests with rows of it that are not settled. */
  underWay = 0;
  /** Number of the row that comes next, as the reader says: rows before it may be gathered and not planned yet. */
  nextRow = 0;
  /** Bytes behind the position that make no row yet. */
  openBytes = 0;
  /** The most bytes it was seen to have. */
  peakBytes: number;
  /** Monotonic: when its size or time of change was last seen to differ. */
  changedAt: number;
  /** It is no longer at its path. */
  isGone = false;
  /** Another version has taken its place: nothing is done about it any more. */
  isForgotten = false;
  /** Rows that were planned and have to be read again from it to be sent. */
  rowsToReread = 0;
  /** It was said that rows of it are lost. */
  isAtRisk = false;
  /** What became of it is being found out: looks wait. */
  isInQuestion = false;
  /** When it was quiet for long, an open last line was taken as a row. */
  isFinal = false;
  /** Another file begins with the same row; it is read once that is known not to be a copy in the making. */
  isTwin = false;
  mayBeTwin = false;
  /** The version whose place it takes; closed in the journal with the first row of this one. */
  predecessor: TrackedFile | undefined;
  /** Rows that were sent of the version before it and are passed over. */
  knownRowsPath: string | undefined;
  /** The version that these are the rows of. */
  knownRowsOf: string | undefined;
  /** Somebody has said that its rejects are no reason to wait. */
  hasManyRejects = false;
  /** Rejected rows that do not count any more: another mapping rejected them. */
  rejectsBefore = 0;
  /** What stands in it now is passed over. */
  passesOver = false;
  /** Its time of change when it was last known, by the journal, to be what was sent of it. */
  seenMs: number | undefined;
  /** It was read, up to where it is, by an earlier run. */
  isRestored = false;
  /** Number of the look through the folder that found it last; 0: none yet. Undefined: it was found just now. */
  foundBy: number | undefined;

  constructor(
    /** Relative to the folder, with slashes. */
    public path: string,
    entry: Omit<FileEntry, 'path'>,
    now: number,
    fileId: string,
  ) {
    this.fileId = fileId;
    this.sizeBytes = entry.sizeBytes;
    this.peakBytes = entry.sizeBytes;
    this.modifiedMs = entry.modifiedMs;
    this.fileKey = entry.fileKey;
    this.changedAt = now;
  }

  /** Bytes that were not read. */
  get bytesWaiting(): number {
    return Math.max(0, this.sizeBytes - this.bytesRead);
  }

  /** Takes over what the journal knows. */
  restore(record: VersionRecord): void {
    this.fileId = record.id;
    this.transferId = record.transferId;
    this.planned = record.planned;
    this.bytesRead = record.bytesRead;
    this.formatId = record.formatId;
    const { identity } = record;
    this.identity = identity === undefined || identity === '' ? undefined : packIdentity(JSON.parse(identity) as ContentIdentity);
    this.firstRow = record.firstRow;
    this.ledger = record.ledger;
    this.rejectsBytes = record.rejectsBytes;
    this.seenMs = record.seenMs;
    this.isRestored = true;
    this.peakBytes = Math.max(record.bytesRead, record.sizeBytes);
  }

  /** An earlier run read all of it, and has written down that it stood there just as it does now: nothing has to be looked at. */
  private isAsRecorded(entry: FileEntry): boolean {
    const isFirstSight = this.isRestored && this.modifiedMs === 0 && this.state === 'done';
    return isFirstSight && entry.sizeBytes === this.bytesRead && entry.modifiedMs === this.seenMs && entry.fileKey === this.fileKey;
  }

  /** Whether this was new: it has to be looked at. */
  observe(entry: FileEntry, now: number): boolean {
    const isRecorded = this.isAsRecorded(entry);
    const isNew = this.sizeBytes !== entry.sizeBytes || this.modifiedMs !== entry.modifiedMs || this.isGone;
    this.isGone = false;
    if (!isNew) return false;
    this.sizeBytes = entry.sizeBytes;
    this.peakBytes = Math.max(this.peakBytes, entry.sizeBytes);
    this.modifiedMs = entry.modifiedMs;
    this.changedAt = now;
    return !isRecorded;
  }

  count(change: Partial<Ledger>): void {
    this.ledger = {
      rowsRead: this.ledger.rowsRead + (change.rowsRead ?? 0),
      rowsConfirmed: this.ledger.rowsConfirmed + (change.rowsConfirmed ?? 0),
      rowsRejected: this.ledger.rowsRejected + (change.rowsRejected ?? 0),
      rowsHeld: this.ledger.rowsHeld + (change.rowsHeld ?? 0),
      possiblyRepeated: this.ledger.possiblyRepeated + (change.possiblyRepeated ?? 0),
    };
  }

  toWatchedFile(): WatchedFile {
    return {
      id: this.path,
      path: this.path,
      sizeBytes: this.sizeBytes,
      modifiedAt: Math.max(0, Math.floor(this.modifiedMs)),
      state: this.state,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ledger: this.ledger,
      bytesRead: Math.max(0, Math.floor(this.bytesRead)),
      ...(this.transferId === undefined ? {} : { transferId: this.transferId }),
    };
  }
}

/** Makes ids of file versions, unlike those of any other run. */
export function fileIds(clock: Clock): () => string {
  const run = `${clock.now().toString(36)}${randomBytes(3).toString('hex')}`;
  let count = 0;
  return () => {
    count += 1;
    return `${run}${count.toString(36)}`;
  };
}
