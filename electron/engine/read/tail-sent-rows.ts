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
 * Compares the rows before the position with the hashes of those that were sent (8 bytes a row, in their order). Rows that
 * nobody can number alike (the file has more or fewer of them there, as behind a header within it) count as the same. Throws
 * `UploaderError` when file or hashes cannot be read.
 */
export async function hasSentRows(path: string, { format, position }: TailStand, hashesPath: string): Promise<boolean> {
  const hashes = await readFile(hashesPath).catch((error: unknown) => {
    throw unreadable(hashesPath, error);
  });
  const rows = position.row - format.firstRow.row;
  if (hashes.length < rows * hashBytes) return true;
  const { source, reader } = await openRows(path, format.read, format.firstRow, maxTailRecordBytes, () => undefined);
  const found = new Uint32Array(2);
  let row = 0;
  let differs = false;
  try {
    for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
      const { records, text, baseByte } = block;
      for (let at = 0; at < records.count; at += 1, row += 1) {
        const start = records.starts[at] ?? 0;
        if (baseByte + start >= position.byte) return row !== rows || !differs;
        if (differs || row >= rows || records.kinds[at] !== recordKind.whole) continue;
        hashRow(text, start, records.ends[at] ?? 0, found, 0);
        const place = row * hashBytes;
        differs = hashes.readUInt32LE(place) !== found[0] || hashes.readUInt32LE(place + 4) !== found[1];
      }
    }
    return row !== rows || !differs;
  } finally {
    await source.close();
  }
}
