/** read → shape → batch, for one stretch of a file that is tailed. */
import { createHash, type Hash } from 'node:crypto';
import type { Position } from './model.ts';
import { cellsOnDemand } from './read/csv-cells.ts';
import { recordKind, type Framed, type FramedRecords } from './read/framed-records.ts';
import type { RecordBlock } from './read/record-reader.ts';
import type { TailFile, TailStand } from './read/tail-file.ts';
import { lastBytes } from './read/tail-identity.ts';
import type { TailFormat, TailOutcome } from './read/tail-protocol.ts';
import { addPlain, damageIn, positionAfter, rejectOf, shapeRecords, type RecordShaper } from './row-shaping.ts';
import { reject, type ShapeReject } from './shape/shaper.ts';
import type { OpenSegment, TailGather } from './tail-gather.ts';

const startBytes = 4_096;
const lastRowBytes = 1_024;
const sampleBytes = 2_000;

/** Blank lines behind the last row that was told; they belong to the next segment. */
export interface BlankLines {
  readonly from: Position;
  readonly hash: Hash;
}

export interface RowsOf {
  readonly file: TailFile;
  readonly stand: TailStand;
  readonly shaper: RecordShaper;
  readonly timeColumn: string;
  readonly blanks: Map<TailFile, BlankLines>;
  /** The rows were cut by the end of the file. */
  readonly isTimeDependent: boolean;
}

type Drift = Extract<TailOutcome, { kind: 'drift' }>;
/** Why what is behind is not read now. */
type Stop = Extract<TailOutcome, { kind: 'drift' | 'rejects-over' }>;

/**
 * Adds the rows of a block to the open body, which is given out whenever it is full. The stand moves behind them; at another
 * header it stays before it, and the drift is returned; so is that no more rows may be rejected.
 */
export async function addRows(gather: TailGather, rows: RowsOf, block: RecordBlock): Promise<Stop | undefined> {
  const { file, stand, shaper, blanks } = rows;
  const { builder } = gather;
  const { text, records, baseByte } = block;
  const begin = stand.position;
  const damage = damageIn(block);
  const shapeAt = shapeRecords(block, shaper, damage);
  const encode = damage === 'none' && file.known === undefined ? shaper.encode : undefined;
  const headerAt = headersIn(block, stand.format, rows.timeColumn);
  let { row } = begin;
  let end = begin;
  let hashed = 0;
  let stop: Stop | undefined;

  /** The segment so far is complete up to `end`. */
  const settle = (segment: OpenSegment): void => {
    const offset = end.byte - baseByte;
    if (offset > hashed) segment.hash.update(text.subarray(hashed, offset));
    hashed = Math.max(hashed, offset);
    segment.to = end;
    segment.identity = stand.identity.after(text.subarray(0, offset));
    segment.fileBytes = stand.text.fileBytes(offset);
  };
  const segment = async (): Promise<OpenSegment> => {
    const open = gather.segmentOf(file);
    if (open !== undefined) return open;
    const blank = blanks.get(file);
    blanks.delete(file);
    return gather.begin(file, blank?.from ?? end, blank?.hash);
  };
  const sealed = (): void => {
    const blank = gather.withdraw(file);
    if (blank !== undefined) blanks.set(file, blank);
    const open = gather.segmentOf(file);
    if (open !== undefined) settle(open);
    gather.seal();
  };

  let at = 0;
  while (at < records.count) {
    const open = await segment();
    if (encode !== undefined) {
      const next = addPlain(builder, encode, block, at, records.count, row);
      gather.hashRows(open, text, records, at, next, row);
      row += next - at;
      if (next > at) end = positionAfter(block, next - 1, row);
      at = next;
      if (at === records.count) break;
    }
    const isWhole = records.kinds[at] === recordKind.whole;
    const isKnown = isWhole && file.known?.takes(text, records.starts[at] ?? 0, records.ends[at] ?? 0) === true;
    let shaped = isKnown ? undefined : shapeAt(at);
    if (shaped !== undefined && typeof shaped !== 'string' && isWhole) {
      const header = headerAt(at);
      if (header === 'same') shaped = headerRepeated;
      else if (header !== undefined) {
        stop = { kind: 'drift', ...header, position: positionAfter(block, at, row) };
        break;
      }
    }
    const bytes = typeof shaped === 'string' ? builder.write(shaped) : 0;
    // Whether an overlong row came whole or went by unheld is chance; a segment begins with it in both cases.
    if (!builder.fits(bytes) || records.kinds[at] === recordKind.tooLong) sealed();
    if (!builder.fits(bytes)) await gather.give(bytes);
    const into = await segment();
    if (rows.isTimeDependent) into.isTimeDependent = true;
    if (shaped === undefined) {
      builder.passOver();
      into.passedOver += 1;
    } else if (typeof shaped === 'string') builder.add(row, bytes);
    else {
      const found = rejectOf(shaped, block, at, row);
      builder.addReject(found);
      into.rejects.push(found);
      countReject(file);
    }
    gather.hashRows(into, text, records, at, at + 1, row);
    row += 1;
    end = positionAfter(block, at, row);
    at += 1;
    if (file.rejectsLeft === 0) {
      stop = { kind: 'rejects-over' };
      break;
    }
  }
  if (stop !== undefined) sealed();
  else end = { byte: baseByte + block.length, row, line: block.baseLine + block.lines };
  const open = gather.segmentOf(file);
  const offset = end.byte - baseByte;
  if (open !== undefined) {
    settle(open);
    if (rows.isTimeDependent) open.isTimeDependent = true;
  } else if (offset > hashed) {
    const blank = blanks.get(file) ?? { from: begin, hash: createHash('sha256') };
    blank.hash.update(text.subarray(hashed, offset));
    blanks.set(file, blank);
  }
  const passed = text.subarray(0, offset);
  stand.identity.pass(offset, passed, passed);
  stand.text.pass(offset);
  stand.position = end;
  return stop;
}

function countReject(file: TailFile): void {
  if (file.rejectsLeft !== undefined) file.rejectsLeft -= 1;
}

/** What a framer cut out of a text that stands behind `position`. */
export const blockAt = (
  { position }: Pick<TailStand, 'position'>,
  records: FramedRecords,
  text: Buffer,
  { consumed, lines }: Framed,
): RecordBlock => ({ text, records, baseByte: position.byte, baseLine: position.line, length: consumed, lines, abridged: false });

/** Text of a row that is too long to be held goes by; true when its end was found. `isEnd`: the text is all there is going to be. */
export function passRow({ file, stand, blanks }: RowsOf, text: Buffer, isEnd: boolean): boolean {
  stand.passing ??= {
    hash: blanks.get(file)?.hash.copy() ?? createHash('sha256'),
    start: Buffer.alloc(0),
    last: Buffer.alloc(0),
    length: 0,
  };
  const { passing } = stand;
  const found = text.indexOf(stand.framer.newline);
  const part = found === -1 ? text : text.subarray(0, found + 1);
  passing.hash.update(part);
  if (passing.start.length < startBytes)
    passing.start = Buffer.concat([passing.start, part.subarray(0, startBytes - passing.start.length)]);
  passing.last = lastBytes(passing.last, part, lastRowBytes);
  passing.length += part.length;
  stand.text.pass(part.length);
  return found !== -1 || isEnd;
}

/** Adds the row that went by as a reject. */
export async function addPassedRow(gather: TailGather, rows: RowsOf, records: FramedRecords): Promise<void> {
  const { file, stand, blanks } = rows;
  const { passing, position } = stand;
  if (passing === undefined) return;
  const { start, last, length } = passing;
  const sample = start.subarray(0, sampleBytes);
  records.count = 0;
  records.push(0, sample.length, length, 0, 1, recordKind.tooLong);
  const block = { text: sample, records, baseByte: position.byte, baseLine: position.line, length, lines: 1, abridged: true };
  const shaped = shapeRecords(block, rows.shaper, 'some')(0);
  if (typeof shaped === 'string') return;
  gather.seal();
  if (!gather.builder.fits(0)) await gather.give(0);
  const segment = await gather.begin(file, blanks.get(file)?.from ?? position, passing.hash);
  blanks.delete(file);
  const found = rejectOf(shaped, block, 0, position.row);
  gather.builder.addReject(found);
  segment.rejects.push(found);
  countReject(file);
  gather.hashRows(segment, sample, records, 0, 1, position.row);
  stand.identity.pass(length, start, last);
  stand.position = positionAfter(block, 0, position.row + 1);
  stand.passing = undefined;
  segment.to = stand.position;
  segment.identity = stand.identity.after(Buffer.alloc(0));
  segment.fileBytes = stand.text.fileBytes(0);
  segment.isTimeDependent = rows.isTimeDependent;
}

const headerRepeated: ShapeReject = reject('header-repeated', '', 'the header of the file stands here once more');

/** Whether a row that is no event is a header: the same again, or another one. */
function headersIn(block: RecordBlock, format: TailFormat, timeColumn: string) {
  const { columns, headerText, read } = format;
  const { text, records } = block;
  const cellsOf = cellsOnDemand(text, records, read);
  const timeIndex = columns.indexOf(timeColumn);
  const known = new Set(columns);
  return (at: number): 'same' | Pick<Drift, 'columns' | 'headerText'> | undefined => {
    if (headerText === '') return undefined;
    const source = text.toString('utf8', records.starts[at], records.ends[at]);
    if (source === headerText) return 'same';
    const cells = cellsOf(at);
    if (cells === undefined) return undefined;
    if (cells.length === columns.length && cells.every((cell, index) => cell === columns[index])) return 'same';
    // One cell that happens to read like a column is no header.
    const named = new Set(cells.filter((cell) => known.has(cell))).size;
    const isHeader = cells[timeIndex] === timeColumn || (named >= 2 && named * 2 >= columns.length);
    if (!isHeader) return undefined;
    return { columns: cells.map((name, index) => (name.trim() === '' ? `column${index + 1}` : name)), headerText: source };
  };
}
