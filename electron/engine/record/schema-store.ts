import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { serviceSchemaSchema, type ServiceSchema } from '../../../shared/contract/schema.ts';

const row = z.object({ read_at: z.number(), content: z.string() });

export interface StoredSchema {
  readonly schema: ServiceSchema;
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

/** The schemas that were read, by connection. One that was read from another address is none. */
export class SchemaStore {
  constructor(private readonly database: DatabaseSyncInstance) {}

  get(connectionId: string, address: string): StoredSchema | undefined {
    const found: unknown = this.database
      .prepare('SELECT read_at, content FROM schemas WHERE connection_id = ? AND address = ?')
      .get(connectionId, address);
    if (found === undefined) return undefined;
    const { read_at: readAt, content } = row.parse(found);
    // What another version of the app wrote is read anew from the service.
    const parsed = serviceSchemaSchema.safeParse(JSON.parse(content));
    return parsed.success ? { schema: parsed.data, readAt } : undefined;
  }

  put(connectionId: string, address: string, { schema, readAt }: StoredSchema): void {
    this.database
      .prepare(
        `INSERT INTO schemas (connection_id, address, read_at, content) VALUES (?, ?, ?, ?)
         ON CONFLICT (connection_id) DO UPDATE SET address = excluded.address, read_at = excluded.read_at, content = excluded.content`,
      )
      .run(connectionId, address, readAt, JSON.stringify(schema));
  }
}
