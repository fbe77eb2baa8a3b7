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

/** What says whether a version stands as it was written down, and how much was read of it; the rest is recalled when it is needed. */
export interface VersionGlance {
  /** Number of its row in the table: `VersionJournal.versionAt` has all of it. */
  readonly row: number;
  /** Undefined: all of it is needed. */
  readonly settled:
    | {
        /** Relative to the folder, as the system writes it. */
        readonly path: string;
        readonly fileKey: string;
        readonly bytesRead: number;
        readonly seenMs: number;
        readonly firstRow: string | undefined;
        readonly ledger: Ledger;
      }
    | undefined;
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
    seenMs: seenMsOf(row.stamp),
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

const seenMsOf = (stamp: string): number | undefined => (/^\d+(\.\d+)?$/.test(stamp) ? Number(stamp) : undefined);

/** In the order of `glanceColumns`. */
type GlanceRow = readonly [
  row: number,
  place: string | null,
  fileKey: string,
  bytesRead: number,
  stamp: string,
  firstRow: string | null,
  confirmed: number,
  rejected: number,
  repeated: number,
];
/** By hand, for there may be a hundred thousand at every start. */
const isGlanceRow = (found: unknown): found is GlanceRow =>
  Array.isArray(found) &&
  [0, 3, 6, 7, 8].every((at) => typeof found[at] === 'number') &&
  [2, 4].every((at) => typeof found[at] === 'string') &&
  [1, 5].every((at) => found[at] === null || typeof found[at] === 'string');

/**
 * Columns of a glance at a version. The second is its path in the folder, where everything that was read of it is settled and no
 * other version is needed for it. The parameter is the folder's path with the separator behind it.
 */
export const glanceColumns = `rowid, CASE WHEN state = 'done' AND rows_held = 0 AND planned_row IS NOT NULL AND coalesce(identity, '') <> '' AND known_rows IS NULL AND substr(path, 1, length(?1)) = ?1 THEN substr(path, length(?1) + 1) END, file_key, bytes_read, stamp, first_row, rows_confirmed, rows_rejected, possibly_repeated`;

/** A row of the table `files`, a list of its columns `glanceColumns`. */
export function toVersionGlance(found: unknown): VersionGlance {
  if (!isGlanceRow(found)) throw new Error('the journal has a version that is none');
  const [row, path, fileKey, bytesRead, stamp, firstRow, rowsConfirmed, rowsRejected, possiblyRepeated] = found;
  const seenMs = seenMsOf(stamp);
  if (path === null || seenMs === undefined) return { row, settled: undefined };
  const ledger = { rowsRead: rowsConfirmed + rowsRejected, rowsConfirmed, rowsRejected, rowsHeld: 0, possiblyRepeated };
  return { row, settled: { path, fileKey, bytesRead, seenMs, firstRow: firstRow ?? undefined, ledger } };
}
