/** What became of one record when it was cut out of the text. */
export const recordKind = { whole: 0, quoteMalformed: 1, quoteUnclosed: 2, tooLong: 3 } as const;

/**
 * The records of one stretch of text. Arrays are reused from one stretch to the next; only the first `count` entries mean
 * something. Offsets are relative to the beginning of the stretch, lines to its first line. Blank lines are no records.
 */
export class FramedRecords {
  count = 0;
  /** Where the record begins. */
  starts = new Int32Array(4096);
  /** Where its text ends, the line end left out. */
  ends = new Int32Array(4096);
  /** Where what follows the record begins, its line end included. */
  nexts = new Int32Array(4096);
  lines = new Int32Array(4096);
  /** Line at which what follows begins. */
  nextLines = new Int32Array(4096);
  kinds = new Uint8Array(4096);

  push(start: number, end: number, next: number, line: number, nextLine: number, kind: number): void {
    if (this.count === this.starts.length) this.grow();
    const at = this.count++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.nexts[at] = next;
    this.lines[at] = line;
    this.nextLines[at] = nextLine;
    this.kinds[at] = kind;
  }

  private grow(): void {
    const size = this.starts.length * 2;
    const larger = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(size);
      array.set(old);
      return array;
    };
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.nexts = larger(this.nexts);
    this.lines = larger(this.lines);
    this.nextLines = larger(this.nextLines);
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}

/** What one call of a framer got through. */
export interface Framed {
  /** Offset of the first byte not consumed. */
  readonly consumed: number;
  /** Lines passed. */
  readonly lines: number;
}

/** How the text of a format is cut into records. */
export interface Framer {
  /** The byte that ends a line. */
  readonly newline: number;
  /**
   * Cuts complete records out of `text[from..to)`, which begins at a record. `atEnd`: nothing follows, so the last record
   * is complete without a line end. What is not complete yet is left unconsumed.
   */
  frame(text: Buffer, from: number, to: number, atEnd: boolean, into: FramedRecords): Framed;
}
