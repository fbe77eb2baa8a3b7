import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { UploaderError } from '../errors.ts';

/** The database of the journal: prepared statements, and work that is done as a whole or not at all. */
export class Transactions {
  private readonly statements = new Map<string, StatementSyncInstance>();
  private isOpen = false;

  constructor(private readonly database: DatabaseSyncInstance) {}

  protected prepare(sql: string): StatementSyncInstance {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  /** One statement as one transaction. */
  protected write(sql: string, ...values: readonly (string | number | null)[]): void {
    this.atomically(() => this.prepare(sql).run(...values));
  }

  /**
   * Runs `work` as one transaction, or as a part of the one that is under way. Throws `UploaderError` `disk-full` when there is
   * no room for it.
   */
  atomically<T>(work: () => T): T {
    if (this.isOpen) return work();
    this.isOpen = true;
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      if (isFullDisk(error)) {
        throw new UploaderError('disk-full', 'there is no room left for the journal', {}, error);
      }
      throw error;
    } finally {
      this.isOpen = false;
    }
  }

  close(): void {
    try {
      // One file holds everything then.
      this.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (error) {
      // On a full disk everything stays in the log, where it is as safe.
      if (!isFullDisk(error)) throw error;
    } finally {
      this.database.close();
    }
  }
}

const isFullDisk = (error: unknown): boolean => error instanceof Error && /database or disk is full|disk I\/O/i.test(error.message);
