import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { mappingSchema, type Mapping } from '../../../shared/contract/mapping.ts';

const row = z.object({
  path: z.string(),
  name: z.string(),
  mapping: z.string(),
  shared_mapping: z.string().nullable(),
  started_at: z.number().int(),
});

export interface SentFile {
  readonly path: string;
  readonly name: string;
  readonly mapping: Mapping;
  /** When its transfer began; milliseconds since 1970. */
  readonly at: number;
}

/** Files of uploads and watched folders that went over a connection. Reads only. */
export class SentFiles {
  constructor(private readonly database: DatabaseSyncInstance) {}

  /** The newest versions first; a file that was sent several times is there several times. */
  newest(connectionId: string, limit: number): readonly SentFile[] {
    return this.database
      .prepare(
        `SELECT f.path, f.name, f.mapping, m.mapping AS shared_mapping, t.started_at FROM files AS f
         JOIN transfers AS t ON t.id = f.transfer_id LEFT JOIN mappings AS m ON m.digest = f.mapping_digest
         WHERE f.connection_id = ? AND f.state <> 'refused' ORDER BY f.rowid DESC LIMIT ?`,
      )
      .all(connectionId, limit)
      .map((found) => {
        const file = row.parse(found);
        const mapping = mappingSchema.parse(JSON.parse(file.mapping === '' ? (file.shared_mapping ?? '{}') : file.mapping));
        return { path: file.path, name: file.name, mapping, at: file.started_at };
      });
  }
}
