/** CSV files whose rows can be told apart, and the ids of the rows that a sandbox holds. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Sandbox } from '../../electron/sandbox/server.ts';

export interface GeneratedRows {
  /** Ids are `first` … `first + rows - 1`. */
  readonly rows: number;
  readonly first?: number;
  /** Characters of a column that only makes the rows longer. */
  readonly padding?: number;
  readonly header?: boolean;
}

const rowText = (id: number, padding: string): string => `${String(1_500_000_000_000 + id)},${String(id)}${padding}\n`;

/** `timestamp,id[,padding]`, one row for each id. */
export function csvOf({ rows, first = 0, padding = 0, header = true }: GeneratedRows): string {
  const pad = padding === 0 ? '' : `,${'p'.repeat(padding)}`;
  const head = header ? `timestamp,id${padding === 0 ? '' : ',padding'}\n` : '';
  return head + Array.from({ length: rows }, (_, index) => rowText(first + index, pad)).join('');
}

/** Writes the same to a file, in pieces. */
export function writeCsvFile(path: string, { rows, padding = 0 }: GeneratedRows): void {
  const descriptor = openSync(path, 'w');
  try {
    for (let first = 0; first < rows; first += 10_000) {
      writeSync(descriptor, csvOf({ rows: Math.min(10_000, rows - first), first, padding, header: first === 0 }));
    }
  } finally {
    closeSync(descriptor);
  }
}

/** How many rows of each id a table holds; empty when there is no such table. */
export function storedIds(sandbox: Sandbox, table: string): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  if (!sandbox.tables().some(({ name }) => name === table)) return counts;
  for (const { fields } of sandbox.rows({ table, offset: 0, limit: Number.MAX_SAFE_INTEGER }).rows) {
    const id = Number(fields['id']);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

export interface StoredCounts {
  readonly total: number;
  readonly unique: number;
  /** Rows beyond the first of their id. */
  readonly repeated: number;
  /** Of the ids 0 … `rows - 1`, those that are not there. */
  readonly lost: number;
}

export function countStored(sandbox: Sandbox, table: string, rows: number): StoredCounts {
  const counts = storedIds(sandbox, table);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const lost = Array.from({ length: rows }, (_, id) => id).filter((id) => !counts.has(id)).length;
  return { total, unique: counts.size, repeated: total - counts.size, lost };
}
