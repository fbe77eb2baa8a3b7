import { UploaderError } from '../errors.ts';
import { openSource, type ByteSource } from './byte-source.ts';
import type { ReadFormat } from './sniff.ts';
import type { PeekedText, TailText } from './tail-text.ts';

/**
 * The text of a gzipped file, read through from the beginning for each look. While the file is still being written it ends
 * in the middle of a block; that is an end like others until it is said to be final.
 */
export class GzipText implements TailText {
  private hold = Buffer.allocUnsafeSlow(256 * 1024);
  private from = 0;
  private to = 0;
  private ended = false;
  private cut = false;

  private constructor(private readonly source: ByteSource) {}

  static async open(path: string, format: ReadFormat): Promise<GzipText> {
    return new GzipText(await openSource(path, { gzip: true, encoding: format.encoding, startByte: 0 }));
  }

  /** It ended in the middle of a block. */
  get isCut(): boolean {
    return this.cut;
  }

  async peek(bytes: number, isFinal: boolean): Promise<PeekedText> {
    while (!this.ended && this.to - this.from < bytes) {
      const block = await this.next(isFinal);
      if (block === undefined) this.ended = true;
      else this.keep(block);
    }
    return { text: this.hold.subarray(this.from, this.to), ended: this.ended, cutBytes: 0 };
  }

  pass(bytes: number): void {
    this.from += bytes;
  }

  fileBytes(): number {
    return this.source.fileBytes;
  }

  /** As `FileText.skipTo`; false when the text ends before. */
  async skipTo(byte: number, isFinal: boolean, show: (at: number, text: Buffer) => void): Promise<boolean> {
    let at = 0;
    while (at < byte) {
      const { text } = await this.peek(1, isFinal);
      const part = text.subarray(0, byte - at);
      if (part.length === 0) return false;
      show(at, part);
      this.pass(part.length);
      at += part.length;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.source.close();
  }

  private async next(isFinal: boolean): Promise<Buffer | undefined> {
    try {
      return await this.source.read();
    } catch (error) {
      const isCut = error instanceof UploaderError && error.code === 'gzip-corrupt' && error.context['cause'] === 'Z_BUF_ERROR';
      if (isCut && !isFinal) {
        this.cut = true;
        return undefined;
      }
      throw error;
    }
  }

  private keep(block: Buffer): void {
    const size = this.to - this.from + block.length;
    if (this.to + block.length > this.hold.length) {
      const target = size > this.hold.length ? Buffer.allocUnsafeSlow(Math.max(size, this.hold.length * 2)) : this.hold;
      this.hold.copy(target, 0, this.from, this.to);
      this.hold = target;
      this.to -= this.from;
      this.from = 0;
    }
    block.copy(this.hold, this.to);
    this.to += block.length;
  }
}
