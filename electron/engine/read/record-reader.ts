import type { Position } from '../model.ts';
import type { ByteSource } from './byte-source.ts';
import { FramedRecords, recordKind, type Framer } from './framed-records.ts';

/** Records cut out of one stretch of text. Valid until the next call of `read`. */
export interface RecordBlock {
  readonly text: Buffer;
  readonly records: FramedRecords;
  /** Offset in the source of `text[0]`. */
  readonly baseByte: number;
  /** Line number (from 1) of the line at `text[0]`. */
  readonly baseLine: number;
  /** Bytes of the source this block stands for, blank lines at its end included. */
  readonly length: number;
  /** Lines it stands for. */
  readonly lines: number;
  /** `text` holds only the beginning of one record, which was too long to keep; its bytes went to `observe`. */
  readonly abridged: boolean;
}

export interface RecordReader {
  /** The next stretch of text with its records (none when it is blank); undefined at the end of the source. */
  read(): Promise<RecordBlock | undefined>;
  /** Where the first record not given out yet begins. */
  readonly position: Omit<Position, 'row'>;
  /** Whether the text ended without a line end; known at the end. */
  readonly endedOpen: boolean;
}

const firstHoldBytes = 512 * 1024;

/** How much of an overlong record is kept to show it. */
const overlongSampleBytes = 2_000;

/**
 * Reads a source record by record, from `start` on. Memory is bounded by one block and one record of `maxRecordBytes`;
 * of a longer record only the beginning is kept, its end is looked for block by block.
 */
export function createRecordReader(
  source: ByteSource,
  framer: Framer,
  start: Omit<Position, 'row'>,
  maxRecordBytes: number,
  observe: (bytes: Buffer) => void,
): RecordReader {
  const records = new FramedRecords();
  /** Holds what is read and not given out yet: `hold[from..to)`. Used again and again, so that a large file makes no garbage. */
  let hold = Buffer.allocUnsafeSlow(firstHoldBytes);
  let from = 0;
  let to = 0;
  let byte = start.byte;
  let line = start.line;
  let ended = false;
  let endedOpen = false;

  const keep = (block: Buffer): void => {
    if (to + block.length > hold.length) {
      const size = to - from + block.length;
      const target = size > hold.length ? Buffer.allocUnsafeSlow(Math.max(size, hold.length * 2)) : hold;
      hold.copy(target, 0, from, to);
      hold = target;
      to -= from;
      from = 0;
    }
    block.copy(hold, to);
    to += block.length;
  };

  const readBlock = async (): Promise<Buffer | undefined> => {
    const block = await source.read();
    if (block === undefined) ended = true;
    else endedOpen = block[block.length - 1] !== framer.newline;
    return block;
  };

  const fill = async (): Promise<void> => {
    const block = await readBlock();
    if (block !== undefined) keep(block);
  };

  /** The record at the front is longer than can be held: keeps its beginning and finds its end. */
  const passOverlong = async (): Promise<RecordBlock> => {
    const sample = Buffer.from(hold.subarray(from, Math.min(to, from + overlongSampleBytes)));
    observe(hold.subarray(from, to));
    let length = to - from;
    from = 0;
    to = 0;
    for (;;) {
      const block = await readBlock();
      if (block === undefined) break;
      const end = block.indexOf(framer.newline);
      if (end === -1) {
        observe(block);
        length += block.length;
        continue;
      }
      observe(block.subarray(0, end + 1));
      length += end + 1;
      keep(block.subarray(end + 1));
      break;
    }
    records.count = 0;
    records.push(0, sample.length, length, 0, 1, recordKind.tooLong);
    const found: RecordBlock = { text: sample, records, baseByte: byte, baseLine: line, length, lines: 1, abridged: true };
    byte += length;
    line += 1;
    return found;
  };

  return {
    get position() {
      return { byte, line };
    },
    get endedOpen() {
      return endedOpen;
    },
    async read() {
      for (;;) {
        if (from === to && !ended) await fill();
        if (from === to && ended) return undefined;
        const text = hold.subarray(from, to);
        const framed = framer.frame(text, 0, text.length, ended, records);
        const block = { text, records, baseByte: byte, baseLine: line, length: framed.consumed, lines: framed.lines, abridged: false };
        from += framed.consumed;
        byte += framed.consumed;
        line += framed.lines;
        if (framed.consumed > 0) return block;
        if (ended) continue;
        if (to - from > maxRecordBytes) return passOverlong();
        await fill();
      }
    },
  };
}
