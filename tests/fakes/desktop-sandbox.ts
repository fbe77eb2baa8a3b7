/** What the sandbox of a desktop app holds, asked over HTTP as another program would. */
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

/** All rows of a table; the sandbox has to run. */
export async function storedRows(dataDir: string, table: string): Promise<readonly StoredRow[]> {
  const { port, apiKey } = identityOf(dataDir);
  const rows: StoredRow[] = [];
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/sandbox/tables/${table}/rows?offset=${String(rows.length)}&limit=500`, {
      headers: { 'x-api-key': apiKey },
    });
    const page = (await answer.json()) as { rows: StoredRow[]; total: number };
    rows.push(...page.rows);
    if (rows.length >= page.total || page.rows.length === 0) return rows;
  }
}
