import type { FormatSettings } from '../../../shared/contract/mapping.ts';
import type { Position } from '../model.ts';
import { maxRecordBytes, openRows, sniffFile } from './open-rows.ts';

export interface RowSource {
  /** Counted from 0. */
  readonly row: number;
  readonly line: number;
  /** The row as it stands in the source, without its line end. */
  readonly source: string;
}

/** The texts of some rows between two positions, in their order. For the few rows a service refuses. */
export async function readRowSources(
  path: string,
  settings: FormatSettings,
  from: Position,
  to: Position,
  rows: Pick<ReadonlySet<number>, 'has'>,
): Promise<readonly RowSource[]> {
  const { format } = await sniffFile(path, settings);
  const { source, reader } = await openRows(path, format, from, maxRecordBytes, () => undefined);
  const found: RowSource[] = [];
  try {
    let row = from.row;
    while (row < to.row) {
      const block = await reader.read();
      if (block === undefined) break;
      const { records, text } = block;
      for (let at = 0; at < records.count && row < to.row; at += 1, row += 1) {
        if (!rows.has(row)) continue;
        found.push({
          row,
          line: block.baseLine + (records.lines[at] ?? 0),
          source: text.toString('utf8', records.starts[at], records.ends[at]),
        });
      }
    }
    return found;
  } finally {
    await source.close();
  }
}
