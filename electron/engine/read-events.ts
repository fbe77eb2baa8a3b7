/** read → shape → batch, for one file: what a reader thread does. */
import { createHash, type Hash } from 'node:crypto';
import type { ServiceSchema } from '../../shared/contract/schema.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';
import { BatchBuilder, type BatchLimits } from './batch/batch-builder.ts';
import type { Batch, Position } from './model.ts';
import { readColumns, type Columns } from './read/columns.ts';
import { recordKind } from './read/framed-records.ts';
import { isLineOpenAt, maxRecordBytes, openRows, sniffRows } from './read/open-rows.ts';
import type { ReadFormat } from './read/sniff.ts';
import { maxTailRecordBytes, type TailFormat } from './read/tail-protocol.ts';
import { addPlain, compileShaper, damageIn, positionAfter, rejectOf, shapeRecords, type RecordShaper } from './row-shaping.ts';
import type { SeenFields } from './shape/seen-fields.ts';
import type { FieldTypes } from './shape/shaper.ts';

export interface ReadOrder {
  readonly path: string;
  readonly fileName: string;
  readonly mapping: Mapping;
  readonly fieldTypes: FieldTypes;
  /** Of the tenant, where it is known. */
  readonly schema?: ServiceSchema | undefined;
  readonly maxEventBytes: number;
  /** As `ShapeSettings` has it. */
  readonly pastService?: boolean | undefined;
  readonly limits: BatchLimits;
  /** Where to begin; at the first row when absent. */
  readonly from?: Position | undefined;
  /** Where to stop; at the end of the file when absent. */
  readonly to?: Position | undefined;
  /** Rows of a file that is tailed: read by the format it had then, and cut as they were cut then. */
  readonly tail?: TailFormat | undefined;
  /** Reading ends with so many rejected rows; at least 1. Any number when absent. */
  readonly mostRejects?: number | undefined;
  /** Gets the names of the fields of every event, where that is wanted. */
  readonly seen?: SeenFields | undefined;
}

export interface ReadResult {
  /** Where the next row would begin. */
  readonly end: Position;
  /** The last line has no line end. */
  readonly endedOpen: boolean;
  /** By `mostRejects`, perhaps before the end of the file. */
  readonly stopped?: boolean;
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
export interface RowShaper extends ReadPlan, RecordShaper {
  readonly columns: readonly string[];
}

/** Finds out how to read a file and compiles its mapping. Throws `UploaderError` with the reason when that cannot be. */
export async function prepareRows(
  order: Pick<ReadOrder, 'path' | 'fileName' | 'mapping' | 'fieldTypes' | 'schema' | 'maxEventBytes' | 'pastService' | 'tail' | 'seen'>,
): Promise<RowShaper> {
  const { tail, mapping, fileName, fieldTypes, schema, maxEventBytes, pastService, seen } = order;
  const format = tail?.read ?? (await sniffRows(order.path, mapping.format)).format;
  const settings = { mapping, fileName, fieldTypes, schema, maxEventBytes, pastService, seen };
  const columns = tail === undefined ? await columnsOf(order.path, format) : { ...tail, names: tail.columns };
  const maxBytes = tail === undefined ? maxRecordBytes : maxTailRecordBytes;
  const shaper = compileShaper(order.path, settings, format, columns.names, maxBytes);
  return { ...shaper, format, headerText: columns.headerText, firstRow: columns.firstRow, columns: columns.names };
}

const columnsOf = async (path: string, format: ReadFormat): Promise<Columns> =>
  format.kind === 'csv' ? readColumns(path, format) : { names: [], firstRow: { byte: format.bomBytes, line: 1, row: 0 }, headerText: '' };

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
  const { source, reader } = await openRows(order.path, shaper.format, from, shaper.maxRecordBytes, (bytes) => {
    // What was read before and belongs to no batch yet (blank lines) stands before it in the next one.
    overlong ??= builder.isEmpty ? hash : createHash('sha256');
    overlong.update(bytes);
  });
  try {
    let row = from.row;
    let end = from;
    let rejectsLeft = order.mostRejects ?? Infinity;
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
      let count = order.to === undefined ? records.count : Math.min(records.count, order.to.row - row);
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
        else {
          builder.addReject(rejectOf(shaped, block, at, row));
          rejectsLeft -= 1;
        }
        row += 1;
        end = positionAfter(block, at, row);
        at += 1;
        if (rejectsLeft === 0) count = at;
      }
      if (count === records.count && rejectsLeft > 0) end = { byte: baseByte + block.length, row, line: baseLine + block.lines };
      // Blank lines behind the last row belong to its batch or not, as the blocks fell when it was planned.
      if (order.to !== undefined && row >= order.to.row && baseByte + block.length >= order.to.byte && end.row === order.to.row)
        end = order.to;
      if (end.byte - baseByte > hashed) hash.update(text.subarray(hashed, end.byte - baseByte));
      // A row where only blank lines may be: the file is no longer what it was.
      if (count < records.count || rejectsLeft === 0) break;
    }
    const last = await close(0);
    if (last !== undefined) yield last;
    if (rejectsLeft === 0) return { end, endedOpen: false, stopped: true };
    const endedOpen = end.byte > from.byte ? reader.endedOpen : await isLineOpenAt(order.path, shaper.format, end.byte);
    return { end, endedOpen };
  } finally {
    await source.close();
  }
}
