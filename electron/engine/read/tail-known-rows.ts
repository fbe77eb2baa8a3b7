import { readFile } from 'node:fs/promises';
import { unreadable } from './byte-source.ts';
import { hashRow } from './tail-row-hash.ts';

const spent = 0xffff_ffff;

/** Which rows are passed over. */
export interface PassedRows {
  /** Whether the row is one of them. */
  takes(text: Uint8Array, start: number, end: number): boolean;
}

export const allRows: PassedRows = { takes: () => true };

/** Rows that were sent before, by their hashes, each as often as it was. A table in flat memory: there may be millions. */
export class KnownRows implements PassedRows {
  private readonly mask: number;
  private readonly keys: Uint32Array;
  private readonly counts: Uint32Array;
  private readonly probe = new Uint32Array(2);

  /** @param hashes 8 bytes a row, as `TailSegment.rowHashes` */
  constructor(hashes: Uint8Array) {
    const rows = Math.floor(hashes.length / 8);
    let size = 16;
    while (size < rows * 2) size *= 2;
    this.mask = size - 1;
    this.keys = new Uint32Array(size * 2);
    this.counts = new Uint32Array(size);
    const view = new DataView(hashes.buffer, hashes.byteOffset, rows * 8);
    for (let row = 0; row < rows; row += 1) {
      const first = view.getUint32(row * 8, true);
      const second = view.getUint32(row * 8 + 4, true);
      const at = this.find(first, second);
      this.keys[at * 2] = first;
      this.keys[at * 2 + 1] = second;
      this.counts[at] = this.countAt(at) + 1;
    }
  }

  /** Throws `UploaderError` when the list cannot be read. */
  static async load(path: string): Promise<KnownRows> {
    const hashes = await readFile(path).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    return new KnownRows(hashes);
  }

  /** Whether the row is in the list; once less from then on. */
  takes(text: Uint8Array, start: number, end: number): boolean {
    hashRow(text, start, end, this.probe, 0);
    const at = this.find(this.probe[0] ?? 0, this.probe[1] ?? 0);
    const count = this.countAt(at);
    if (count === 0 || count === spent) return false;
    // A place once taken stays taken, or what was put behind it would not be found.
    this.counts[at] = count === 1 ? spent : count - 1;
    return true;
  }

  private countAt(at: number): number {
    return this.counts[at] ?? 0;
  }

  /** The place of these halves, or the free one where they would be put. */
  private find(first: number, second: number): number {
    let at = (first ^ (second >>> 3)) & this.mask;
    while (this.countAt(at) !== 0 && (this.keys[at * 2] !== first || this.keys[at * 2 + 1] !== second)) at = (at + 1) & this.mask;
    return at;
  }
}
