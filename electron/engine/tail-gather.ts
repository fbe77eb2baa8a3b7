/** batch, for rows of many files: gathers them into one request body after the other. */
import { createHash, type Hash } from 'node:crypto';
import { BatchBuilder } from './batch/batch-builder.ts';
import { BodySlots } from './batch/body-slots.ts';
import type { Payload, Position, Reject } from './model.ts';
import { recordKind, type FramedRecords } from './read/framed-records.ts';
import type { TailFile } from './read/tail-file.ts';
import type { ContentIdentity, TailSegment, TailSettings } from './read/tail-protocol.ts';
import { hashRow } from './read/tail-row-hash.ts';

/** Room for the event that made a body full. */
const draftBytes = 400 * 1024;

/** Of rows that may have gone by unheld, only the beginning is hashed. */
const overlongHashedBytes = 2_000;

/** Rows of one file at the end of the open body. */
export interface OpenSegment {
  readonly file: TailFile;
  readonly from: Position;
  readonly hash: Hash;
  readonly firstEvent: number;
  readonly rejects: Reject[];
  to: Position;
  passedOver: number;
  identity: ContentIdentity | undefined;
  fileBytes: number;
  isTimeDependent: boolean;
  hashes: Uint32Array;
  hashed: number;
}

export interface GatheredBody {
  readonly payload: Payload;
  readonly segments: readonly TailSegment[];
  readonly slot: number;
}

/** The session was closed while it waited for memory. */
export class TailClosed extends Error {
  override readonly name = 'TailClosed';
}

/** The open body of a session and those under way. */
export class TailGather {
  readonly builder: BatchBuilder;
  private readonly slots: BodySlots;
  private segments: TailSegment[] = [];
  private files: TailFile[] = [];
  private current: OpenSegment | undefined;
  private slot = -1;
  private started = false;
  private ownMemory = 0;
  private isClosed = false;
  private stopWaiting: (() => void) | undefined;
  private readonly underWay = new Map<number, readonly TailFile[]>();
  private readonly outstanding = new Map<TailFile, number>();

  constructor(
    private readonly settings: Pick<TailSettings, 'limits' | 'bodies' | 'hashedRows'>,
    private readonly post: (body: GatheredBody) => void,
  ) {
    // One more than may be under way: the one that is being filled.
    this.slots = new BodySlots(settings.limits.maxBytes + draftBytes, settings.bodies + 1);
    this.builder = new BatchBuilder(settings.limits, { byte: 0, line: 1, row: 0 }, Buffer.alloc(2));
  }

  get rowCount(): number {
    return this.builder.rowCount;
  }

  /** Whether rows of the file are gathered, or were told and not given back. */
  isConcerned(file: TailFile): boolean {
    return this.outstanding.has(file);
  }

  /** The segment that rows of the file are added to now, when there is one. */
  segmentOf(file: TailFile): OpenSegment | undefined {
    return this.current?.file === file ? this.current : undefined;
  }

  /** Begins a segment. */
  async begin(file: TailFile, from: Position, hash: Hash = createHash('sha256')): Promise<OpenSegment> {
    if (!this.started) {
      // Memory is taken with the first row: most folders have nothing to say for hours.
      await this.takeBuffer();
    }
    this.seal();
    this.current = {
      ...{ file, from, to: from, hash, firstEvent: this.builder.eventCount, rejects: [], passedOver: 0 },
      ...{ identity: undefined, fileBytes: 0, isTimeDependent: false, hashes: new Uint32Array(0), hashed: 0 },
    };
    this.files.push(file);
    this.outstanding.set(file, (this.outstanding.get(file) ?? 0) + 1);
    return this.current;
  }

  /** Takes a segment of the file back to which no row was added; what of blank lines it had is returned. */
  withdraw(file: TailFile): { readonly from: Position; readonly hash: Hash } | undefined {
    const open = this.segmentOf(file);
    if (open === undefined || this.rowsOf(open) > 0) return undefined;
    this.current = undefined;
    this.files.pop();
    this.letGo(file);
    return { from: open.from, hash: open.hash };
  }

  rowsOf({ firstEvent, rejects, passedOver }: OpenSegment): number {
    return this.builder.eventCount - firstEvent + rejects.length + passedOver;
  }

  /** Hashes the rows of records `at` to `to`, of which the first has this number. */
  hashRows(segment: OpenSegment, text: Buffer, records: FramedRecords, at: number, to: number, row: number): void {
    const count = Math.min(to - at, this.settings.hashedRows - row);
    if (count <= 0) return;
    const needed = (segment.hashed + count) * 2;
    if (segment.hashes.length < needed) {
      const larger = new Uint32Array(Math.max(needed, segment.hashes.length * 2));
      larger.set(segment.hashes);
      segment.hashes = larger;
    }
    hashRecords(text, records, at, at + count, segment.hashes, segment.hashed);
    segment.hashed += count;
  }

  /** Ends the segment rows are added to; what is added next begins another one. */
  seal(): void {
    const open = this.current;
    this.current = undefined;
    if (open?.identity === undefined) return;
    const { file, from, to, hash, firstEvent, rejects, passedOver, identity, fileBytes, isTimeDependent } = open;
    const bytes = new Uint8Array(open.hashes.slice(0, open.hashed * 2).buffer);
    const events = this.builder.eventCount - firstEvent;
    this.segments.push({
      ...{ fileId: file.fileId, from, to, firstEvent, events, rejects, passedOver, sourceDigest: hash.digest('hex') },
      ...{ identity, fileBytes, rowHashes: bytes, isTimeDependent },
    });
  }

  /** Gives out the body; waits until there is memory for the next one. The event of `draft` bytes is kept. */
  async give(draft: number): Promise<void> {
    const next = await this.takeSlot();
    this.seal();
    const { segments, files, slot } = this;
    this.segments = [];
    this.files = [];
    const built = this.builder.close({ byte: 0, line: 1, row: 0 }, draft, next);
    if (built === undefined) throw new Error('an empty body was given out');
    const { payload } = built;
    const inSlot = this.slots.slotOf(payload.bytes) === slot;
    if (!inSlot && slot >= 0) this.slots.give(slot);
    this.slot = this.takenSlot(next);
    this.ownMemory -= 1;
    const told = inSlot && slot >= 0 ? slot : this.ownMemory;
    this.underWay.set(told, files);
    this.post({ payload, segments, slot: told });
  }

  /** A body is no longer needed. Returns the files it had rows of. */
  sent(slot: number): readonly TailFile[] {
    const files = this.underWay.get(slot) ?? [];
    this.underWay.delete(slot);
    for (const file of files) this.letGo(file);
    if (slot >= 0) this.slots.give(slot);
    return files;
  }

  /** Nothing is waited for any more: `give` and `begin` reject with `TailClosed`. */
  close(): void {
    this.isClosed = true;
    this.stopWaiting?.();
  }

  private letGo(file: TailFile): void {
    const left = (this.outstanding.get(file) ?? 0) - 1;
    if (left > 0) this.outstanding.set(file, left);
    else this.outstanding.delete(file);
  }

  private async takeSlot(): Promise<Buffer> {
    if (this.isClosed) throw new TailClosed();
    return new Promise((resolve, reject) => {
      this.stopWaiting = () => reject(new TailClosed());
      this.slots.take().then(resolve, reject);
    });
  }

  private async takeBuffer(): Promise<void> {
    const buffer = await this.takeSlot();
    this.builder.useBuffer(buffer);
    this.slot = this.takenSlot(buffer);
    this.started = true;
  }

  /** The slot the builder writes into now; one that was too small for it is free again. */
  private takenSlot(buffer: Buffer): number {
    const slot = this.slots.slotOf(buffer);
    if (this.builder.buffer.buffer === buffer.buffer) return slot;
    this.slots.give(slot);
    return -1;
  }
}

function hashRecords(text: Buffer, records: FramedRecords, at: number, to: number, into: Uint32Array, hashed: number): void {
  let place = hashed * 2;
  for (let index = at; index < to; index += 1, place += 2) {
    const start = records.starts[index] ?? 0;
    const end = records.ends[index] ?? 0;
    hashRow(text, start, records.kinds[index] === recordKind.tooLong ? Math.min(end, start + overlongHashedBytes) : end, into, place);
  }
}
