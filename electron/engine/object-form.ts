/** Whether a file can go to the bucket as it is, or only its rows can. */
import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { Inspection } from '../../shared/contract/files.ts';
import type { Mapping } from '../../shared/contract/mapping.ts';

const headBytes = 4_096;

/** The service would read the bytes of the file as the mapping says. Source: fineo-api.md, "Writing: batch". Pure. */
export function isReadAsMapped(mapping: Mapping, { format }: Pick<Inspection, 'format'>): boolean {
  const { metricType, timestamp, rename, drop, constants: added, numbers, nullTokens, decimalComma, types } = mapping;
  const keepsNames = Object.keys(rename).length === 0 && drop.length === 0 && Object.keys(added).length === 0;
  const keepsMeaning =
    metricType.kind === 'column' &&
    metricType.column === 'metrictype' &&
    timestamp.column === 'timestamp' &&
    timestamp.from !== 'none' &&
    timestamp.columns === undefined &&
    (timestamp.unit ?? 'ms') === 'ms' &&
    timestamp.patterns.length === 0;
  const keepsValues = (nullTokens ?? []).length === 0 && decimalComma !== true && Object.keys(types ?? {}).length === 0;
  if (!keepsNames || !keepsMeaning || !keepsValues || format.encoding.toLowerCase() !== 'utf-8' || format.newline === 'cr') return false;
  if (format.kind === 'ndjson') return true;
  const isPlainCsv = format.delimiter === ',' && format.quote === '"' && format.header && mapping.format.columns === undefined;
  return isPlainCsv && numbers !== 'number';
}

/**
 * What the first bytes of a file say that its columns do not. `mark`: one stands before the text, and would become a part of the name
 * of the first column. `array`: the rows are the elements of one JSON array, and not one a line.
 */
export async function beginningOf(path: string, isGzip: boolean): Promise<'mark' | 'array' | 'plain'> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(head, 0, headBytes, 0);
    const bytes = head.subarray(0, bytesRead);
    const text = isGzip ? gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
    if (text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf) return 'mark';
    return text.toString('latin1').trimStart().startsWith('[') ? 'array' : 'plain';
  } finally {
    await file.close();
  }
}
