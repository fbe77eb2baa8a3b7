import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import type { FileRecord } from './file-record.ts';

const number = z.number().int();
const replayRow = z.object({
  path: z.string(),
  id: z.string().nullable(),
  transfer_id: z.string().nullable(),
  state: z.string().nullable(),
  rejects_path: z.string().nullable(),
  rows_rejected: number.nullable(),
  rows_left: number.nullable(),
});
const fileRow = z.object({ rows_rejected: number });
const originRow = z.object({ file_id: z.string(), transfer_id: z.string() });

/** A replay of the rejects of a file that was begun, and how it ended. */
interface Replay {
  readonly path: string;
  /** Its file in the journal, and the transfer that is of. */
  readonly fileId: string;
  readonly transferId: string;
  readonly hasEnded: boolean;
  /** Of its rows, those that are neither confirmed nor rejected. */
  readonly rowsLeft: number;
  readonly rejectsPath: string | undefined;
  readonly rowsRejected: number;
}

/** Where the rejected rows of a file stand that no replay has sent. */
interface OpenRejects {
  /** The file in the journal that the file of rejects belongs to: the same, or its last replay. */
  readonly fileId: string;
  /** Undefined: there is none, as no row was rejected. */
  readonly path: string | undefined;
  readonly rows: number;
  /** The file of the last replay, when there was one. */
  readonly replayPath: string | undefined;
}

type RejectedFrom = Pick<FileRecord, 'id' | 'path' | 'transferId' | 'rejectsPath'>;

/** States in which nothing more of a replay will be sent. */
export type UnfinishedReplay = Pick<Replay, 'path' | 'fileId' | 'transferId' | 'rowsLeft'>;

const ended: ReadonlySet<string> = new Set(['done', 'refused', 'unchanged']);

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

  /** The file that rows were rejected from first: the same, or the one that it is a replay of. */
  origin({ id, path, transferId }: RejectedFrom): { readonly fileId: string; readonly transferId: string } {
    const found: unknown = this.database.prepare('SELECT file_id, transfer_id FROM replays WHERE path = ?').get(path);
    if (found === undefined) return { fileId: id, transferId };
    const row = originRow.parse(found);
    return { fileId: row.file_id, transferId: row.transfer_id };
  }

  /** How many replays of its rows there are, also those that were never begun. */
  count(file: RejectedFrom): number {
    return this.of(this.origin(file).fileId).length;
  }

  /** A replay of its rows that has not come to its end: it runs, is held, or was cancelled and has not given its rows back. */
  unfinished(file: RejectedFrom): UnfinishedReplay | undefined {
    const last = this.last(file);
    return last === undefined || last.hasEnded ? undefined : last;
  }

  open(file: RejectedFrom): OpenRejects {
    return this.openAfter(this.last(file), file);
  }

  /** Where the rows stood before the last replay took them. */
  openBefore(file: RejectedFrom): OpenRejects {
    const [, before] = this.of(this.origin(file).fileId).filter((replay) => replay !== undefined);
    return this.openAfter(before, file);
  }

  private openAfter(last: Replay | undefined, file: RejectedFrom): OpenRejects {
    if (last !== undefined) return { fileId: last.fileId, path: last.rejectsPath, rows: last.rowsRejected, replayPath: last.path };
    const { rows_rejected: rows } = fileRow.parse(this.database.prepare('SELECT rows_rejected FROM files WHERE id = ?').get(file.id));
    return { fileId: file.id, path: file.rejectsPath, rows, replayPath: undefined };
  }

  /** Transfers whose rejected rows a transfer sent once more. */
  originsOf(transferId: string): readonly string[] {
    return this.database
      .prepare('SELECT DISTINCT r.file_id, r.transfer_id FROM replays AS r JOIN files AS f ON f.path = r.path WHERE f.transfer_id = ?')
      .all(transferId)
      .map((found) => originRow.parse(found).transfer_id);
  }

  /** The newest that was begun. */
  private last(file: RejectedFrom): Replay | undefined {
    return this.of(this.origin(file).fileId).find((replay) => replay !== undefined);
  }

  /** The newest first; undefined: it was never begun. */
  private of(fileId: string): readonly (Replay | undefined)[] {
    return this.database
      .prepare(
        `SELECT r.path, f.id, f.transfer_id, f.state, f.rejects_path, f.rows_rejected,
           max(0, r.rows - f.rows_confirmed - f.rows_rejected) AS rows_left FROM replays AS r
         LEFT JOIN files AS f ON f.path = r.path WHERE r.file_id = ? ORDER BY r.rowid DESC, f.rowid DESC`,
      )
      .all(fileId)
      .map((found): Replay | undefined => {
        const row = replayRow.parse(found);
        if (row.id === null || row.transfer_id === null || row.state === null) return undefined;
        return {
          path: row.path,
          fileId: row.id,
          transferId: row.transfer_id,
          hasEnded: ended.has(row.state),
          rowsLeft: row.rows_left ?? 0,
          rejectsPath: row.rejects_path ?? undefined,
          rowsRejected: row.rows_rejected ?? 0,
        };
      });
  }
}
