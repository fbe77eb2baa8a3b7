import { z } from 'zod';
import type { ObjectTarget } from '../../../shared/contract/object-store.ts';
import type { Position, ReferenceAnswer } from '../model.ts';
import { toOpenBatch, type OpenBatch } from './batch-record.ts';
import {
  toEarlierObjects,
  toObjectRecord,
  toPartRecord,
  toPieceRecord,
  type EarlierObject,
  type ObjectPlan,
  type ObjectRecord,
  type PartRecord,
  type PieceRecord,
} from './object-record.ts';
import type { FileRecord } from './file-record.ts';
import { RequestJournal } from './request-journal.ts';

const confirmedRow = z.object({ rows_confirmed: z.number() });

/** The part of the journal that is about files that go to a bucket. Their rows are confirmed all at once, at the end. */
export class ObjectJournal extends RequestJournal {
  addObject(fileId: string, target: ObjectTarget): void {
    this.write("INSERT INTO objects (file_id, target, state) VALUES (?, ?, 'entered')", fileId, JSON.stringify(target));
  }

  object(fileId: string): ObjectRecord {
    return toObjectRecord(this.prepare('SELECT * FROM objects WHERE file_id = ?').get(fileId));
  }

  /** Decides how the object is made; what was sent of it in another way is forgotten. */
  planObject(fileId: string, plan: ObjectPlan): void {
    this.atomically(() => {
      this.forgetParts(fileId);
      this.prepare('DELETE FROM object_pieces WHERE file_id = ?').run(fileId);
      this.prepare('DELETE FROM object_answers WHERE file_id = ?').run(fileId);
      this.prepare(
        "UPDATE objects SET state = 'uploading', form = ?, key = ?, part_bytes = ?, compressed = ?, upload_id = NULL, etag = NULL, bytes = NULL, piece = NULL WHERE file_id = ?",
      ).run(plan.form, plan.key, plan.partBytes, plan.compressed ? 1 : 0, fileId);
    });
  }

  /** Another upload in parts, or none: parts of the last one are of no use to it. */
  setUploadId(fileId: string, uploadId: string | undefined): void {
    this.atomically(() => {
      this.prepare('DELETE FROM object_parts WHERE file_id = ?').run(fileId);
      this.prepare('DELETE FROM object_sends WHERE file_id = ?').run(fileId);
      this.prepare('UPDATE objects SET upload_id = ? WHERE file_id = ?').run(uploadId ?? null, fileId);
    });
  }

  /** A part is about to leave, for the first time or once more. */
  beginPart(fileId: string, number: number, bytes: number): void {
    this.write(
      `INSERT INTO object_sends (file_id, number, bytes, attempts) VALUES (?, ?, ?, 1)
       ON CONFLICT (file_id, number) DO UPDATE SET attempts = attempts + 1, bytes = excluded.bytes`,
      fileId,
      number,
      bytes,
    );
  }

  /** How many parts it takes, as soon as that is known: of what is compressed, at its end. */
  setPartsPlanned(fileId: string, parts: number): void {
    this.write('UPDATE objects SET parts_planned = ? WHERE file_id = ?', parts, fileId);
  }

  /** The object with this number is the one that is sent from here on. */
  beginPiece(fileId: string, piece: number, key: string): void {
    this.write('UPDATE objects SET piece = ?, piece_key = ?, parts_planned = NULL WHERE file_id = ?', piece, key, fileId);
  }

  /** What the service answered of an object, or that it did not. `piece`: 0 where the file is one object. */
  noteAnswer(fileId: string, piece: number, { operation, status, requestId }: ReferenceAnswer, at: number): void {
    this.write(
      `INSERT INTO object_answers (file_id, piece, operation, attempts, status, request_id, at) VALUES (?, ?, ?, 1, ?, ?, ?)
       ON CONFLICT (file_id, piece, operation) DO UPDATE SET attempts = attempts + 1, status = excluded.status,
         request_id = excluded.request_id, at = excluded.at`,
      fileId,
      piece,
      operation,
      status ?? null,
      requestId ?? null,
      at,
    );
  }

  private forgetParts(fileId: string): void {
    this.prepare('DELETE FROM object_parts WHERE file_id = ?').run(fileId);
    this.prepare('DELETE FROM object_sends WHERE file_id = ?').run(fileId);
    this.prepare('UPDATE objects SET parts_planned = NULL WHERE file_id = ?').run(fileId);
  }

  addPart(fileId: string, part: PartRecord): void {
    this.write(
      'INSERT OR REPLACE INTO object_parts (file_id, number, bytes, sha256, etag) VALUES (?, ?, ?, ?, ?)',
      fileId,
      part.number,
      part.bytes,
      part.sha256,
      part.etag,
    );
  }

  part(fileId: string, number: number): PartRecord | undefined {
    const found: unknown = this.prepare('SELECT * FROM object_parts WHERE file_id = ? AND number = ?').get(fileId, number);
    return found === undefined ? undefined : toPartRecord(found);
  }

  /** One of several objects of the file lies in the bucket, whole; what was known of its upload is of no use to the next. */
  addPiece(fileId: string, { number, key, bytes, etag, completedAt }: PieceRecord): void {
    this.atomically(() => {
      this.prepare(
        `INSERT OR REPLACE INTO object_pieces (file_id, number, key, bytes, etag, completed_at, parts, attempts)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, count(*), sum(attempts) FROM object_sends WHERE file_id = ?1`,
      ).run(fileId, number, key, bytes, etag ?? null, completedAt);
      this.forgetParts(fileId);
      this.prepare('UPDATE objects SET upload_id = NULL WHERE file_id = ?').run(fileId);
    });
  }

  /** Those that lie in the bucket; none where the file is one object. */
  pieces(fileId: string): readonly (PieceRecord & { readonly isReferenced: boolean })[] {
    return this.prepare('SELECT * FROM object_pieces WHERE file_id = ? ORDER BY number').all(fileId).map(toPieceRecord);
  }

  /** @param since as of `setReferenced` */
  setPieceReferenced(fileId: string, piece: number, since: number): void {
    this.write('UPDATE object_pieces SET referenced = 1, completed_at = ? WHERE file_id = ? AND number = ?', since, fileId, piece);
  }

  /** The object lies in the bucket, whole. */
  completeObject(fileId: string, end: { readonly etag: string | undefined; readonly bytes: number; readonly completedAt: number }): void {
    this.write(
      "UPDATE objects SET state = 'complete', upload_id = NULL, etag = ?, bytes = ?, completed_at = ? WHERE file_id = ?",
      end.etag ?? null,
      end.bytes,
      end.completedAt,
      fileId,
    );
  }

  /** Of the same path and connection, where they lie in the bucket as far as is known; not those of the file itself. */
  earlierObjects(file: Pick<FileRecord, 'id' | 'path' | 'connectionId'>): readonly EarlierObject[] {
    const found = this.prepare(
      `SELECT o.file_id, o.target, o.key FROM objects AS o JOIN files AS f ON f.id = o.file_id
       WHERE f.path = ?1 AND f.connection_id = ?2 AND f.id <> ?3 AND o.key IS NOT NULL AND o.state IN ('complete', 'referenced', 'received')
         AND NOT EXISTS (SELECT 1 FROM object_pieces AS p WHERE p.file_id = o.file_id)
       UNION ALL
       SELECT o.file_id, o.target, p.key FROM object_pieces AS p JOIN objects AS o ON o.file_id = p.file_id JOIN files AS f ON f.id = o.file_id
       WHERE f.path = ?1 AND f.connection_id = ?2 AND f.id <> ?3 AND o.state <> 'replaced'`,
    ).all(file.path, file.connectionId, file.id);
    return toEarlierObjects(found);
  }

  /** Their rows are those of another object now: they count as sent no more. */
  setReplaced(fileIds: readonly string[]): void {
    this.atomically(() => {
      for (const id of fileIds)
        this.prepare("UPDATE objects SET state = 'replaced' WHERE file_id = ? AND state IN ('complete', 'referenced', 'received')").run(id);
    });
  }

  /** What lies in the bucket of uploads that have not come to their end is about to be emptied: whoever goes on with them begins anew. */
  forgetUnfinishedPieces(fileIds: readonly string[]): void {
    this.atomically(() => {
      for (const id of fileIds) {
        this.prepare(
          "DELETE FROM object_pieces WHERE file_id = ?1 AND EXISTS (SELECT 1 FROM objects WHERE file_id = ?1 AND state = 'uploading')",
        ).run(id);
      }
    });
  }

  /** @param since what the service received before is not this object; milliseconds since 1970 */
  setReferenced(fileId: string, since: number): void {
    this.write("UPDATE objects SET state = 'referenced', completed_at = ? WHERE file_id = ?", since, fileId);
  }

  /** A request for a transfer that carries no rows of its own: of an upload in parts, a reference, a question. */
  countRequest(transferId: string, bytesSent: number, isRetry: boolean): void {
    this.write(
      'UPDATE transfers SET bytes_sent = bytes_sent + ?, requests = requests + 1, retries = retries + ? WHERE id = ?',
      bytesSent,
      isRetry ? 1 : 0,
      transferId,
    );
  }

  /** Every stretch of rows that was planned, in order, also those of nothing but rejects. */
  allBatches(fileId: string): readonly OpenBatch[] {
    return this.prepare('SELECT * FROM batches WHERE file_id = ? ORDER BY id').all(fileId).map(toOpenBatch);
  }

  /** The object has arrived where it was to go, and with it every row that was planned. */
  confirmObject(fileId: string, answer: string): void {
    this.atomically(() => {
      this.prepare("UPDATE objects SET state = 'received' WHERE file_id = ?").run(fileId);
      this.prepare("UPDATE batches SET state = 'confirmed', attempts = 1, answer = ? WHERE file_id = ? AND events > 0").run(answer, fileId);
      this.prepare('UPDATE files SET rows_confirmed = rows_confirmed + rows_held, rows_held = 0 WHERE id = ?').run(fileId);
    });
  }

  /** Forgets every row that was planned, none of which has been confirmed: the file is read anew from its first row. */
  replanFile(fileId: string, from: Position): void {
    this.atomically(() => {
      const row = confirmedRow.parse(this.prepare('SELECT rows_confirmed FROM files WHERE id = ?').get(fileId));
      if (row.rows_confirmed > 0) throw new Error('rows that are confirmed are not forgotten');
      this.prepare('DELETE FROM batches WHERE file_id = ?').run(fileId);
      this.prepare(
        `UPDATE files SET planned_byte = ?, planned_row = ?, planned_line = ?, ended_open = 0, bytes_read = 0, rows_read = 0, rows_held = 0,
           rows_rejected = 0, rejects_bytes = 0, rejects_by_code = '{}' WHERE id = ?`,
      ).run(from.byte, from.row, from.line, fileId);
    });
  }
}
