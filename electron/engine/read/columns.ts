import { UploaderError } from '../errors.ts';
import type { Position } from '../model.ts';
import { parseCells } from './csv-cells.ts';
import { recordKind } from './framed-records.ts';
import { maxRecordBytes, openRows } from './open-rows.ts';
import type { RecordBlock } from './record-reader.ts';
import type { ReadFormat } from './sniff.ts';

export interface Columns {
  readonly names: readonly string[];
  /** Where the first row begins. */
  readonly firstRow: Position;
  /** The header as it stands in the file; empty without one. */
  readonly headerText: string;
}

/**
 * Names of the columns of a CSV file: from the mapping, else from the header, else `column1` … by position.
 * A column without a name is called by its position too. Throws `UploaderError` `header-duplicate`.
 */
export async function readColumns(path: string, format: ReadFormat): Promise<Columns> {
  const start = { byte: format.bomBytes, line: 1 };
  const { source, reader } = await openRows(path, format, start, maxRecordBytes, () => undefined);
  try {
    let block = await reader.read();
    while (block !== undefined && block.records.count === 0) block = await reader.read();
    return columnsOf(path, format, block);
  } finally {
    await source.close();
  }
}

/** As `readColumns`, by the first records of the file; undefined: it has none. The block counts one record afterwards. */
export function columnsOf(path: string, format: ReadFormat, block: RecordBlock | undefined): Columns {
  const start = { byte: format.bomBytes, line: 1, row: 0 };
  if (block === undefined) return { names: format.columns ?? [], firstRow: start, headerText: '' };
  const { records } = block;
  const cells = records.kinds[0] === recordKind.whole ? parseCells(block.text, firstOnly(records), format)(0) : undefined;
  const line = block.baseLine + (records.lines[0] ?? 0);
  if (!format.header) {
    const names = format.columns ?? (cells ?? []).map((_, at) => `column${at + 1}`);
    return { names, firstRow: start, headerText: '' };
  }
  if (cells === undefined) {
    throw new UploaderError('file-not-text', `${path}: the header in line ${line} cannot be read`, { path, line, format: 'damaged CSV' });
  }
  const names = format.columns ?? cells.map((name, at) => (name.trim() === '' ? `column${at + 1}` : name));
  const twice = firstRepeated(names);
  if (twice !== undefined) {
    throw new UploaderError('header-duplicate', `${path}: line ${line} names the column ${twice} more than once`, {
      path,
      line,
      column: twice,
    });
  }
  return {
    names,
    firstRow: { byte: block.baseByte + (records.nexts[0] ?? 0), line: block.baseLine + (records.nextLines[0] ?? 0), row: 0 },
    headerText: block.text.toString('utf8', records.starts[0], records.ends[0]),
  };
}

function firstOnly<T extends { count: number }>(records: T): T {
  records.count = 1;
  return records;
}

function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
