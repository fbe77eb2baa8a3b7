import { z } from 'zod';
import { folderChangeSchema, dataAtRiskSchema, type DataAtRisk } from '../../../shared/contract/folders.ts';
import type { PauseScope } from '../../../shared/contract/flow.ts';
import { remembered } from './remembered.ts';
import { Transactions } from './transactions.ts';

/** Settings of a watched folder as they are kept; its mapping is filled in once it is known. */
export type FolderSettings = z.output<typeof folderChangeSchema>;

export interface StoredFolder {
  readonly settings: FolderSettings;
  /** The files that were there at the beginning were looked through. */
  readonly surveyed: boolean;
  readonly acceptedColumns: readonly (readonly string[])[];
}

const folderRow = z.object({ settings: z.string(), surveyed: z.number(), accepted_columns: z.string() });
const scopeRow = z.object({ scope: z.string() });
const columnSets = z.array(z.array(z.string()));
const riskRow = z.object({ id: z.number(), path: z.string(), at: z.number(), bytes: z.number(), rows: z.number(), cause: z.string() });

/** Watched folders, what is paused, and the rows that were lost at their source. */
export class FolderStore extends Transactions {
  list(): readonly StoredFolder[] {
    return this.prepare('SELECT settings, surveyed, accepted_columns FROM folders ORDER BY position').all().map(toFolder);
  }

  get(id: string): StoredFolder | undefined {
    const found: unknown = this.prepare('SELECT settings, surveyed, accepted_columns FROM folders WHERE id = ?').get(id);
    return found === undefined ? undefined : toFolder(found);
  }

  /** Adds it, or replaces its settings. */
  put(settings: FolderSettings, nowMs: number): void {
    this.write(
      `INSERT INTO folders (id, settings, added_at, position) VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM folders))
       ON CONFLICT (id) DO UPDATE SET settings = excluded.settings`,
      settings.id,
      JSON.stringify(settings),
      nowMs,
    );
  }

  /** What was sent of it stays in the history. */
  remove(id: string): void {
    this.atomically(() => {
      this.prepare('DELETE FROM folders WHERE id = ?').run(id);
      this.prepare('DELETE FROM risks WHERE folder_id = ?').run(id);
      this.prepare('DELETE FROM skipped WHERE folder_id = ?').run(id);
      this.prepare('DELETE FROM pauses WHERE scope = ?').run(`folder ${id}`);
    });
  }

  setSurveyed(id: string): void {
    this.write('UPDATE folders SET surveyed = 1 WHERE id = ?', id);
  }

  setAcceptedColumns(id: string, sets: readonly (readonly string[])[]): void {
    this.write('UPDATE folders SET accepted_columns = ? WHERE id = ?', JSON.stringify(sets), id);
  }

  pauses(): ReadonlySet<string> {
    const scopes = this.prepare('SELECT scope FROM pauses').all();
    return new Set(scopes.map((row) => scopeRow.parse(row).scope));
  }

  setPaused(scope: PauseScope, isPaused: boolean): void {
    const key = pauseKey(scope);
    if (isPaused) this.write('INSERT OR IGNORE INTO pauses (scope) VALUES (?)', key);
    else this.write('DELETE FROM pauses WHERE scope = ?', key);
  }

  addRisk(folderId: string, risk: Omit<DataAtRisk, 'id'>): DataAtRisk {
    const id = this.atomically(
      () =>
        this.prepare('INSERT INTO risks (folder_id, path, at, bytes, rows, cause) VALUES (?, ?, ?, ?, ?, ?)').run(
          folderId,
          risk.path,
          risk.at,
          risk.bytes,
          risk.rows,
          risk.cause,
        ).lastInsertRowid,
    );
    return { ...risk, id: Number(id) };
  }

  /** Newest first, at most 100. */
  risks(folderId: string): readonly DataAtRisk[] {
    const rows = this.prepare('SELECT id, path, at, bytes, rows, cause FROM risks WHERE folder_id = ? ORDER BY id DESC LIMIT 100');
    return rows.all(folderId).map((row) => dataAtRiskSchema.parse(riskRow.parse(row)));
  }

  removeRisk(folderId: string, riskId: number): void {
    this.write('DELETE FROM risks WHERE folder_id = ? AND id = ?', folderId, riskId);
  }
}

export const pauseKey = (scope: PauseScope): string => (scope.scope === 'all' ? 'all' : `${scope.scope} ${scope.id}`);

const parsedSettings = remembered((text): FolderSettings => folderChangeSchema.parse(JSON.parse(text)));
const parsedColumns = remembered((text): readonly (readonly string[])[] => columnSets.parse(JSON.parse(text)));

function toFolder(found: unknown): StoredFolder {
  const row = folderRow.parse(found);
  return {
    settings: parsedSettings(row.settings),
    surveyed: row.surveyed === 1,
    acceptedColumns: parsedColumns(row.accepted_columns),
  };
}
