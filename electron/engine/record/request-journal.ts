import { z } from 'zod';
import type { RejectCode } from '../../../shared/error-codes.ts';
import { toOpenBatch, type BatchEnd, type BatchProgress, type NewBatch, type OpenBatch } from './batch-record.ts';
import type { FileRecord } from './file-record.ts';
import { HeldFilesJournal } from './held-files-journal.ts';

const number = z.number().int();
const countsByCode = z.record(z.string(), number);
// Made once: a schema is compiled with its first use, which costs more than to read the row.
const rejectsRow = z.object({ rejects_by_code: z.string() });
const digestRow = z.object({ from: number, to: number, digest: z.string() });
const nameRow = z.object({ name: z.string() });

/** The part of the journal that is about requests, and what they do to the ledger of their file version. */
export class RequestJournal extends HeldFilesJournal {
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
        `UPDATE files SET planned_byte = ?, planned_row = ?, planned_line = ?, bytes_read = ?, rejects_bytes = CASE WHEN ? THEN ? ELSE rejects_bytes END,
           rows_read = rows_read + ?, rows_held = rows_held + ?, rows_rejected = rows_rejected + ? WHERE id = ?`,
      ).run(
        batch.to.byte,
        batch.to.row,
        batch.to.line,
        batch.fileBytes,
        // Without rejects nothing was appended, and rows that stand there may have been edited since.
        batch.rejected.length > 0 ? 1 : 0,
        batch.rejectsBytes,
        batch.events + batch.rejected.length,
        batch.events,
        batch.rejected.length,
        fileId,
      );
      this.countRejects(fileId, batch.rejected);
      this.countToday(0, batch.rejected.length, 0, 0);
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
      const { changes } = this.prepare(
        "UPDATE batches SET state = ?, status = ?, request_id = ?, answer = ?, may_be_applied = ?, remaining = CASE WHEN ? THEN remaining END WHERE id = ? AND state NOT IN ('confirmed', 'rejected')",
      ).run(
        end.state,
        end.status ?? null,
        end.requestId ?? null,
        end.answer ?? null,
        end.mayBeApplied ? 1 : 0,
        end.state === 'held' ? 1 : 0,
        batchId,
      );
      // It was told before: on a full disk what is written down may be reported as failed, and is then told again.
      if (changes === 0) return;
      this.settleRows(fileId, step.confirmed, step.rejected, step.rejectsBytes);
      this.prepare('UPDATE files SET possibly_repeated = possibly_repeated + ? WHERE id = ?').run(end.possiblyRepeated, fileId);
      this.prepare('UPDATE transfers SET bytes_sent = bytes_sent + ?, requests = requests + ?, retries = retries + ? WHERE id = ?').run(
        end.bytesSent,
        end.requests,
        end.retries,
        transferId,
      );
      this.countToday(0, 0, end.bytesSent, end.requests);
    });
  }

  /**
   * What is left of a version will not be sent by it: its rows stand among its rejects again, and its open requests are closed.
   * `rejected`: codes of these rows; `mayBeRepeated`: how many of them may have arrived all the same.
   */
  giveBack(fileId: string, rejected: readonly RejectCode[], mayBeRepeated: number, rejectsBytes: number): void {
    this.atomically(() => {
      this.prepare(
        "UPDATE batches SET state = 'rejected', remaining = NULL WHERE file_id = ? AND state IN ('planned', 'sending', 'held')",
      ).run(fileId);
      this.prepare(
        "UPDATE files SET rows_rejected = rows_rejected + ?1, rows_read = rows_confirmed + rows_rejected + ?1, rows_held = 0, possibly_repeated = possibly_repeated + ?2, rejects_bytes = ?3, state = 'done', failure = NULL WHERE id = ?4",
      ).run(rejected.length, mayBeRepeated, rejectsBytes, fileId);
      this.countRejects(fileId, rejected);
    });
  }

  private countToday(confirmed: number, rejected: number, bytesSent: number, requests: number): void {
    if (confirmed === 0 && rejected === 0 && bytesSent === 0 && requests === 0) return;
    this.prepare(
      `INSERT INTO daily (day, rows_confirmed, rows_rejected, bytes_sent, requests) VALUES (date('now', 'localtime'), ?, ?, ?, ?)
       ON CONFLICT (day) DO UPDATE SET rows_confirmed = rows_confirmed + excluded.rows_confirmed, rows_rejected = rows_rejected + excluded.rows_rejected,
         bytes_sent = bytes_sent + excluded.bytes_sent, requests = requests + excluded.requests`,
    ).run(confirmed, rejected, bytesSent, requests);
  }

  private settleRows(fileId: string, confirmed: number, rejected: readonly RejectCode[], rejectsBytes: number): void {
    this.prepare(
      'UPDATE files SET rows_held = rows_held - ?, rows_confirmed = rows_confirmed + ?, rows_rejected = rows_rejected + ?, rejects_bytes = CASE WHEN ? THEN ? ELSE rejects_bytes END WHERE id = ?',
    ).run(confirmed + rejected.length, confirmed, rejected.length, rejected.length > 0 ? 1 : 0, rejectsBytes, fileId);
    this.countRejects(fileId, rejected);
    this.countToday(confirmed, rejected.length, 0, 0);
  }

  private countRejects(fileId: string, codes: readonly RejectCode[]): void {
    if (codes.length === 0) return;
    const row = rejectsRow.parse(this.prepare('SELECT rejects_by_code FROM files WHERE id = ?').get(fileId));
    const counts = countsByCode.parse(JSON.parse(row.rejects_by_code));
    for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
    this.prepare('UPDATE files SET rejects_by_code = ? WHERE id = ?').run(JSON.stringify(counts), fileId);
  }

  /** Requests of a file that are planned and not settled, in the order of the rows. */
  openBatches(fileId: string): readonly OpenBatch[] {
    return this.prepare("SELECT * FROM batches WHERE file_id = ? AND state IN ('planned', 'sending', 'held') ORDER BY id")
      .all(fileId)
      .map(toOpenBatch);
  }

  /** Where the rows of a request stand in their file. */
  batchRange(batchId: number): Pick<OpenBatch, 'from' | 'to'> {
    return toOpenBatch(this.prepare('SELECT * FROM batches WHERE id = ?').get(batchId));
  }

  /** Every stretch of the source that was planned, in order, with its digest; those of the versions it continues first. */
  digestsOf(file: FileRecord): readonly { readonly from: number; readonly to: number; readonly digest: string }[] {
    const before = file.continues === undefined ? [] : this.digestsOf(this.file(file.continues));
    const own = this.prepare('SELECT from_byte AS "from", to_byte AS "to", digest FROM batches WHERE file_id = ? ORDER BY id')
      .all(file.id)
      .map((found) => digestRow.parse(found));
    return [...before, ...own];
  }

  /** Names of the requests that delivered rows of a file version, those of the versions it continues included. */
  sentBatches(fileId: string): readonly string[] {
    const file = this.file(fileId);
    const before = file.continues === undefined ? [] : this.sentBatches(file.continues);
    const own = this.prepare("SELECT name FROM batches WHERE file_id = ? AND state = 'confirmed' AND events > 0 ORDER BY id").all(fileId);
    return [...before, ...own.map((row) => nameRow.parse(row).name)];
  }

  /** Something was planned for this version itself, not only for those it continues. */
  hasBatches(fileId: string): boolean {
    return this.prepare('SELECT 1 FROM batches WHERE file_id = ? LIMIT 1').get(fileId) !== undefined;
  }
}
