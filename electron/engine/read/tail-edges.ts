/** The beginning of a file that is tailed, and the end of what was read of it. */
import { recordKind, type FramedRecords } from './framed-records.ts';
import { lookBytes } from './tail-begin.ts';
import type { TailStand } from './tail-file.ts';
import { hashRow } from './tail-row-hash.ts';

/** Hash of the first row, hex, when it is complete. Uses `records`. */
export async function firstRowOf(stand: TailStand, isFinal: boolean, records: FramedRecords): Promise<string | undefined> {
  const { text } = await stand.text.peek(lookBytes, isFinal);
  stand.framer.frame(text, 0, text.length, isFinal, records);
  if (records.count === 0 || records.kinds[0] !== recordKind.whole) return undefined;
  const hash = new Uint32Array(2);
  hashRow(text, records.starts[0] ?? 0, records.ends[0] ?? 0, hash, 0);
  return Buffer.from(hash.buffer).toString('hex');
}

const lineEnds: ReadonlySet<number | undefined> = new Set([0x0a, 0x0d, undefined]);

/** Whether the text continues a row that was taken for complete without a line end. */
export function goesOn({ identity, position, format }: TailStand, text: Buffer): boolean {
  if (position.byte <= format.firstRow.byte || lineEnds.has(identity.lastByte)) return false;
  return !lineEnds.has(text[0]);
}
