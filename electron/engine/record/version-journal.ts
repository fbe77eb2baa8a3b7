import { z } from 'zod';
import type { Failure } from '../../../shared/contract/common.ts';
import type { FileState, TransferState } from '../../../shared/contract/transfers.ts';
import type { Payload, Position } from '../model.ts';
import { toOpenBatch, type NewBatch, type OpenBatch } from './batch-record.ts';
import { KnownVersions } from './known-versions.ts';
import type { NewVersion } from './version-record.ts';

/** Rows of one file within a request that is planned. */
export interface PlannedSegment extends NewBatch {
  readonly fileId: string;
  readonly firstEvent: number;
  /** JSON of the identity at its end. */
  readonly identity: string;
  /** Hash of the first row of the file, hex, when it is among these. */
  readonly firstRow: string | undefined;
}

/** A request whose body was kept and that is not settled. */
export interface KeptBody {
  readonly id: number;
  readonly name: string;
  readonly payload: Payload;
  readonly segments: readonly { readonly batchId: number; readonly fileId: string; readonly firstEvent: number; readonly events: number }[];
}

const number = z.number().int();
const segmentsSchema = z.array(z.tuple([number, z.string(), number, number]));
const blob = z.instanceof(Uint8Array);
// Made once: a schema is compiled with its first use, which costs more than to read the row.
const idRow = z.object({ id: number });
const formatRow = z.object({ format: z.string() });
const fileIdRow = z.object({ file_id: z.string() });
const skippedRow = z.object({ path: z.string(), stamp: z.string() });
const keptRow = z.object({ id: number, name: z.string(), body: blob, starts: blob, rows: blob, segments: z.string() });

/** The part of the journal that is about watched folders: the versions that are followed, and requests with rows of several. */
export class VersionJournal extends KnownVersions {
  /** Enters a version together with the transfer that the history shows for it. */
  addVersion(version: NewVersion, mapping: string): void {
    this.atomically(() => {
      this.knowMapping(version.mappingDigest, mapping);
      this.prepare(
        "INSERT INTO transfers (id, connection_id, connection_name, route, state, started_at, closed, folder_id) VALUES (?, ?, ?, ?, 'running', ?, 1, ?)",
      ).run(version.transferId, version.connectionId, version.connectionName, version.route, version.startedAt, version.folderId);
      this.prepare(
        "INSERT INTO files (id, transfer_id, connection_id, route, path, name, version, mapping, mapping_digest, size_bytes, stamp, state, folder_id, file_key, identity, mapping_id, mapping_version) VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, '', 'sending', ?, ?, '', ?, ?)",
      ).run(
        version.id,
        version.transferId,
        version.connectionId,
        version.route,
        version.path,
        version.name,
        version.version,
        version.mappingDigest,
        version.sizeBytes,
        version.folderId,
        version.fileKey,
        version.mappingRef?.id ?? null,
        version.mappingRef?.version ?? null,
      );
    });
  }

  /** Id of a format; the same for equal ones. */
  formatId(format: string): number {
    this.write('INSERT OR IGNORE INTO formats (format) VALUES (?)', format);
    return idRow.parse(this.prepare('SELECT id FROM formats WHERE format = ?').get(format)).id;
  }

  format(id: number): string {
    return formatRow.parse(this.prepare('SELECT format FROM formats WHERE id = ?').get(id)).format;
  }

  setVersionFormat(fileId: string, formatId: number): void {
    this.write('UPDATE files SET format_id = ? WHERE id = ?', formatId, fileId);
  }

  /** It stands at another path now, or has grown there. */
  setVersionPlace(fileId: string, path: string, name: string, fileKey: string, sizeBytes: number): void {
    this.write('UPDATE files SET path = ?, name = ?, file_key = ?, size_bytes = ? WHERE id = ?', path, name, fileKey, sizeBytes, fileId);
  }

  /** It is what was sent of it, and was changed last at that time (milliseconds since 1970). */
  setVersionSeen(fileId: string, modifiedMs: number): void {
    this.write('UPDATE files SET stamp = ? WHERE id = ?', String(modifiedMs), fileId);
  }

  /** Where its rows are passed over up to, without being read as new ones. */
  setVersionPosition(fileId: string, to: Position, identity: string, firstRow: string | undefined): void {
    this.write(
      'UPDATE files SET planned_byte = ?, planned_row = ?, planned_line = ?, identity = ?, first_row = coalesce(first_row, ?) WHERE id = ?',
      to.byte,
      to.row,
      to.line,
      identity,
      firstRow ?? null,
      fileId,
    );
  }

  /** The state of a version, and with it of its transfer. */
  setVersionState(
    fileId: string,
    transferId: string,
    file: FileState,
    transfer: TransferState,
    failure: Failure | undefined,
    at: number,
  ): void {
    this.atomically(() => {
      this.setFileState(fileId, file, failure);
      const text = failure === undefined ? null : JSON.stringify(failure);
      this.prepare('UPDATE transfers SET state = ?, failure = ?, finished_at = ? WHERE id = ?').run(
        transfer,
        text,
        transfer === 'running' ? null : at,
        transferId,
      );
    });
  }

  /** Rows of an earlier version are passed over in this one. */
  setKnownRows(fileId: string, earlierId: string): void {
    this.write('UPDATE files SET known_rows = ? WHERE id = ?', earlierId, fileId);
  }

  /** Files that were left out as they stood at the beginning: by path, size and time of change. */
  skipped(folderId: string): ReadonlyMap<string, string> {
    const rows = this.prepare('SELECT path, stamp FROM skipped WHERE folder_id = ?').all(folderId);
    return new Map(
      rows.map((row) => {
        const found = skippedRow.parse(row);
        return [found.path, found.stamp] as const;
      }),
    );
  }

  skip(folderId: string, path: string, stamp: string): void {
    this.write('INSERT OR REPLACE INTO skipped (folder_id, path, stamp) VALUES (?, ?, ?)', folderId, path, stamp);
  }

  /** Another version has taken its place, or it is gone and nothing of it is left to send. */
  closeVersion(fileId: string): void {
    this.write('UPDATE files SET is_closed = 1 WHERE id = ?', fileId);
  }

  /**
   * Plans a request with rows of one file or of several. `kept`: its body stays in the journal until it is settled.
   * `isRepeated`: an earlier call with it is said to have failed.
   * Returns the ids of its batches, in the order of the segments, and of the body.
   */
  planBody(
    folderId: string,
    name: string,
    segments: readonly PlannedSegment[],
    kept: Payload | undefined,
    isRepeated = false,
  ): { readonly batchIds: readonly number[]; readonly bodyId: number | undefined } {
    return this.atomically(() => {
      const batchIds = segments.map((segment) => {
        const before = isRepeated ? this.plannedBefore(segment) : undefined;
        const id = before ?? this.planBatch(segment.fileId, segment);
        this.prepare('UPDATE files SET identity = ?, first_row = coalesce(first_row, ?) WHERE id = ?').run(
          segment.identity,
          segment.firstRow ?? null,
          segment.fileId,
        );
        return id;
      });
      if (kept === undefined) return { batchIds, bodyId: undefined };
      const list = segments.map(({ fileId, firstEvent, events }, at) => [batchIds[at], fileId, firstEvent, events]);
      const { lastInsertRowid } = this.prepare(
        'INSERT INTO kept_bodies (folder_id, name, body, starts, rows, segments) VALUES (?, ?, ?, ?, ?, ?)',
      ).run(folderId, name, kept.bytes, bytesOf(kept.starts), bytesOf(kept.rows), JSON.stringify(list));
      return { batchIds, bodyId: Number(lastInsertRowid) };
    });
  }

  /** Requests with rows of the folder's files that are planned and not settled, in the order in which they were planned. */
  openSegments(folderId: string): readonly (OpenBatch & { readonly fileId: string })[] {
    return this.prepare(
      "SELECT batches.* FROM batches JOIN files ON files.id = batches.file_id WHERE batches.state IN ('planned', 'sending', 'held') AND files.folder_id = ? AND files.identity IS NOT NULL ORDER BY batches.id",
    )
      .all(folderId)
      .map((found) => ({ ...toOpenBatch(found), fileId: fileIdRow.parse(found).file_id }));
  }

  /** On a full disk a plan may be written down although that was reported as failed. */
  private plannedBefore({ fileId, from, to, digest }: PlannedSegment): number | undefined {
    const found: unknown = this.prepare(
      'SELECT id FROM batches WHERE file_id = ? AND from_byte = ? AND to_byte = ? AND from_row = ? AND digest = ?',
    ).get(fileId, from.byte, to.byte, from.row, digest);
    return found === undefined ? undefined : idRow.parse(found).id;
  }

  dropBody(bodyId: number): void {
    this.write('DELETE FROM kept_bodies WHERE id = ?', bodyId);
  }

  keptBodies(folderId: string): readonly KeptBody[] {
    return this.prepare('SELECT id, name, body, starts, rows, segments FROM kept_bodies WHERE folder_id = ? ORDER BY id')
      .all(folderId)
      .map((found) => {
        const row = keptRow.parse(found);
        const starts = new Uint32Array(row.starts.slice().buffer);
        const rows = new Float64Array(row.rows.slice().buffer);
        return {
          id: row.id,
          name: row.name,
          payload: { bytes: row.body, starts, rows },
          segments: segmentsSchema
            .parse(JSON.parse(row.segments))
            .map(([batchId, fileId, firstEvent, events]) => ({ batchId, fileId, firstEvent, events })),
        };
      });
  }

  /**
   * Forgets settled requests of followed files but the newest `keep`, `most` of them at a time: a file that grows by a row a second
   * would else leave a line in the history for each. Their counts stay in the ledger. Returns how many there were.
   */
  pruneSettled(keep: number, most: number): number {
    return this.atomically(
      () =>
        this.prepare(
          "DELETE FROM batches WHERE id IN (SELECT id FROM batches WHERE state = 'confirmed' AND id < (SELECT coalesce(max(id), 0) - ? FROM batches) AND EXISTS (SELECT 1 FROM files WHERE files.id = batches.file_id AND identity IS NOT NULL) ORDER BY id LIMIT ?)",
        ).run(keep, most).changes,
    );
  }
}

const bytesOf = (array: Uint32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
