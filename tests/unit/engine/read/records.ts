/** Everything a record reader gives for some bytes, in plain values. */
import { parseCells } from '../../../../electron/engine/read/csv-cells.ts';
import type { CsvDialect } from '../../../../electron/engine/read/csv-framer.ts';
import { recordKind, type Framer } from '../../../../electron/engine/read/framed-records.ts';
import { createRecordReader } from '../../../../electron/engine/read/record-reader.ts';
import { blocksOf } from './texts.ts';

export interface ReadRecord {
  readonly source: string;
  readonly kind: keyof typeof recordKind;
  readonly line: number;
  readonly nextLine: number;
  readonly byte: number;
  readonly nextByte: number;
  readonly cells: readonly string[] | undefined;
}

export interface ReadAll {
  readonly records: readonly ReadRecord[];
  readonly endedOpen: boolean;
  readonly position: { readonly byte: number; readonly line: number };
  /** Bytes of records too long to hold. */
  readonly observed: string;
}

export interface ReadOptions {
  readonly framer: Framer;
  readonly cuts: readonly number[];
  readonly maxRecordBytes: number;
  readonly dialect?: CsvDialect;
  readonly start?: { readonly byte: number; readonly line: number };
}

const kindOf = (kind: number | undefined): keyof typeof recordKind => {
  const found = Object.entries(recordKind).find(([, value]) => value === kind)?.[0];
  if (found === 'whole' || found === 'quoteMalformed' || found === 'quoteUnclosed' || found === 'tooLong') return found;
  throw new Error(`no kind of record: ${String(kind)}`);
};

export async function readAll(bytes: Buffer, { framer, cuts, maxRecordBytes, dialect, start }: ReadOptions): Promise<ReadAll> {
  const observed: Buffer[] = [];
  const reader = createRecordReader(blocksOf(bytes, cuts), framer, start ?? { byte: 0, line: 1 }, maxRecordBytes, (part) =>
    observed.push(Buffer.from(part)),
  );
  const found: ReadRecord[] = [];
  for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
    const { text, records, baseByte, baseLine } = block;
    const cellsOf = dialect === undefined ? undefined : parseCells(text, records, dialect);
    for (let at = 0; at < records.count; at += 1) {
      found.push({
        source: text.toString('utf8', records.starts[at], records.ends[at]),
        kind: kindOf(records.kinds[at]),
        line: baseLine + (records.lines[at] ?? 0),
        nextLine: baseLine + (records.nextLines[at] ?? 0),
        byte: baseByte + (records.starts[at] ?? 0),
        nextByte: baseByte + (records.nexts[at] ?? 0),
        cells: cellsOf?.(at),
      });
    }
  }
  return { records: found, endedOpen: reader.endedOpen, position: reader.position, observed: Buffer.concat(observed).toString() };
}
