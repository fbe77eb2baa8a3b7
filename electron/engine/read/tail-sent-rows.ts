/** Whether a file still has the rows that were sent of it: all of them, not only the two windows that are looked at each time. */
import { readFile } from 'node:fs/promises';
import { unreadable } from './byte-source.ts';
import { recordKind } from './framed-records.ts';
import { openRows } from './open-rows.ts';
import type { TailStand } from './tail-file.ts';
import { maxTailRecordBytes } from './tail-protocol.ts';
import { hashRow } from './tail-row-hash.ts';

const hashBytes = 8;

/**
 * Compares the rows before the position, from the header on by which they are read, with the hashes of those that were sent (8
 * bytes a row, in their order). More or fewer of them are not the same either: an editor may have put two rows where three were,
 * without changing where the others stand. Throws `UploaderError` when file or hashes cannot be read.
 */
export async function hasSentRows(path: string, { format, position }: TailStand, hashesPath: string): Promise<boolean> {
  const hashes = await readFile(hashesPath).catch((error: unknown) => {
    throw unreadable(hashesPath, error);
  });
  if (hashes.length < position.row * hashBytes) return true;
  const { source, reader } = await openRows(path, format.read, format.firstRow, maxTailRecordBytes, () => undefined);
  const found = new Uint32Array(2);
  let { row } = format.firstRow;
  try {
    for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
      const { records, text, baseByte } = block;
      for (let at = 0; at < records.count; at += 1, row += 1) {
        const start = records.starts[at] ?? 0;
        if (baseByte + start >= position.byte) return row === position.row;
        if (row >= position.row) return false;
        if (records.kinds[at] !== recordKind.whole) continue;
        hashRow(text, start, records.ends[at] ?? 0, found, 0);
        const place = row * hashBytes;
        if (hashes.readUInt32LE(place) !== found[0] || hashes.readUInt32LE(place + 4) !== found[1]) return false;
      }
    }
    return row === position.row;
  } finally {
    await source.close();
  }
}
