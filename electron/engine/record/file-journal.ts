import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Failure } from '../../../shared/contract/common.ts';
import { directTargetSchema, type DirectTarget } from '../../../shared/contract/direct-stream.ts';
import type { FileState } from '../../../shared/contract/transfers.ts';
import type { Position } from '../model.ts';
import { toFileRecord, type FileRecord } from './file-record.ts';
import { Transactions } from './transactions.ts';

const targetRow = z.object({ target: z.string().nullable() });

/** A mapping that many files share stands in a table of its own. */
const selectFile =
  'SELECT files.*, mappings.mapping AS shared_mapping FROM files LEFT JOIN mappings ON mappings.digest = files.mapping_digest';

/** The part of the journal that is about file versions. */
export class FileJournal extends Transactions {
  addFile(file: Omit<FileRecord, 'endedOpen' | 'rejectsPath' | 'rejectsBytes'>): void {
    const mapping = JSON.stringify(file.mapping);
    if (file.folderId !== undefined) this.knowMapping(file.mappingDigest, mapping);
    this.write(
      'INSERT INTO files (id, transfer_id, connection_id, route, path, name, version, continues, planned_byte, planned_row, planned_line, mapping, mapping_digest, size_bytes, stamp, state, folder_id, mapping_id, mapping_version, rejects_accepted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
      file.folderId === undefined ? mapping : '',
      file.mappingDigest,
      file.sizeBytes,
      file.stamp,
      file.state,
      file.folderId ?? null,
      file.mappingRef?.id ?? null,
      file.mappingRef?.version ?? null,
      file.rejectsAccepted === true ? 1 : 0,
    );
  }

  /** A mapping that many files share stands once; what in it changes no event may be another than before. */
  protected knowMapping(digest: string, mapping: string): void {
    this.write(
      'INSERT INTO mappings (digest, mapping) VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET mapping = excluded.mapping WHERE mapping <> excluded.mapping',
      digest,
      mapping,
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

  addDirectStream(fileId: string, target: DirectTarget): void {
    this.write('INSERT INTO direct_streams (file_id, target) VALUES (?, ?)', fileId, JSON.stringify(target));
  }

  directStream(fileId: string): DirectTarget {
    const found = z.object({ target: z.string() }).parse(this.prepare('SELECT target FROM direct_streams WHERE file_id = ?').get(fileId));
    return directTargetSchema.parse(JSON.parse(found.target));
  }

  setRejectsPath(fileId: string, path: string): void {
    this.write('UPDATE files SET rejects_path = ? WHERE id = ?', path, fileId);
  }

  /** Somebody changed rows in the file of rejects: what is behind this size is still cut off before anything is appended. */
  setRejectsBytes(fileId: string, bytes: number): void {
    this.write('UPDATE files SET rejects_bytes = ? WHERE id = ?', bytes, fileId);
  }

  file(fileId: string): FileRecord {
    return toFileRecord(this.prepare(`${selectFile} WHERE files.id = ?`).get(fileId));
  }

  filesOf(transferId: string): readonly FileRecord[] {
    return this.prepare(`${selectFile} WHERE files.transfer_id = ? ORDER BY files.rowid`).all(transferId).map(toFileRecord);
  }

  /**
   * The newest version of the file at the same path that was planned for the same destination with the same mapping. With another
   * mapping too, when its rejects are what holds it, or when it is of a watched folder: rows that are sent stay sent.
   */
  newestVersion(file: FileRecord): FileRecord | undefined {
    const found = this.prepare(
      `${selectFile} WHERE files.path = ?1 AND files.connection_id = ?2 AND files.route = ?3 AND files.id <> ?4 AND files.identity IS NULL
         AND (files.planned_byte IS NOT NULL OR files.unplanned_rows > 0) AND files.state NOT IN ('unchanged', 'refused')
         AND (files.mapping_digest = ?5 OR files.folder_id = ?6
           OR (files.state = 'held' AND json_extract(files.failure, '$.code') = 'too-many-rejects'))
         AND NOT EXISTS (SELECT 1 FROM objects WHERE objects.file_id = files.id AND objects.state = 'replaced')
       ORDER BY files.rowid DESC`,
    ).iterate(file.path, file.connectionId, file.route, file.id, file.mappingDigest, file.folderId ?? null);
    for (const row of found) {
      const record = toFileRecord(row);
      if (record.mappingDigest === file.mappingDigest || this.mayGoOnOtherwise(record, file)) return record;
    }
    return undefined;
  }

  /** Whether a version goes on by another mapping: to the same place, and read by the same bytes where rows of it are planned. */
  private mayGoOnOtherwise(record: FileRecord, file: FileRecord): boolean {
    const isReadAlike = record.planned === undefined || isDeepStrictEqual(record.mapping.format, file.mapping.format);
    return isReadAlike && this.targetOf(record.id) === this.targetOf(file.id);
  }

  /** The bucket or stream it goes to, as JSON; undefined for the service itself. */
  private targetOf(fileId: string): string | undefined {
    const found: unknown = this.prepare(
      'SELECT coalesce((SELECT target FROM objects WHERE file_id = ?1), (SELECT target FROM direct_streams WHERE file_id = ?1)) AS target',
    ).get(fileId);
    return targetRow.parse(found).target ?? undefined;
  }
}
