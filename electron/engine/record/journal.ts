import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { failureSchema, type Failure } from '../../../shared/contract/common.ts';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
import type { FileState, TransferState } from '../../../shared/contract/transfers.ts';
import type { RejectCode } from '../../../shared/error-codes.ts';
import { routeSchema } from '../../../shared/contract/common.ts';
import { UploaderError } from '../errors.ts';
import type { Position, Route } from '../model.ts';

/** A file version of a transfer, as the journal keeps it. */
export interface FileRecord {
  readonly id: string;
  readonly transferId: string;
  readonly connectionId: string;
  readonly route: Route;
  readonly path: string;
  readonly name: string;
  /** Part of the names of its batches. */
  readonly version: string;
  /** The file version whose rows stand before these in the same file, when it had grown after all of them were sent. */
  readonly continues: string | undefined;
  readonly mapping: Mapping;
  readonly mappingDigest: string;
  readonly sizeBytes: number;
  /** Inode, size and time of change when it was last looked at: a hint that spares a comparison, never a proof. */
  readonly stamp: string;
  readonly state: FileState;
  /** Where the first row that is not planned begins; undefined before the first plan. */
  readonly planned: Position | undefined;
  readonly endedOpen: boolean;
  readonly rejectsPath: string | undefined;
  readonly rejectsBytes: number;
}

/** A request that was planned and is not settled. */
export interface OpenBatch {
  readonly id: number;
  readonly name: string;
  readonly from: Position;
  readonly to: Position;
  readonly digest: string;
  /** It was given to the network, and no answer that says otherwise was recorded. */
  readonly mayBeApplied: boolean;
  /** Rows (from 0) still to be confirmed when others of the batch already were; all when undefined. */
  readonly remaining: readonly number[] | undefined;
}

export interface NewBatch {
  readonly name: string;
  readonly from: Position;
  readonly to: Position;
  readonly digest: string;
  readonly events: number;
  readonly bytes: number;
  readonly rejected: readonly RejectCode[];
  readonly fileBytes: number;
  /** Size of the file of rejects with these rejects in it. */
  readonly rejectsBytes: number;
}

export interface BatchProgress {
  readonly confirmed: number;
  readonly rejected: readonly RejectCode[];
  readonly remaining: readonly number[];
  /** Some of the remaining rows may have been applied. */
  readonly mayBeApplied: boolean;
  readonly rejectsBytes: number;
}

export interface BatchEnd {
  readonly state: 'confirmed' | 'held' | 'rejected';
  readonly attempts: number;
  readonly bytesSent: number;
  readonly requests: number;
  readonly retries: number;
  /** Added to what `markSending` counted beforehand; negative where less was repeated. */
  readonly possiblyRepeated: number;
  /** Held: it may have been applied all the same. */
  readonly mayBeApplied: boolean;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly answer: string | undefined;
}

const number = z.number().int();
const fileRow = z.object({
  id: z.string(),
  transfer_id: z.string(),
  connection_id: z.string(),
  route: routeSchema,
  path: z.string(),
  name: z.string(),
  version: z.string(),
  continues: z.string().nullable(),
  mapping: z.string(),
  mapping_digest: z.string(),
  size_bytes: number,
  stamp: z.string(),
  state: z.enum(['queued', 'sending', 'waiting', 'done', 'held', 'refused', 'cancelled', 'unchanged']),
  planned_byte: number.nullable(),
  planned_row: number.nullable(),
  planned_line: number.nullable(),
  ended_open: number,
  rejects_path: z.string().nullable(),
  rejects_bytes: number,
});
const batchRow = z.object({
  id: number,
  name: z.string(),
  from_byte: number,
  from_row: number,
  from_line: number,
  to_byte: number,
  to_row: number,
  to_line: number,
  digest: z.string(),
  state: z.string(),
  may_be_applied: number,
  remaining: z.string().nullable(),
});
const countsByCode = z.record(z.string(), number);

/**
 * The journal: the plan of every request before it is sent, its outcome after, and the ledger of every file version.
 * Each call is one transaction, so a process that is killed leaves the state before a call or the one after it.
 */
export class Journal {
  private readonly statements = new Map<string, StatementSyncInstance>();

  constructor(private readonly database: DatabaseSyncInstance) {}

  private prepare(sql: string): StatementSyncInstance {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }

  /** One statement as one transaction. */
  private write(sql: string, ...values: readonly (string | number | null)[]): void {
    this.atomically(() => this.prepare(sql).run(...values));
  }

  /** Runs `work` as one transaction. Throws `UploaderError` `disk-full` when there is no room for it. */
  private atomically<T>(work: () => T): T {
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
    }
  }

  addTransfer(transfer: {
    readonly id: string;
    readonly connectionId: string;
    readonly connectionName: string;
    readonly route: Route;
    readonly startedAt: number;
  }): void {
    this.write(
      'INSERT INTO transfers (id, connection_id, connection_name, route, state, started_at) VALUES (?, ?, ?, ?, ?, ?)',
      transfer.id,
      transfer.connectionId,
      transfer.connectionName,
      transfer.route,
      'running',
      transfer.startedAt,
    );
  }

  setTransferState(id: string, state: TransferState, failure: Failure | undefined, finishedAt: number | undefined): void {
    this.write(
      'UPDATE transfers SET state = ?, failure = ?, finished_at = ? WHERE id = ?',
      state,
      failure === undefined ? null : JSON.stringify(failure),
      finishedAt ?? null,
      id,
    );
  }

  addFile(file: Omit<FileRecord, 'endedOpen' | 'rejectsPath' | 'rejectsBytes'>): void {
    this.write(
      'INSERT INTO files (id, transfer_id, connection_id, route, path, name, version, continues, planned_byte, planned_row, planned_line, mapping, mapping_digest, size_bytes, stamp, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      file.id,
      file.transferId,
      file.connectionId,
      file.route,
      file.path,
      file.name,
      file.version,
      file.continues ?? null,
      file.planned?.byte ?? null,
      file.planned?.row ?? null,
      file.planned?.line ?? null,
      JSON.stringify(file.mapping),
      file.mappingDigest,
      file.sizeBytes,
      file.stamp,
      file.state,
    );
  }

  /** Gives an unfinished file version to another transfer, which goes on with it; a transfer left without files is gone. */
  adoptFile(fileId: string, transferId: string, path: string, sizeBytes: number, stamp: string): void {
    this.atomically(() => {
      const old = this.file(fileId);
      this.prepare(
        "UPDATE files SET transfer_id = ?, path = ?, size_bytes = ?, stamp = ?, state = 'queued', failure = NULL WHERE id = ?",
      ).run(transferId, path, sizeBytes, stamp, fileId);
      this.prepare('DELETE FROM transfers WHERE id = ? AND NOT EXISTS (SELECT 1 FROM files WHERE transfer_id = ?)').run(
        old.transferId,
        old.transferId,
      );
    });
  }

  setFileState(fileId: string, state: FileState, failure?: Failure): void {
    this.write(
      'UPDATE files SET state = ?, failure = ? WHERE id = ?',
      state,
      failure === undefined ? null : JSON.stringify(failure),
      fileId,
    );
  }

  setFileEnd(fileId: string, end: Position, endedOpen: boolean, bytesRead: number): void {
    this.write(
      'UPDATE files SET planned_byte = ?, planned_row = ?, planned_line = ?, ended_open = ?, bytes_read = ? WHERE id = ?',
      end.byte,
      end.row,
      end.line,
      endedOpen ? 1 : 0,
      bytesRead,
      fileId,
    );
  }

  /** Takes back a file that was entered and for which nothing was planned. */
  dropFile(fileId: string): void {
    this.write('DELETE FROM files WHERE id = ?', fileId);
  }

  setContinues(fileId: string, earlier: FileRecord): void {
    this.write(
      'UPDATE files SET continues = ?, planned_byte = ?, planned_row = ?, planned_line = ? WHERE id = ?',
      earlier.id,
      earlier.planned?.byte ?? null,
      earlier.planned?.row ?? null,
      earlier.planned?.line ?? null,
      fileId,
    );
  }

  setRejectsPath(fileId: string, path: string): void {
    this.write('UPDATE files SET rejects_path = ? WHERE id = ?', path, fileId);
  }

  /** Records rows as read, their rejects as rejected and a request for the others as planned. Returns the id of the request. */
  planBatch(fileId: string, batch: NewBatch): number {
    return this.atomically(() => {
      const { lastInsertRowid } = this.prepare(
        `INSERT INTO batches (file_id, name, from_byte, from_row, from_line, to_byte, to_row, to_line, digest, events, bytes, state)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        fileId,
        batch.name,
        batch.from.byte,
        batch.from.row,
        batch.from.line,
        batch.to.byte,
        batch.to.row,
        batch.to.line,
        batch.digest,
        batch.events,
        batch.bytes,
        batch.events === 0 ? 'confirmed' : 'planned',
      );
      this.prepare(
        `UPDATE files SET planned_byte = ?, planned_row = ?, planned_line = ?, bytes_read = ?, rejects_bytes = ?,
           rows_read = rows_read + ?, rows_held = rows_held + ?, rows_rejected = rows_rejected + ? WHERE id = ?`,
      ).run(
        batch.to.byte,
        batch.to.row,
        batch.to.line,
        batch.fileBytes,
        batch.rejectsBytes,
        batch.events + batch.rejected.length,
        batch.events,
        batch.rejected.length,
        fileId,
      );
      this.countRejects(fileId, batch.rejected);
      return Number(lastInsertRowid);
    });
  }

  /**
   * A request is about to leave. Rows it may repeat are counted before it does, so that a kill cannot hide them.
   * The transfer counts it as a request only with its end.
   */
  markSending(fileId: string, batchId: number, mayRepeatRows: number): void {
    this.atomically(() => {
      this.prepare("UPDATE batches SET state = 'sending', attempts = attempts + 1 WHERE id = ?").run(batchId);
      if (mayRepeatRows > 0) {
        this.prepare('UPDATE files SET possibly_repeated = possibly_repeated + ? WHERE id = ?').run(mayRepeatRows, fileId);
      }
    });
  }

  /** Some events of a request were settled, others go on. */
  progress(fileId: string, batchId: number, step: BatchProgress): void {
    this.atomically(() => {
      this.prepare("UPDATE batches SET remaining = ?, state = 'planned', may_be_applied = ? WHERE id = ?").run(
        JSON.stringify(step.remaining),
        step.mayBeApplied ? 1 : 0,
        batchId,
      );
      this.settleRows(fileId, step.confirmed, step.rejected, step.rejectsBytes);
    });
  }

  /** The end of a request: `confirmed` and `rejected` rows are those not told by `progress` before. */
  endBatch(
    fileId: string,
    batchId: number,
    transferId: string,
    end: BatchEnd,
    step: Omit<BatchProgress, 'remaining' | 'mayBeApplied'>,
  ): void {
    this.atomically(() => {
      this.prepare(
        'UPDATE batches SET state = ?, status = ?, request_id = ?, answer = ?, may_be_applied = ?, remaining = CASE WHEN ? THEN remaining END WHERE id = ?',
      ).run(
        end.state,
        end.status ?? null,
        end.requestId ?? null,
        end.answer ?? null,
        end.mayBeApplied ? 1 : 0,
        end.state === 'held' ? 1 : 0,
        batchId,
      );
      this.settleRows(fileId, step.confirmed, step.rejected, step.rejectsBytes);
      this.prepare('UPDATE files SET possibly_repeated = possibly_repeated + ? WHERE id = ?').run(end.possiblyRepeated, fileId);
      this.prepare('UPDATE transfers SET bytes_sent = bytes_sent + ?, requests = requests + ?, retries = retries + ? WHERE id = ?').run(
        end.bytesSent,
        end.requests,
        end.retries,
        transferId,
      );
    });
  }

  private settleRows(fileId: string, confirmed: number, rejected: readonly RejectCode[], rejectsBytes: number): void {
    this.prepare(
      'UPDATE files SET rows_held = rows_held - ?, rows_confirmed = rows_confirmed + ?, rows_rejected = rows_rejected + ?, rejects_bytes = ? WHERE id = ?',
    ).run(confirmed + rejected.length, confirmed, rejected.length, rejectsBytes, fileId);
    this.countRejects(fileId, rejected);
  }

  private countRejects(fileId: string, codes: readonly RejectCode[]): void {
    if (codes.length === 0) return;
    const row = z.object({ rejects_by_code: z.string() }).parse(this.prepare('SELECT rejects_by_code FROM files WHERE id = ?').get(fileId));
    const counts = countsByCode.parse(JSON.parse(row.rejects_by_code));
    for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
    this.prepare('UPDATE files SET rejects_by_code = ? WHERE id = ?').run(JSON.stringify(counts), fileId);
  }

  file(fileId: string): FileRecord {
    return toFileRecord(this.prepare('SELECT * FROM files WHERE id = ?').get(fileId));
  }

  filesOf(transferId: string): readonly FileRecord[] {
    return this.prepare('SELECT * FROM files WHERE transfer_id = ? ORDER BY rowid').all(transferId).map(toFileRecord);
  }

  /** The newest version of the file at the same path that was planned for the same destination with the same mapping. */
  newestVersion(file: FileRecord): FileRecord | undefined {
    const found: unknown = this.prepare(
      "SELECT * FROM files WHERE path = ? AND connection_id = ? AND route = ? AND mapping_digest = ? AND planned_byte IS NOT NULL AND state NOT IN ('unchanged', 'refused') AND id <> ? ORDER BY rowid DESC LIMIT 1",
    ).get(file.path, file.connectionId, file.route, file.mappingDigest, file.id);
    return found === undefined ? undefined : toFileRecord(found);
  }

  /** Requests of a file that are planned and not settled, in the order of the rows. */
  openBatches(fileId: string): readonly OpenBatch[] {
    return this.prepare("SELECT * FROM batches WHERE file_id = ? AND state IN ('planned', 'sending', 'held') ORDER BY id")
      .all(fileId)
      .map((row) => {
        const batch = batchRow.parse(row);
        return {
          id: batch.id,
          name: batch.name,
          from: { byte: batch.from_byte, row: batch.from_row, line: batch.from_line },
          to: { byte: batch.to_byte, row: batch.to_row, line: batch.to_line },
          digest: batch.digest,
          mayBeApplied: batch.state === 'sending' || batch.may_be_applied === 1,
          remaining: batch.remaining === null ? undefined : z.array(number).parse(JSON.parse(batch.remaining)),
        };
      });
  }

  /** Every stretch of the source that was planned, in order, with its digest; those of the versions it continues first. */
  digestsOf(file: FileRecord): readonly { readonly from: number; readonly to: number; readonly digest: string }[] {
    const row = z.object({ from: number, to: number, digest: z.string() });
    const before = file.continues === undefined ? [] : this.digestsOf(this.file(file.continues));
    const own = this.prepare('SELECT from_byte AS "from", to_byte AS "to", digest FROM batches WHERE file_id = ? ORDER BY id')
      .all(file.id)
      .map((found) => row.parse(found));
    return [...before, ...own];
  }

  /**
   * Transfers that were running when the last run ended wait from now on, and so do their files. What is known of their
   * requests stays as it is: one that was under way may have been applied.
   */
  holdInterrupted(reason: Failure, nowMs: number): void {
    const text = JSON.stringify(reason);
    this.atomically(() => {
      this.prepare(
        "UPDATE files SET state = 'held', failure = ? WHERE state IN ('queued', 'sending', 'waiting') AND transfer_id IN (SELECT id FROM transfers WHERE state = 'running')",
      ).run(text);
      this.prepare("UPDATE transfers SET state = 'held', failure = ?, finished_at = ? WHERE state = 'running'").run(text, nowMs);
    });
  }

  /** The run ends in order: whoever waited for its transfers has heard of their end. */
  closeTransfers(): void {
    this.write("UPDATE transfers SET closed = 1 WHERE closed = 0 AND state <> 'running'");
  }

  /** Transfers, ended or not, of runs that did not end in order. */
  unclosedTransfers(): readonly string[] {
    return this.prepare('SELECT id FROM transfers WHERE closed = 0')
      .all()
      .map((row) => z.object({ id: z.string() }).parse(row).id);
  }

  /** Something was planned for this version itself, not only for those it continues. */
  hasBatches(fileId: string): boolean {
    return this.prepare('SELECT 1 FROM batches WHERE file_id = ? LIMIT 1').get(fileId) !== undefined;
  }

  /** Transfers that were running when the last run ended. */
  interruptedTransfers(): readonly string[] {
    return this.prepare("SELECT id FROM transfers WHERE state = 'running' ORDER BY started_at")
      .all()
      .map((row) => z.object({ id: z.string() }).parse(row).id);
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

function toFileRecord(found: unknown): FileRecord {
  const row = fileRow.parse(found);
  return {
    id: row.id,
    transferId: row.transfer_id,
    connectionId: row.connection_id,
    route: row.route,
    path: row.path,
    name: row.name,
    version: row.version,
    continues: row.continues ?? undefined,
    mapping: mappingSchema.parse(JSON.parse(row.mapping)),
    mappingDigest: row.mapping_digest,
    sizeBytes: row.size_bytes,
    stamp: row.stamp,
    state: row.state,
    planned:
      row.planned_byte === null || row.planned_row === null || row.planned_line === null
        ? undefined
        : { byte: row.planned_byte, row: row.planned_row, line: row.planned_line },
    endedOpen: row.ended_open === 1,
    rejectsPath: row.rejects_path ?? undefined,
    rejectsBytes: row.rejects_bytes,
  };
}

export const parseFailure = (text: string | null): Failure | undefined =>
  text === null ? undefined : failureSchema.parse(JSON.parse(text));
