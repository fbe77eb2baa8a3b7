/** read → shape → resolution, for the first rows of a file: where each would land. Runs in a reader thread. */
import type { SampledFile, SampledRow } from '../../shared/contract/sample.ts';
import type { ServiceSchema } from '../../shared/contract/schema.ts';
import { openRows } from './read/open-rows.ts';
import type { RecordBlock } from './read/record-reader.ts';
import { prepareRows, type ReadOrder } from './read-events.ts';
import { shapeRecords } from './row-shaping.ts';
import { compileSchema } from './shape/compiled-schema.ts';
import { DroppedFields } from './shape/dropped-fields.ts';
import { emptyMembers, scanObject } from './shape/object-members.ts';
import { resolveEvent, type Resolved } from './shape/resolution.ts';
import type { Shaped } from './shape/shaper.ts';
import { UnknownFields } from './shape/unknown-fields.ts';

export interface SampleOrder extends Pick<ReadOrder, 'path' | 'fileName' | 'mapping' | 'fieldTypes' | 'maxEventBytes'> {
  readonly schema: ServiceSchema;
  readonly shownRows: number;
  readonly readRows: number;
}

const sourceKept = 500;
const textKept = 200;

/** Throws `UploaderError` when the file cannot be read as its mapping says. */
export async function sampleRows(order: SampleOrder): Promise<SampledFile> {
  const shaper = await prepareRows(order);
  const schema = compileSchema(order.schema);
  const unknown = new UnknownFields();
  const dropped = new DroppedFields();
  const members = emptyMembers();
  const rows: SampledRow[] = [];
  let rowsRead = 0;
  const resolve = (shaped: Shaped): Resolved => {
    if (typeof shaped !== 'string') return { kind: 'rejected', ...shaped };
    scanObject(shaped, members);
    return resolveEvent(members, schema, 'created');
  };
  const { source, reader } = await openRows(order.path, shaper.format, shaper.firstRow, shaper.maxRecordBytes, () => undefined);
  try {
    while (rowsRead < order.readRows) {
      const block = await reader.read();
      if (block === undefined) break;
      const shapeAt = shapeRecords(block, shaper);
      for (let at = 0; at < block.records.count && rowsRead < order.readRows; at += 1) {
        const resolved = resolve(shapeAt(at));
        if (resolved.kind === 'lands') {
          unknown.add(resolved.landing);
          dropped.add(resolved.landing);
        }
        if (rows.length < order.shownRows) rows.push({ ...placeOf(block, at), ...outcomeOf(resolved) });
        rowsRead += 1;
      }
    }
  } finally {
    await source.close();
  }
  return { rows, rowsRead, unknown: unknown.list(), dropped: dropped.list() };
}

function placeOf({ text, records, baseLine }: RecordBlock, at: number): Pick<SampledRow, 'line' | 'source'> {
  const from = records.starts[at] ?? 0;
  // A character has at most four bytes.
  const to = Math.min(records.ends[at] ?? 0, from + sourceKept * 4);
  return { line: baseLine + (records.lines[at] ?? 0), source: text.toString('utf8', from, to).slice(0, sourceKept) };
}

function outcomeOf(resolved: Resolved): Pick<SampledRow, 'landing' | 'reject'> {
  if (resolved.kind === 'rejected') return { reject: { code: resolved.code, column: resolved.column, reason: resolved.reason } };
  const { metric, epochMillis, fields } = resolved.landing;
  return {
    landing: {
      metric: metric.name,
      isKnown: metric.isKnown,
      epochMillis,
      fields: fields.map(({ name, field, state, type, text }) => ({
        name,
        ...(field === name ? {} : { field }),
        state,
        ...(type === undefined ? {} : { type }),
        text: text.slice(0, textKept),
      })),
    },
  };
}
