import { z } from 'zod';
import type { Failure } from '../../../shared/contract/common.ts';
import { fileStateSchema, type FileState } from '../../../shared/contract/transfers.ts';
import type { Ledger } from '../../../shared/model/ledger.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import type { Position } from '../model.ts';
import { parseFailure } from './file-record.ts';

/** A file version that is followed, as the journal keeps it. */
export interface VersionRecord {
  readonly id: string;
  readonly transferId: string;
  /** Absolute. */
  readonly path: string;
  readonly fileKey: string;
  readonly sizeBytes: number;
  readonly stamp: string;
  /** Of a version whose rows are followed: its time of change when all there was of it had been read. */
  readonly seenMs: number | undefined;
  readonly planned: Position | undefined;
  readonly bytesRead: number;
  readonly formatId: number | undefined;
  /** JSON of its identity. */
  readonly identity: string | undefined;
  /** Hash of its first row, hex. */
  readonly firstRow: string | undefined;
  /** The version whose rows are passed over in it. */
  readonly knownRows: string | undefined;
  readonly state: FileState;
  readonly failure: Failure | undefined;
  readonly ledger: Ledger;
  readonly rejectsBytes: number;
}

export interface NewVersion {
  readonly id: string;
  readonly transferId: string;
  readonly folderId: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly route: string;
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly mappingDigest: string;
  readonly mappingRef: MappingRef | undefined;
  readonly sizeBytes: number;
  readonly fileKey: string;
  readonly startedAt: number;
}

const number = z.number().int();
const versionRow = z.object({
  id: z.string(),
  transfer_id: z.string(),
  path: z.string(),
  file_key: z.string(),
  size_bytes: number,
  stamp: z.string(),
  planned_byte: number.nullable(),
  planned_row: number.nullable(),
  planned_line: number.nullable(),
  bytes_read: number,
  format_id: number.nullable(),
  identity: z.string().nullable(),
  first_row: z.string().nullable(),
  known_rows: z.string().nullable(),
  state: fileStateSchema,
  failure: z.string().nullable(),
  rows_read: number,
  rows_confirmed: number,
  rows_rejected: number,
  rows_held: number,
  possibly_repeated: number,
  rejects_bytes: number,
});

export const versionColumns = Object.keys(versionRow.shape).join(', ');

/** A row of the table `files`, its columns `versionColumns`. */
export function toVersionRecord(found: unknown): VersionRecord {
  const row = versionRow.parse(found);
  return {
    id: row.id,
    transferId: row.transfer_id,
    path: row.path,
    fileKey: row.file_key,
    sizeBytes: row.size_bytes,
    stamp: row.stamp,
    seenMs: /^\d+(\.\d+)?$/.test(row.stamp) ? Number(row.stamp) : undefined,
    planned:
      row.planned_byte === null || row.planned_row === null || row.planned_line === null
        ? undefined
        : { byte: row.planned_byte, row: row.planned_row, line: row.planned_line },
    bytesRead: row.bytes_read,
    formatId: row.format_id ?? undefined,
    identity: row.identity ?? undefined,
    firstRow: row.first_row ?? undefined,
    knownRows: row.known_rows ?? undefined,
    state: row.state,
    failure: parseFailure(row.failure),
    rejectsBytes: row.rejects_bytes,
    ledger: {
      rowsRead: row.rows_read,
      rowsConfirmed: row.rows_confirmed,
      rowsRejected: row.rows_rejected,
      rowsHeld: row.rows_held,
      possiblyRepeated: row.possibly_repeated,
    },
  };
}
