/** What a sandbox holds, asked over HTTP as another program would. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface StoredRow {
  readonly metricType: string;
  readonly timestamp: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Where the sandbox of this data folder listens, and the key it wants. Throws when there was never one. */
function identityOf(dataDir: string): { readonly port: number; readonly apiKey: string } {
  const file = path.join(dataDir, 'sandbox.json');
  if (!existsSync(file)) throw new Error('the sandbox keeps no identity');
  return JSON.parse(readFileSync(file, 'utf8')) as { port: number; apiKey: string };
}

/** All rows of a table of the sandbox of a desktop app; it has to run. */
export function storedRows(dataDir: string, table: string): Promise<readonly StoredRow[]> {
  const { port, apiKey } = identityOf(dataDir);
  return rowsStoredAt(`http://127.0.0.1:${String(port)}`, apiKey, table);
}

/** All rows of a table of the sandbox at this address. */
export async function rowsStoredAt(root: string, apiKey: string, table: string): Promise<readonly StoredRow[]> {
  const rows: StoredRow[] = [];
  for (;;) {
    const answer = await fetch(`${root}/sandbox/tables/${table}/rows?offset=${String(rows.length)}&limit=500`, {
      headers: { 'x-api-key': apiKey },
    });
    const page = (await answer.json()) as { rows: StoredRow[]; total: number };
    rows.push(...page.rows);
    if (rows.length >= page.total || page.rows.length === 0) return rows;
  }
}

/** A row of a CSV file whose columns are `timestamp`, `metrictype` and others, as the sandbox stores it; without quotes. */
export function expectedRows(csv: string): readonly StoredRow[] {
  const [header = '', ...lines] = csv.trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const { timestamp = '', metrictype = '', ...fields } = Object.fromEntries(line.split(',').map((cell, at) => [names[at] ?? '', cell]));
    return { metricType: metrictype, timestamp: Number(timestamp), fields };
  });
}

/** In one order, whatever order they were stored in, so that they can be compared. */
export const inOrder = (rows: readonly StoredRow[]): readonly string[] =>
  rows.map(({ metricType, timestamp, fields }) => JSON.stringify([timestamp, metricType, Object.entries(fields).sort()])).sort();
