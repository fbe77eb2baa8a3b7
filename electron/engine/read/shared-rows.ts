import { recordKind } from './framed-records.ts';
import { openRows } from './open-rows.ts';
import { KnownRows } from './tail-known-rows.ts';
import { maxTailRecordBytes, type TailFormat } from './tail-protocol.ts';

/** So many rows at the beginning of a file are looked at. */
const mostRows = 100;

/**
 * Whether one of the first rows of a file, read in that format, is in the list of row hashes (8 bytes a row). False when it, or
 * the list, cannot be read.
 */
export async function sharesRows(path: string, format: TailFormat, hashesPath: string): Promise<boolean> {
  const opened = await openRows(path, format.read, format.firstRow, maxTailRecordBytes, () => undefined).catch(() => undefined);
  if (opened === undefined) return false;
  const { source, reader } = opened;
  try {
    const known = await KnownRows.load(hashesPath);
    const block = await reader.read();
    if (block === undefined) return false;
    const { records, text } = block;
    for (let at = 0; at < Math.min(records.count, mostRows); at += 1)
      if (records.kinds[at] === recordKind.whole && known.takes(text, records.starts[at] ?? 0, records.ends[at] ?? 0)) return true;
    return false;
  } catch {
    return false;
  } finally {
    await source.close();
  }
}
