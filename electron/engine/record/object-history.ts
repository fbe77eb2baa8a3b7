/** What people see of files that go to a bucket: their objects, how far each is, and what the service said of it. Reads only. */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import { objectTargetSchema } from '../../../shared/contract/object-store.ts';
import { fileStateSchema, transferStateSchema, type TransferObject } from '../../../shared/contract/transfers.ts';
import { parseFailure } from './file-record.ts';
import { objectStates, type ObjectState } from './object-record.ts';

const number = z.number().int();
const countRow = z.object({ total: number });
const listedRow = z.object({ file_id: z.string(), piece: number, is_stored: number });
const objectRow = z.object({
  file_name: z.string(),
  file_state: fileStateSchema,
  failure: z.string().nullable(),
  transfer_state: transferStateSchema,
  target: z.string(),
  state: z.enum(objectStates),
  key: z.string().nullable(),
  piece_key: z.string().nullable(),
  upload_id: z.string().nullable(),
  bytes: number.nullable(),
  parts_planned: number.nullable(),
});
const pieceRow = z.object({ key: z.string(), bytes: number, referenced: number, parts: number.nullable(), attempts: number.nullable() });
const partsRow = z.object({ finished: number, begun: number, attempts: number, bytes: number });
const answerRow = z.object({
  operation: z.enum(['refer', 'ask']),
  attempts: number,
  status: number.nullable(),
  request_id: z.string().nullable(),
  at: number,
});

/** A file is one object (piece 0), or those that lie in the bucket and the one that is on its way. */
const listed = `
  SELECT f.rowid AS place, o.file_id, coalesce(o.piece, 0) AS piece, 0 AS is_stored FROM objects AS o JOIN files AS f ON f.id = o.file_id
  WHERE f.transfer_id = ?1 AND (o.piece IS NULL OR NOT EXISTS (SELECT 1 FROM object_pieces AS p WHERE p.file_id = o.file_id AND p.number = o.piece))
    AND (o.piece IS NOT NULL OR NOT EXISTS (SELECT 1 FROM object_pieces AS p WHERE p.file_id = o.file_id))
  UNION ALL
  SELECT f.rowid, p.file_id, p.number, 1 FROM object_pieces AS p JOIN files AS f ON f.id = p.file_id WHERE f.transfer_id = ?1`;

const shownStates = {
  entered: 'planned',
  uploading: 'uploading',
  complete: 'stored',
  referenced: 'referenced',
  received: 'received',
  replaced: 'replaced',
} as const satisfies Record<ObjectState, TransferObject['state']>;

export class ObjectHistory {
  constructor(private readonly database: DatabaseSyncInstance) {}

  /** The objects of a transfer in the order of its files; none where it does not go to a bucket. */
  list({ transferId, limit, offset }: ParsedInput<'history.objects'>): CommandOutput<'history.objects'> {
    const { total } = countRow.parse(this.database.prepare(`SELECT count(*) AS total FROM (${listed})`).get(transferId));
    const objects = this.database
      .prepare(`${listed} ORDER BY place, piece LIMIT ?2 OFFSET ?3`)
      .all(transferId, limit, offset)
      .map((found) => this.toObject(listedRow.parse(found)));
    return { objects, total };
  }

  private toObject({ file_id: fileId, piece, is_stored: isStored }: z.infer<typeof listedRow>): TransferObject {
    const row = objectRow.parse(
      this.database
        .prepare(
          `SELECT f.name AS file_name, f.state AS file_state, f.failure, t.state AS transfer_state, o.* FROM objects AS o
           JOIN files AS f ON f.id = o.file_id JOIN transfers AS t ON t.id = f.transfer_id WHERE o.file_id = ?`,
        )
        .get(fileId),
    );
    const target = objectTargetSchema.parse(JSON.parse(row.target));
    const failure = row.transfer_state === 'running' ? undefined : parseFailure(row.failure);
    // Where nobody is told, what lies in the bucket is where it was to go.
    const state = row.state === 'received' && !target.reference ? 'stored' : shownStates[row.state];
    const isOver = row.state === 'received' || row.state === 'replaced' || row.file_state === 'refused';
    const object = {
      ...{ fileId, fileName: row.file_name, bucket: target.bucket },
      ...(piece === 0 ? {} : { piece }),
      mayResume: row.transfer_state !== 'running' && !isOver,
      ...(failure === undefined ? {} : { failure }),
      ...this.answers(fileId, piece),
    };
    return isStored === 1
      ? { ...object, ...this.storedPiece(fileId, piece, state) }
      : { ...object, state, ...this.onItsWay(fileId, piece, row) };
  }

  private storedPiece(fileId: string, piece: number, fileState: TransferObject['state']) {
    const row = pieceRow.parse(this.database.prepare('SELECT * FROM object_pieces WHERE file_id = ? AND number = ?').get(fileId, piece));
    const parts = row.parts ?? 1;
    return {
      state:
        fileState === 'received' || fileState === 'replaced'
          ? fileState
          : row.referenced === 1
            ? ('referenced' as const)
            : ('stored' as const),
      ...{ key: row.key, bytes: row.bytes, attempts: row.attempts ?? parts },
      parts: { planned: parts, finished: parts, inFlight: 0 },
    };
  }

  private onItsWay(fileId: string, piece: number, row: z.infer<typeof objectRow>) {
    const isStored = row.state !== 'entered' && row.state !== 'uploading';
    const sent = partsRow.parse(
      this.database
        .prepare(
          `SELECT (SELECT count(*) FROM object_parts WHERE file_id = ?1) AS finished, count(*) AS begun, coalesce(sum(attempts), 0) AS attempts,
             (SELECT coalesce(sum(bytes), 0) FROM object_parts WHERE file_id = ?1) AS bytes FROM object_sends WHERE file_id = ?1`,
        )
        .get(fileId),
    );
    const finished = isStored ? Math.max(1, sent.finished) : sent.finished;
    const key = piece === 0 ? row.key : row.piece_key;
    const planned = isStored ? finished : (row.parts_planned ?? undefined);
    return {
      ...(key === null ? {} : { key }),
      bytes: row.bytes ?? sent.bytes,
      attempts: sent.attempts,
      ...(row.upload_id === null ? {} : { uploadId: row.upload_id }),
      // A part that was under way when everything stopped is not under way any more; it is sent again.
      parts: {
        finished,
        inFlight: isStored || row.transfer_state !== 'running' ? 0 : Math.max(0, sent.begun - sent.finished),
        ...(planned === undefined ? {} : { planned }),
      },
    };
  }

  private answers(fileId: string, piece: number): Pick<TransferObject, 'refer' | 'ask'> {
    const rows = this.database
      .prepare('SELECT * FROM object_answers WHERE file_id = ? AND piece = ?')
      .all(fileId, piece)
      .map((found) => answerRow.parse(found));
    return Object.fromEntries(
      rows.map(({ operation, attempts, status, request_id: requestId, at }) => [
        operation,
        { attempts, at, ...(status === null ? {} : { status }), ...(requestId === null ? {} : { requestId }) },
      ]),
    );
  }
}
