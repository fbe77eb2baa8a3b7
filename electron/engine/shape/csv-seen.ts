/** Counts the fields of plain rows by their columns: what every row of most files goes through. */
import type { CsvPlan } from './csv-event.ts';
import { isLookedAt, type SeenColumns, type SeenFields } from './seen-fields.ts';

/** The row that was split last: where its cells begin and end in the text, which of them are fields, and which of these are empty. */
export interface SplitRow {
  readonly plan: Pick<CsvPlan, 'fields' | 'metric' | 'metricIndex'>;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly fieldColumns: Int32Array;
  readonly empties: Int32Array;
}

export const textAt = (text: Uint8Array, from: number, to: number): string =>
  Buffer.from(text.buffer, text.byteOffset + from, to - from).toString('utf8');

/** Counts the row that was split last, of which the first `empty` entries of `empties` are fields without a value. */
export type CountRow = (text: Uint8Array, empty: number) => void;

export function countingColumns(row: SplitRow, fieldsSeen: SeenFields): CountRow {
  const { plan, starts, ends, fieldColumns, empties } = row;
  const names = plan.fields.map(({ name }) => name);
  let metric = plan.metric;
  let columns: SeenColumns | undefined;
  const metricOf = (text: Uint8Array): string =>
    plan.metricIndex < 0 ? (plan.metric ?? '') : textAt(text, starts[plan.metricIndex] ?? 0, ends[plan.metricIndex] ?? 0);

  const lookAt = (text: Uint8Array, { looks, unseen }: SeenColumns, field: number): void => {
    const column = fieldColumns[field] as number;
    const from = starts[column] as number;
    const to = ends[column] as number;
    if (from === to) return;
    looks[field]?.add(textAt(text, from, to));
    unseen.delete(field);
  };

  return (text, empty) => {
    if (columns === undefined || plan.metricIndex >= 0) {
      const now = metricOf(text);
      if (columns === undefined || now !== metric) columns = fieldsSeen.columnsOf(now, names);
      metric = now;
      if (columns === undefined) return;
    }
    const { missing } = columns;
    columns.rows += 1;
    for (let at = 0; at < empty; at += 1) {
      const field = empties[at] as number;
      missing[field] = (missing[field] as number) + 1;
    }
    // Every row looks for a first value where there was none so far.
    if (isLookedAt(columns.rows)) for (let field = 0; field < fieldColumns.length; field += 1) lookAt(text, columns, field);
    else if (columns.unseen.size > 0) for (const field of columns.unseen) lookAt(text, columns, field);
  };
}
