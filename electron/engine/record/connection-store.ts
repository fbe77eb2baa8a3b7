import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { connectionSchema, type Connection } from '../../../shared/contract/connections.ts';
import { UploaderError } from '../errors.ts';
import { remembered } from './remembered.ts';

const row = z.object({ settings: z.string() });

/** The connections in the journal: everything about them but their secrets. */
export class ConnectionStore {
  private readonly listing: StatementSyncInstance;

  constructor(private readonly database: DatabaseSyncInstance) {
    this.listing = database.prepare('SELECT settings FROM connections ORDER BY position');
  }

  list(): readonly Connection[] {
    return this.listing.all().map(toConnection);
  }

  get(id: string): Connection | undefined {
    const found: unknown = this.database.prepare('SELECT settings FROM connections WHERE id = ?').get(id);
    return found === undefined ? undefined : toConnection(found);
  }

  /** Adds or replaces. Throws `connection-name-taken` when another connection has the name. */
  put(connection: Connection): void {
    const other: unknown = this.database
      .prepare('SELECT id FROM connections WHERE name = ? AND id <> ?')
      .get(connection.name, connection.id);
    if (other !== undefined) {
      throw new UploaderError('connection-name-taken', `there is another connection called ${connection.name}`, { name: connection.name });
    }
    this.database
      .prepare(
        `INSERT INTO connections (id, name, settings, position) VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM connections))
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, settings = excluded.settings`,
      )
      .run(connection.id, connection.name, JSON.stringify(connection));
  }

  remove(id: string): void {
    this.database.prepare('DELETE FROM connections WHERE id = ?').run(id);
  }
}

const parsed = remembered((text): Connection => connectionSchema.parse(JSON.parse(text)));
const toConnection = (found: unknown): Connection => parsed(row.parse(found).settings);
