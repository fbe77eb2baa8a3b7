import type { Payload } from '../../../../electron/engine/model.ts';

/** The request body of these events; event i comes from row i, or from `rows[i]`. */
export function payloadOf(events: readonly unknown[], rows: readonly number[] = [...events.keys()]): Payload {
  const texts = events.map((event) => Buffer.from(JSON.stringify(event)));
  const starts = [1];
  for (const text of texts) starts.push((starts.at(-1) ?? 0) + text.byteLength + 1);
  const bytes = Buffer.from(`[${texts.map((text) => text.toString('utf8')).join(',')}]`);
  return { bytes, starts: Uint32Array.from(starts), rows: Float64Array.from(rows) };
}
