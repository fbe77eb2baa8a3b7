import { createHash } from 'node:crypto';
import type { ContentIdentity, ContentWindow } from './tail-protocol.ts';

const headBytes = 4_096;
const tailBytes = 1_024;

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Where the windows of a position lie: what has to be known of the text before it. */
export const headRange = (headFrom: number, byte: number) => ({
  from: headFrom,
  to: Math.min(headFrom + headBytes, Math.max(byte, headFrom)),
});
export const tailRange = (headFrom: number, byte: number) => ({ from: Math.min(byte, Math.max(headFrom, byte - tailBytes)), to: byte });

export const lastBytes = (before: Buffer, after: Buffer, most: number): Buffer =>
  after.length >= most
    ? Buffer.from(after.subarray(after.length - most))
    : Buffer.concat([before.subarray(Math.max(0, before.length + after.length - most)), after]);

/** Keeps what the identity of a version is made of while its text goes by. */
export class TailIdentity {
  private headWindow: ContentWindow | undefined;

  /**
   * @param headFrom where the first row of the version begins
   * @param byte where the text stands
   * @param head the text from `headFrom` on, as `headRange` says
   * @param before the text before `byte`, as `tailRange` says
   */
  constructor(
    private readonly headFrom: number,
    private byte: number,
    private head: Buffer,
    private before: Buffer,
  ) {}

  /** The last byte that went by; undefined at the first row. */
  get lastByte(): number | undefined {
    return this.before.at(-1);
  }

  /** The identity after `text`, which follows what went by. It does not go by with that. */
  after(text: Buffer): ContentIdentity {
    const to = this.byte + text.length;
    const { from } = tailRange(this.headFrom, to);
    return { head: this.headAfter(text), tail: { from, to, digest: digestOf(lastBytes(this.before, text, to - from)) } };
  }

  /** Text goes by. `start` is its beginning when it is not given whole, at least 4,096 bytes; `end` its end, at least 1,024. */
  pass(length: number, start: Buffer, end: Buffer): void {
    const isShort = this.head.length < headBytes && this.byte - this.headFrom === this.head.length;
    if (isShort && start.length > 0) {
      this.head = Buffer.concat([this.head, start.subarray(0, headBytes - this.head.length)]);
      this.headWindow = undefined;
    }
    const { from, to } = tailRange(this.headFrom, this.byte + length);
    this.before = lastBytes(this.before, end, to - from);
    this.byte = to;
  }

  private headAfter(text: Buffer): ContentWindow {
    const missing = this.byte - this.headFrom === this.head.length ? Math.min(text.length, headBytes - this.head.length) : 0;
    if (missing > 0) return this.windowOf(Buffer.concat([this.head, text.subarray(0, missing)]));
    this.headWindow ??= this.windowOf(this.head);
    return this.headWindow;
  }

  private windowOf(head: Buffer): ContentWindow {
    return { from: this.headFrom, to: this.headFrom + head.length, digest: digestOf(head) };
  }
}
