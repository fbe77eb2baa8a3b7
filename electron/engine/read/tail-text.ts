import { stat } from 'node:fs/promises';
import type { TailCoding } from './tail-coding.ts';
import { bytesAt, readAt, type FileFacts, type TailHandle } from './tail-handles.ts';
import { lastBytes } from './tail-identity.ts';

export interface PeekedText {
  /** Valid until the next call. */
  readonly text: Buffer;
  /** The file has no more at the moment. */
  readonly ended: boolean;
  /** Bytes at the end that make no whole character yet. */
  readonly cutBytes: number;
}

/** The text of a file from where it stands. */
export interface TailText {
  /** About so many bytes of what follows, fewer when there are no more. `isFinal`: the end is the end. */
  peek(bytes: number, isFinal: boolean): Promise<PeekedText>;
  /** What was peeked is done with up to here: the text stands behind it. */
  pass(bytes: number): void;
  /** Bytes of the file itself up to so many bytes behind where the text stands. */
  fileBytes(bytes: number): number;
}

/** Memory that is read into, used again for every file of a session. */
export class TailScratch {
  private buffer = Buffer.allocUnsafeSlow(0);

  take(bytes: number): Buffer {
    if (this.buffer.length < bytes) this.buffer = Buffer.allocUnsafeSlow(bytes);
    return this.buffer.subarray(0, bytes);
  }
}

const beforeBytes = 1_024;
const mostHeadBytes = 64 * 1024;
const scanBytes = 256 * 1024;
const none: Buffer = Buffer.alloc(0);

/** The text of a file that is not compressed. What it keeps does not depend on the file being open. */
export class FileText implements TailText {
  private handle: TailHandle | undefined;
  private read: Buffer = none;
  private text: Buffer = none;
  private head: Buffer = none;
  private before: Buffer = none;
  private headLimit = 8 * 1024;

  /** @param raw offset in the file at which the text stands */
  constructor(
    private readonly coding: TailCoding,
    private readonly scratch: TailScratch,
    private raw: number,
  ) {}

  /** The file to be read from until the next call. */
  readFrom(handle: TailHandle): void {
    this.handle = handle;
  }

  /** The header ends so many bytes behind where the text stands: what is compared later reaches beyond it. */
  headerPasses(bytes: number): void {
    this.headLimit = Math.min(mostHeadBytes, this.fileBytes(bytes) + 4_096);
  }

  /** Takes the bytes to be compared later from the file, after it was found to be what it was. */
  remember(handle: TailHandle): void {
    this.head = bytesAt(handle, 0, Math.min(this.raw, this.headLimit));
    this.before = bytesAt(handle, Math.max(0, this.raw - beforeBytes), this.raw);
  }

  /** Whether the file still begins as it did and still has what was read last where it was. */
  holds(handle: TailHandle, facts: FileFacts): boolean {
    if (facts.sizeBytes < this.raw) return false;
    return this.standsAt(handle, 0, this.head) && this.standsAt(handle, this.raw - this.before.length, this.before);
  }

  private standsAt(handle: TailHandle, from: number, bytes: Buffer): boolean {
    const found = this.scratch.take(bytes.length);
    return readAt(handle, found, from) === bytes.length && found.equals(bytes);
  }

  async peek(bytes: number, isFinal: boolean): Promise<PeekedText> {
    const { handle } = this;
    if (handle === undefined) throw new Error('the file is not open');
    const buffer = this.scratch.take(bytes);
    const filled = readAt(handle, buffer, this.raw);
    const ended = filled < bytes;
    this.read = buffer.subarray(0, filled);
    this.text = this.coding.text(this.read, ended && isFinal);
    return { text: this.text, ended, cutBytes: ended ? filled - this.coding.rawBytes(this.text) : 0 };
  }

  pass(bytes: number): void {
    if (bytes === 0) return;
    const rawBytes = this.coding.rawBytes(this.text.subarray(0, bytes));
    const passed = this.read.subarray(0, rawBytes);
    // The very beginning may be a mark that was left out; then what is kept of the head would begin too late.
    if (this.head.length === this.raw && this.head.length < this.headLimit)
      this.head = Buffer.concat([this.head, passed.subarray(0, this.headLimit - this.head.length)]);
    this.before = lastBytes(this.before, passed, beforeBytes);
    this.read = this.read.subarray(rawBytes);
    this.text = this.text.subarray(bytes);
    this.raw += rawBytes;
  }

  fileBytes(bytes: number): number {
    return this.raw + this.coding.rawBytes(this.text.subarray(0, bytes));
  }

  /**
   * Goes forward from the beginning to a place in the text, showing what it goes over. False when there is no such place.
   */
  async skipTo(handle: TailHandle, byte: number, show: (at: number, text: Buffer) => void): Promise<boolean> {
    const buffer = this.scratch.take(scanBytes);
    let at = 0;
    while (at < byte) {
      // Others are heard and served in between.
      if (at > 0) await stat(handle.path).catch(() => undefined);
      const bytesRead = readAt(handle, buffer, this.raw);
      const text = this.coding.text(buffer.subarray(0, bytesRead), bytesRead < scanBytes).subarray(0, byte - at);
      if (text.length === 0) return false;
      show(at, text);
      at += text.length;
      this.raw += this.coding.rawBytes(text);
    }
    return true;
  }
}
