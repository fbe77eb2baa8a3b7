/** What a journal counts, read beside the engine that writes it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/** Rows that may be stored twice, over all files; 0 as long as there is no journal. */
export function possiblyRepeatedOf(dataDir: string): number {
  const file = path.join(dataDir, 'journal.sqlite');
  if (!existsSync(file)) return 0;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database.prepare('SELECT coalesce(sum(possibly_repeated), 0) AS rows FROM files').get() as { readonly rows: number };
    return row.rows;
  } finally {
    database.close();
  }
}

/** What SQLite thinks of the journal: `ok`, or what is wrong. */
export function journalIntegrity(dataDir: string): string {
  const database = new DatabaseSync(path.join(dataDir, 'journal.sqlite'));
  try {
    const row = database.prepare('PRAGMA integrity_check').get() as { readonly integrity_check: string };
    return row.integrity_check;
  } finally {
    database.close();
  }
}
