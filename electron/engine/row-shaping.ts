/** read → shape, for the records of one block: what everything that reads rows has in common. */
import { isUtf8 } from 'node:buffer';
import type { BatchBuilder } from './batch/batch-builder.ts';
import { UploaderError } from './errors.ts';
import type { Position, Reject } from './model.ts';
import { cellsOnDemand } from './read/csv-cells.ts';
import { recordKind } from './read/framed-records.ts';
import type { RecordBlock } from './read/record-reader.ts';
import type { ReadFormat } from './read/sniff.ts';
import { createCsvEncoder, type CsvEncoder } from './shape/csv-encoder.ts';
import { compileCsvShaper, type CsvPlan } from './shape/csv-event.ts';
import { compileNdjsonShaper } from './shape/ndjson-event.ts';
import { reject as shapeReject, type Shaped, type ShapeReject, type ShapeSettings } from './shape/shaper.ts';

/** What turns records into events: the same for all files that have the same format and columns. */
export interface RecordShaper {
  /** Shapes the records of a block: `result(i)` belongs to record i. */
  shapeBlock(block: RecordBlock): (index: number) => Shaped;
  /** Writes the event of a plain record straight from its bytes; -1 where `shapeBlock` has to decide. */
  readonly encode: CsvEncoder | undefined;
  /** What the columns become, where they alone decide. */
  readonly plan?: CsvPlan | undefined;
  /** Longer records are not held and not shaped. */
  readonly maxRecordBytes: number;
}

/** Compiles a mapping. Throws `UploaderError` with the reason when the columns do not have what it needs. */
export function compileShaper(
  path: string,
  settings: ShapeSettings,
  format: ReadFormat,
  columns: readonly string[],
  maxRecordBytes: number,
): RecordShaper {
  if (format.kind === 'ndjson') {
    const compiled = compileNdjsonShaper(settings);
    if (!compiled.ok) throw new UploaderError(compiled.failure.code, compiled.failure.message, compiled.failure.context);
    const { shape } = compiled;
    return {
      encode: undefined,
      maxRecordBytes,
      shapeBlock:
        ({ text, records }) =>
        (index) =>
          shape(text.toString('utf8', records.starts[index], records.ends[index])),
    };
  }
  if (columns.length === 0)
    return { encode: undefined, maxRecordBytes, shapeBlock: () => () => shapeReject('ragged-row', '', 'the file has no header') };
  const compiled = compileCsvShaper(settings, columns);
  if (!compiled.ok)
    throw new UploaderError(compiled.failure.code, `${path}: ${compiled.failure.message}`, { ...compiled.failure.context, path });
  const { shape, plan } = compiled.shape;
  return {
    plan,
    encode: plan === undefined ? undefined : createCsvEncoder(plan, format, settings.seen),
    maxRecordBytes,
    shapeBlock({ text, records }) {
      const cellsOf = cellsOnDemand(text, records, format);
      return (index) => {
        const cells = cellsOf(index);
        return cells === undefined ? shapeReject('quote-malformed', '', 'the quotes of this row cannot be made out') : shape(cells);
      };
    },
  };
}

/** Where the row after record `index` begins, which has this number. */
export const positionAfter = ({ records, baseByte, baseLine }: RecordBlock, index: number, row: number): Position => ({
  byte: baseByte + (records.nexts[index] ?? 0),
  line: baseLine + (records.nextLines[index] ?? 0),
  row,
});

/**
 * Adds the events of plain records, from `at` on, until one is not plain or no longer fits; returns its index. The loop that
 * most rows of most files go through: on its own, so that it is compiled as what it is.
 */
export function addPlain(
  builder: BatchBuilder,
  encode: CsvEncoder,
  { text, records }: RecordBlock,
  at: number,
  count: number,
  row: number,
): number {
  let index = at;
  for (; index < count; index += 1) {
    if (records.kinds[index] !== recordKind.whole) break;
    const bytes = encode(text, records.starts[index] ?? 0, records.ends[index] ?? 0, builder);
    if (bytes < 0 || !builder.fits(bytes)) break;
    builder.add(row + index - at, bytes);
    encode.count?.(text);
  }
  return index;
}

/** How much of an overlong row is kept to show it. */
const overlongSampleBytes = 2_000;

const framingRejects: Readonly<Record<number, ShapeReject>> = {
  [recordKind.quoteMalformed]: shapeReject(
    'quote-malformed',
    '',
    'text follows the closing quote of a cell; a quote within a quoted cell is doubled',
  ),
  [recordKind.quoteUnclosed]: shapeReject('quote-unclosed', '', 'a cell of this line begins with a quote that is never closed'),
};

const tooLong = (maxRecordBytes: number): ShapeReject =>
  shapeReject('record-too-long', '', `the row is longer than ${maxRecordBytes / 1_048_576} MiB, far more than an event can hold`);

/** What is wrong with the bytes of a block, as far as it concerns whole records. */
export function damageIn(block: RecordBlock): 'none' | 'some' {
  const used = block.text.subarray(0, block.length);
  return block.abridged || used.includes(0) || !isUtf8(used) ? 'some' : 'none';
}

/** Shapes the records of a block; those that are damaged as text become rejects before they are shaped. */
export function shapeRecords(block: RecordBlock, shaper: RecordShaper, damage = damageIn(block)): (index: number) => Shaped {
  const { text, records } = block;
  const shapeAt = shaper.shapeBlock(block);
  return (index) => {
    const kind = records.kinds[index] ?? recordKind.whole;
    if (kind === recordKind.tooLong) return tooLong(shaper.maxRecordBytes);
    if (kind !== recordKind.whole) return framingRejects[kind] ?? shapeReject('quote-malformed', '', 'the row cannot be read');
    if (damage === 'some') {
      const record = text.subarray(records.starts[index], records.ends[index]);
      if (record.includes(0)) return shapeReject('nul-byte', '', 'the row holds NUL bytes, as a crashed or full disk leaves them');
      if (!isUtf8(record)) return shapeReject('encoding-invalid', '', 'the row holds bytes that are no valid UTF-8 text');
    }
    return shapeAt(index);
  };
}

export function rejectOf(shaped: ShapeReject, block: RecordBlock, index: number, row: number): Reject {
  const { records, text } = block;
  const from = records.starts[index] ?? 0;
  const end = records.ends[index] ?? 0;
  const isOverlong = records.kinds[index] === recordKind.tooLong;
  const source = text.toString('utf8', from, isOverlong ? Math.min(end, from + overlongSampleBytes) : end);
  const next = block.abridged ? block.length : (records.nexts[index] ?? 0);
  const reason = isOverlong
    ? `${shaped.reason} (bytes ${block.baseByte + from} to ${block.baseByte + next} of the file; only its beginning is kept here)`
    : shaped.reason;
  return { row, line: block.baseLine + (records.lines[index] ?? 0), column: shaped.column, code: shaped.code, reason, source };
}
