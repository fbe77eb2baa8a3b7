import { recordKind } from './framed-records.ts';
import { openRows } from './open-rows.ts';
import { maxTailRecordBytes, type TailFormat } from './tail-protocol.ts';
import { hashRow } from './tail-row-hash.ts';

/**
 * Hash (hex) of the row that stands in a file where the first row of that format begins, as `tail-edges` makes it; undefined when
 * there is none or the file cannot be read.
 */
export async function firstRowAt(path: string, format: TailFormat): Promise<string | undefined> {
  const opened = await openRows(path, format.read, format.firstRow, maxTailRecordBytes, () => undefined).catch(() => undefined);
  if (opened === undefined) return undefined;
  const { source, reader } = opened;
  try {
    const block = await reader.read();
    if (block === undefined || block.records.count === 0 || block.records.kinds[0] !== recordKind.whole) return undefined;
    const hash = new Uint32Array(2);
    hashRow(block.text, block.records.starts[0] ?? 0, block.records.ends[0] ?? 0, hash, 0);
    return Buffer.from(hash.buffer).toString('hex');
  } catch {
    return undefined;
  } finally {
    await source.close();
  }
}
