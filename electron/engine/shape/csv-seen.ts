/** Counts the fields of plain rows by their columns: what every row of most files goes through. */
import type { CsvPlan } from './csv-event.ts';
import { isLookedAt, type SeenColumns, type SeenFields } from './seen-fields.ts';

/** The row that was split last: its cells, which of them are fields, and which of these are empty. */
export interface SplitRow {
  readonly plan: Pick<CsvPlan, 'fields' | 'metric' | 'metricIndex'>;
  readonly cellText: (text: Uint8Array, column: number) => string;
  readonly fieldColumns: Int32Array;
  readonly empties: Int32Array;
}

export const textAt = (text: Uint8Array, from: number, to: number): string =>
  Buffer.from(text.buffer, text.byteOffset + from, to - from).toString('utf8');

/** Counts the row that was split last, of which the first `empty` entries of `empties` are fields without a value. */
export type CountRow = (text: Uint8Array, empty: number) => void;

export function countingColumns(row: SplitRow, fieldsSeen: SeenFields): CountRow {
  const { plan, cellText, fieldColumns, empties } = row;
  const names = plan.fields.map(({ name }) => name);
  let metric = plan.metric;
  let columns: SeenColumns | undefined;
  const metricOf = (text: Uint8Array): string => (plan.metricIndex < 0 ? (plan.metric ?? '') : cellText(text, plan.metricIndex));

  const lookAt = (text: Uint8Array, { looks, unseen }: SeenColumns, field: number): void => {
    const value = cellText(text, fieldColumns[field] as number);
    if (value === '') return;
    looks[field]?.add(value);
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
