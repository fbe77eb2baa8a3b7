/** read → shape → batch, for one file: what a reader thread does. */
import { createHash, type Hash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import type { ServiceSchema } from '../../shared/contract/schema.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import { BatchBuilder, type BatchLimits } from './batch/batch-builder.ts';
import { UploaderError } from './errors.ts';
import type { Batch, Position, Reject } from './model.ts';
import { cellsOnDemand } from './read/csv-cells.ts';
import { readColumns } from './read/columns.ts';
import { recordKind } from './read/framed-records.ts';
import { isLineOpenAt, openRows, sniffRows } from './read/open-rows.ts';
import type { RecordBlock } from './read/record-reader.ts';
import type { ReadFormat } from './read/sniff.ts';
import { createCsvEncoder, type CsvEncoder } from './shape/csv-encoder.ts';
import { compileCsvShaper, type CsvPlan } from './shape/csv-event.ts';
import { compileNdjsonShaper } from './shape/ndjson-event.ts';
import { reject as shapeReject, type FieldTypes, type Shaped, type ShapeReject } from './shape/shaper.ts';

export interface ReadOrder {
  readonly path: string;
  readonly fileName: string;
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypes;
  /** Of the tenant, where it is known. */
  readonly schema?: ServiceSchema | undefined;
  readonly maxEventBytes: number;
  readonly limits: BatchLimits;
  /** Where to begin; at the first row when absent. */
  readonly from?: Position | undefined;
  /** Where to stop; at the end of the file when absent. */
  readonly to?: Position | undefined;
}

export interface ReadResult {
  /** Where the next row would begin. */
  readonly end: Position;
  /** The last line has no line end. */
  readonly endedOpen: boolean;
}

/** A batch, with how far the file itself was read. */
export type ReadBatch = Batch & { readonly fileBytes: number };

/** How the file is read, and its header as it stands there (for a file of rejects). */
export interface ReadPlan {
  readonly format: ReadFormat;
  readonly headerText: string;
  readonly firstRow: Position;
}

/** Everything needed to turn records of one file into events. */
export interface RowShaper extends ReadPlan {
  readonly columns: readonly string[];
  /** Shapes the records of a block: `result(i)` belongs to record i. */
  shapeBlock(block: RecordBlock): (index: number) => Shaped;
  /** Writes the event of a plain record straight from its bytes; -1 where `shapeBlock` has to decide. */
  readonly encode: CsvEncoder | undefined;
  /** What the columns become, where they alone decide. */
  readonly plan?: CsvPlan | undefined;
}

/** Finds out how to read a file and compiles its mapping. Throws `UploaderError` with the reason when that cannot be. */
export async function prepareRows(
  order: Pick<ReadOrder, 'path' | 'fileName' | 'mapping' | 'fieldTypes' | 'schema' | 'maxEventBytes'>,
): Promise<RowShaper> {
  const { format } = await sniffRows(order.path, order.mapping.format);
  const { mapping, fileName, fieldTypes, schema, maxEventBytes } = order;
  const settings = { mapping, fileName, fieldTypes, schema, maxEventBytes };
  if (format.kind === 'ndjson') {
    const compiled = compileNdjsonShaper(settings);
    if (!compiled.ok) throw new UploaderError(compiled.failure.code, compiled.failure.message, compiled.failure.context);
    const { shape } = compiled;
    return {
      format,
      headerText: '',
      firstRow: { byte: format.bomBytes, line: 1, row: 0 },
      columns: [],
      encode: undefined,
      shapeBlock:
        ({ text, records }) =>
        (index) =>
          shape(text.toString('utf8', records.starts[index], records.ends[index])),
    };
  }
  const columns = await readColumns(order.path, format);
  const base = { format, headerText: columns.headerText, firstRow: columns.firstRow, columns: columns.names };
  if (columns.names.length === 0)
    return { ...base, encode: undefined, shapeBlock: () => () => shapeReject('ragged-row', '', 'the file has no header') };
  const compiled = compileCsvShaper(settings, columns.names);
  if (!compiled.ok)
    throw new UploaderError(compiled.failure.code, `${order.path}: ${compiled.failure.message}`, {
      ...compiled.failure.context,
      path: order.path,
    });
  const { shape, plan } = compiled.shape;
  return {
    ...base,
    plan,
    encode: plan === undefined ? undefined : createCsvEncoder(plan, format),
    shapeBlock({ text, records }) {
      const cellsOf = cellsOnDemand(text, records, format);
      return (index) => {
        const cells = cellsOf(index);
        return cells === undefined ? shapeReject('quote-malformed', '', 'the quotes of this row cannot be made out') : shape(cells);
      };
    },
  };
}

/** Where the bodies of batches are written; the next one is there when one of the earlier ones was given back. */
export interface BodyBuffers {
  take(): Promise<Buffer>;
}

const newBuffers: BodyBuffers = { take: () => Promise.resolve(Buffer.allocUnsafeSlow(64 * 1024)) };

/** Reads, shapes and batches the rows of a file, in constant memory. */
export async function* readEvents(order: ReadOrder, shaper: RowShaper, buffers = newBuffers): AsyncGenerator<ReadBatch, ReadResult> {
  const from = order.from ?? shaper.firstRow;
  let hash = createHash('sha256');
  let overlong: Hash | undefined;
  const builder = new BatchBuilder(order.limits, from, await buffers.take());
  const { source, reader } = await openRows(order.path, shaper.format, from, (bytes) => {
    // What was read before and belongs to no batch yet (blank lines) stands before it in the next one.
    overlong ??= builder.isEmpty ? hash : createHash('sha256');
    overlong.update(bytes);
  });
  try {
    let row = from.row;
    let end = from;
    const close = async (draftBytes: number): Promise<ReadBatch | undefined> => {
      if (builder.isEmpty) return undefined;
      const built = builder.close(end, draftBytes, await buffers.take());
      if (built === undefined) return undefined;
      const sourceDigest = hash.digest('hex');
      hash = createHash('sha256');
      return { ...built, sourceDigest, fileBytes: source.fileBytes };
    };
    while (order.to === undefined || row < order.to.row || end.byte < order.to.byte) {
      const block = await reader.read();
      if (block === undefined) break;
      const { text, records, baseByte, baseLine } = block;
      const count = order.to === undefined ? records.count : Math.min(records.count, order.to.row - row);
      const damage = damageIn(block);
      const shapeAt = shapeRecords(block, shaper, damage);
      const encode = damage === 'none' ? shaper.encode : undefined;
      let hashed = 0;
      if (block.abridged) {
        const batch = await close(0);
        if (batch !== undefined) yield batch;
        hash = overlong ?? hash;
        overlong = undefined;
        hashed = block.length;
      }
      let at = 0;
      while (at < count) {
        if (encode !== undefined) {
          const next = addPlain(builder, encode, block, at, count, row);
          row += next - at;
          if (next > at) end = positionAfter(block, next - 1, row);
          at = next;
          if (at === count) break;
        }
        const shaped = shapeAt(at);
        const bytes = typeof shaped === 'string' ? builder.write(shaped) : 0;
        // Whether an overlong row came whole or was passed by is chance; a batch begins with it in both cases.
        if (!builder.fits(bytes) || records.kinds[at] === recordKind.tooLong) {
          if (end.byte - baseByte > hashed) {
            hash.update(text.subarray(hashed, end.byte - baseByte));
            hashed = end.byte - baseByte;
          }
          const batch = await close(bytes);
          if (batch !== undefined) yield batch;
        }
        if (typeof shaped === 'string') builder.add(row, bytes);
        else builder.addReject(rejectOf(shaped, block, at, row));
        row += 1;
        end = positionAfter(block, at, row);
        at += 1;
      }
      if (count === records.count) end = { byte: baseByte + block.length, row, line: baseLine + block.lines };
      // Blank lines behind the last row belong to its batch or not, as the blocks fell when it was planned.
      if (order.to !== undefined && row >= order.to.row && baseByte + block.length >= order.to.byte && end.row === order.to.row)
        end = order.to;
      if (end.byte - baseByte > hashed) hash.update(text.subarray(hashed, end.byte - baseByte));
      // A row where only blank lines may be: the file is no longer what it was.
      if (count < records.count) break;
    }
    const last = await close(0);
    if (last !== undefined) yield last;
    const endedOpen = end.byte > from.byte ? reader.endedOpen : await isLineOpenAt(order.path, shaper.format, end.byte);
    return { end, endedOpen };
  } finally {
    await source.close();
  }
}

const positionAfter = ({ records, baseByte, baseLine }: RecordBlock, index: number, row: number): Position => ({
  byte: baseByte + (records.nexts[index] ?? 0),
  line: baseLine + (records.nextLines[index] ?? 0),
  row,
});

/**
 * Adds the events of plain records, from `at` on, until one is not plain or no longer fits; returns its index. The loop that
 * most rows of most files go through: on its own, so that it is compiled as what it is.
 */
function addPlain(
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
  [recordKind.tooLong]: shapeReject('record-too-long', '', 'the row is longer than 16 MiB, far more than an event can hold'),
};

/** What is wrong with the bytes of a block, as far as it concerns whole records. */
export function damageIn(block: RecordBlock): 'none' | 'some' {
  const used = block.text.subarray(0, block.length);
  return block.abridged || used.includes(0) || !isUtf8(used) ? 'some' : 'none';
}

/** Shapes the records of a block; those that are damaged as text become rejects before they are shaped. */
export function shapeRecords(block: RecordBlock, shaper: RowShaper, damage = damageIn(block)): (index: number) => Shaped {
  const { text, records } = block;
  const shapeAt = shaper.shapeBlock(block);
  return (index) => {
    const kind = records.kinds[index] ?? recordKind.whole;
    if (kind !== recordKind.whole) return framingRejects[kind] ?? shapeReject('quote-malformed', '', 'the row cannot be read');
    if (damage === 'some') {
      const record = text.subarray(records.starts[index], records.ends[index]);
      if (record.includes(0)) return shapeReject('nul-byte', '', 'the row holds NUL bytes, as a crashed or full disk leaves them');
      if (!isUtf8(record)) return shapeReject('encoding-invalid', '', 'the row holds bytes that are no valid UTF-8 text');
    }
    return shapeAt(index);
  };
}

function rejectOf(shaped: ShapeReject, block: RecordBlock, index: number, row: number): Reject {
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
