/** read, without shape: the rows of a file that goes as it is, counted and hashed. */
import { createHash } from 'node:crypto';
import type { FormatSettings } from '../../shared/contract/mapping.ts';
import type { Payload, Position } from './model.ts';
import type { ReadBatch, ReadPlan, ReadResult } from './read-events.ts';
import { readColumns } from './read/columns.ts';
import { isLineOpenAt, maxRecordBytes, openRows, sniffRows } from './read/open-rows.ts';

const nothing = (): Payload => ({ bytes: new Uint8Array(2), starts: new Uint32Array(1), rows: new Float64Array(0) });

/** How the file is read. Throws `UploaderError` with a refusal code when that cannot be told. */
export async function planCount(path: string, settings: FormatSettings): Promise<ReadPlan> {
  const { format } = await sniffRows(path, settings);
  if (format.kind === 'ndjson') return { format, headerText: '', firstRow: { byte: format.bomBytes, line: 1, row: 0 } };
  const { headerText, firstRow } = await readColumns(path, format);
  return { format, headerText, firstRow };
}

/**
 * Stretches of rows, in constant memory; their payloads hold no event.
 * @param stretchBytes of the text that are told of together; more where rows are long
 */
export async function* countRows(path: string, plan: ReadPlan, stretchBytes: number): AsyncGenerator<ReadBatch, ReadResult> {
  let hash = createHash('sha256');
  let overlong = createHash('sha256');
  const { source, reader } = await openRows(path, plan.format, plan.firstRow, maxRecordBytes, (bytes) => {
    overlong.update(bytes);
  });
  let from = plan.firstRow;
  let end: Position = from;
  const close = (): ReadBatch => {
    const stretch = { from, to: end, payload: nothing(), rejects: [], sourceDigest: hash.digest('hex'), fileBytes: source.fileBytes };
    hash = createHash('sha256');
    from = end;
    return stretch;
  };
  try {
    for (let block = await reader.read(); block !== undefined; block = await reader.read()) {
      if (block.abridged) {
        // The bytes of a row too long to hold were only seen in passing.
        if (end.byte > from.byte) yield close();
        hash = overlong;
        overlong = createHash('sha256');
      } else hash.update(block.text.subarray(0, block.length));
      end = { byte: block.baseByte + block.length, row: end.row + block.records.count, line: block.baseLine + block.lines };
      if (block.abridged || end.byte - from.byte >= stretchBytes) yield close();
    }
    if (end.byte > from.byte) yield close();
    const endedOpen = end.byte > plan.firstRow.byte ? reader.endedOpen : await isLineOpenAt(path, plan.format, end.byte);
    return { end, endedOpen };
  } finally {
    await source.close();
  }
}
