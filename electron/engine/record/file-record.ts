import { z } from 'zod';
import { failureSchema, routeSchema, type Failure } from '../../../shared/contract/common.ts';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';
import type { MappingRef } from '../../../shared/contract/mappings.ts';
import { fileStateSchema, type FileState } from '../../../shared/contract/transfers.ts';
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
  /** The watched folder it is of. */
  readonly folderId?: string | undefined;
  /** The version of a named mapping that `mapping` is of. */
  readonly mappingRef?: MappingRef | undefined;
  /** Somebody has said that it goes on whatever is rejected. */
  readonly rejectsAccepted?: boolean | undefined;
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
  shared_mapping: z.string().nullable(),
  folder_id: z.string().nullable(),
  mapping_digest: z.string(),
  size_bytes: number,
  stamp: z.string(),
  state: fileStateSchema,
  planned_byte: number.nullable(),
  planned_row: number.nullable(),
  planned_line: number.nullable(),
  ended_open: number,
  rejects_path: z.string().nullable(),
  rejects_bytes: number,
  mapping_id: z.string().nullable(),
  mapping_version: number.nullable(),
  rejects_accepted: number,
});

/** A row of the table `files`. */
export function toFileRecord(found: unknown): FileRecord {
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
    mapping: mappingSchema.parse(JSON.parse(row.mapping === '' ? (row.shared_mapping ?? '{}') : row.mapping)),
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
    folderId: row.folder_id ?? undefined,
    mappingRef: row.mapping_id === null || row.mapping_version === null ? undefined : { id: row.mapping_id, version: row.mapping_version },
    rejectsAccepted: row.rejects_accepted === 1,
  };
}

export const parseFailure = (text: string | null): Failure | undefined =>
  text === null ? undefined : failureSchema.parse(JSON.parse(text));
