import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';

const replayRow = z.object({
  path: z.string(),
  transfer_id: z.string(),
  state: z.string().nullable(),
  rejects_path: z.string().nullable(),
});
const originRow = z.object({ file_id: z.string(), transfer_id: z.string() });

/** A replay of the rejects of a file, and how it ended. */
export interface Replay {
  readonly path: string;
  /** Of its file in the journal; undefined when it was never entered. */
  readonly state: string | undefined;
  readonly rejectsPath: string | undefined;
}

/** Which files hold rejected rows that were sent once more, and where these came from. */
export class ReplayStore {
  constructor(private readonly database: DatabaseSyncInstance) {}

  /** @param fileId of the version the rows were rejected from first, also when they were replayed before */
  add(path: string, fileId: string, transferId: string, rows: number): void {
    this.database.prepare('INSERT INTO replays (path, file_id, transfer_id, rows) VALUES (?, ?, ?, ?)').run(path, fileId, transferId, rows);
  }

  remove(path: string): void {
    this.database.prepare('DELETE FROM replays WHERE path = ?').run(path);
  }

  /** The newest first. */
  of(fileId: string): readonly Replay[] {
    return this.database
      .prepare(
        `SELECT r.path, r.transfer_id, f.state, f.rejects_path FROM replays AS r LEFT JOIN files AS f ON f.path = r.path
         WHERE r.file_id = ? ORDER BY r.rowid DESC, f.rowid DESC`,
      )
      .all(fileId)
      .map((found) => {
        const row = replayRow.parse(found);
        return { path: row.path, state: row.state ?? undefined, rejectsPath: row.rejects_path ?? undefined };
      });
  }

  /** Where the rows of a replay's file came from at first; undefined when the file is none. */
  originOf(path: string): { readonly fileId: string; readonly transferId: string } | undefined {
    const found: unknown = this.database.prepare('SELECT file_id, transfer_id FROM replays WHERE path = ?').get(path);
    if (found === undefined) return undefined;
    const row = originRow.parse(found);
    return { fileId: row.file_id, transferId: row.transfer_id };
  }
}
