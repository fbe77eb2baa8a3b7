import type { EventSink, Payload, Position, Reject } from '../model.ts';

export interface BatchLimits {
  /** Events of one request. */
  readonly maxEvents: number;
  /** UTF-8 bytes of one request body. */
  readonly maxBytes: number;
}

export interface BuiltBatch {
  readonly from: Position;
  readonly to: Position;
  readonly payload: Payload;
  readonly rejects: readonly Reject[];
}

/** Rejects that are gathered before a batch closes, so that a file of nothing but rejects stays in constant memory. */
const maxRejects = 2_000;
const maxRejectBytes = 4_000_000;
const maxPassedOver = 100_000;

const firstBufferBytes = 64 * 1024;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;

/**
 * Groups events into request bodies: as many as fit into the limits, in the order of the rows. Every row from the first
 * to the last of a batch is in it, as an event or as a reject. An event is written behind `length`, then added.
 */
export class BatchBuilder implements EventSink {
  buffer: Buffer;
  length = 1;
  private events = 0;
  private starts = new Uint32Array(1024);
  private rows = new Float64Array(1024);
  private rejects: Reject[] = [];
  private rejectBytes = 0;
  private passed = 0;

  /**
   * @param from where the first row begins
   * @param buffer for the first batch; it grows where it is too small
   */
  constructor(
    private readonly limits: BatchLimits,
    private from: Position,
    buffer: Buffer = Buffer.allocUnsafeSlow(firstBufferBytes),
  ) {
    this.buffer = buffer;
    this.buffer[0] = openBracket;
  }

  /** Writes into this memory from now on; for a batch in which nothing is yet. */
  useBuffer(buffer: Buffer): void {
    this.buffer = buffer;
    this.buffer[0] = openBracket;
  }

  get isEmpty(): boolean {
    return this.events === 0 && this.rejects.length === 0 && this.passed === 0;
  }

  /** Events added so far. */
  get eventCount(): number {
    return this.events;
  }

  /** Rows added so far: events, rejects and those passed over. */
  get rowCount(): number {
    return this.events + this.rejects.length + this.passed;
  }

  room(bytes: number): void {
    // One byte more for the separator.
    const needed = this.length + bytes + 1;
    if (needed <= this.buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(this.buffer.length * 2, Math.max(needed, this.limits.maxBytes + 1))));
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
  }

  /** Writes the text of an event behind `length`; returns its bytes. */
  write(text: string): number {
    this.room(text.length * 3);
    return this.buffer.write(text, this.length, 'utf8');
  }

  /** Whether one more row still fits, with an event of this size; when not, `close` comes first. An empty batch takes any. */
  fits(eventBytes: number): boolean {
    if (this.isEmpty) return true;
    if (this.rejects.length >= maxRejects || this.rejectBytes >= maxRejectBytes || this.passed >= maxPassedOver) return false;
    return this.events < this.limits.maxEvents && this.length + eventBytes + 1 <= this.limits.maxBytes;
  }

  /** Adds the event of so many bytes that was written behind `length`. */
  add(row: number, bytes: number): void {
    if (this.events + 1 >= this.starts.length) this.grow();
    this.starts[this.events] = this.length;
    this.rows[this.events] = row;
    this.events += 1;
    this.length += bytes;
    this.buffer[this.length] = comma;
    this.length += 1;
  }

  addReject(reject: Reject): void {
    this.rejects.push(reject);
    this.rejectBytes += reject.source.length;
  }

  /** Adds a row that is neither to be sent nor to be rejected. */
  passOver(): void {
    this.passed += 1;
  }

  /**
   * Everything added, up to where the next row begins; undefined when there is nothing. The draft of `draftBytes` is kept.
   * @param next for the next batch; it grows where it is too small
   */
  close(to: Position, draftBytes: number, next: Buffer = Buffer.allocUnsafeSlow(firstBufferBytes)): BuiltBatch | undefined {
    if (this.isEmpty) return undefined;
    const { buffer, length } = this;
    this.buffer = next.length >= draftBytes + 2 ? next : Buffer.allocUnsafeSlow(draftBytes + 2);
    this.buffer[0] = openBracket;
    buffer.copy(this.buffer, 1, length, length + draftBytes);
    const built: BuiltBatch = { from: this.from, to, payload: this.payload(buffer, length), rejects: this.rejects };
    this.length = 1;
    this.events = 0;
    this.rejects = [];
    this.rejectBytes = 0;
    this.passed = 0;
    this.from = to;
    return built;
  }

  private payload(buffer: Buffer, length: number): Payload {
    const starts = this.starts.slice(0, this.events + 1);
    starts[this.events] = length;
    const end = this.events === 0 ? 2 : length;
    buffer[end - 1] = closeBracket;
    const bytes = buffer.subarray(0, end);
    return { bytes, starts, rows: this.rows.slice(0, this.events) };
  }

  private grow(): void {
    const starts = new Uint32Array(this.starts.length * 2);
    starts.set(this.starts);
    this.starts = starts;
    const rows = new Float64Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }
}
