import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Failure } from '../../../shared/contract/common.ts';
import { UploaderError, failure } from '../errors.ts';
import { initial } from './migrations/001-initial.ts';
import { watchedFolders } from './migrations/002-watched-folders.ts';
import { objects } from './migrations/003-objects.ts';
import { schemaCache } from './migrations/004-schema.ts';
import { replays } from './migrations/005-replays.ts';
import { directStreams } from './migrations/006-direct-streams.ts';
import { objectPieces } from './migrations/007-object-pieces.ts';
import { manyFiles } from './migrations/008-many-files.ts';
import { namedMappings } from './migrations/009-mappings.ts';
import { objectProgress } from './migrations/010-object-progress.ts';
import { closedVersions } from './migrations/011-closed-versions.ts';
import { seenFields } from './migrations/012-seen-fields.ts';

/** Applied in order; the number of those applied is the database's `user_version`. */
const migrations: readonly string[] = [
  ...[initial, watchedFolders, objects, schemaCache, replays, directStreams, objectPieces, manyFiles],
  ...[namedMappings, objectProgress, closedVersions, seenFields],
];

export interface OpenDatabase {
  readonly database: DatabaseSyncInstance;
  /** What a person should know: a damaged journal that was kept aside. */
  readonly notices: readonly Failure[];
}

/**
 * Opens (or makes) the journal's database in `dataDir`. A damaged one is kept aside under another name and a new one begun.
 * Throws `UploaderError`: `journal-newer` when a newer version of the app wrote it; `disk-full`.
 */
export function openDatabase(dataDir: string, nowMs: number): OpenDatabase {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'journal.sqlite');
  try {
    // SQLite takes a file without content for a new database; ours has content from its first moment.
    if (existsSync(path) && statSync(path).size === 0) throw new Error('the database is malformed: it is empty');
    return { database: openAt(path), notices: [] };
  } catch (error) {
    if (error instanceof UploaderError) throw error;
    if (!isDamage(error) || !existsSync(path)) throw openFailure(path, error);
    const aside = `${path}.damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`;
    for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
    const notice = failure('journal-corrupt', `the journal was damaged; it was kept as ${aside} and a new one was begun`, { path: aside });
    return { database: openAt(path), notices: [notice] };
  }
}

function openAt(path: string): DatabaseSyncInstance {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;');
    const check = valueOf(database, 'PRAGMA quick_check(1)');
    if (check !== 'ok') throw new Error(`database disk image is malformed: ${String(check)}`);
    const version = Number(valueOf(database, 'PRAGMA user_version'));
    if (version > migrations.length) {
      throw new UploaderError('journal-newer', `${path} was written by a newer version of the app`, { path, version });
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      database.exec(`BEGIN IMMEDIATE; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function valueOf(database: DatabaseSyncInstance, sql: string): unknown {
  const row: unknown = database.prepare(sql).get();
  return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
}

const isDamage = (error: unknown): boolean =>
  error instanceof Error && /malformed|not a database|file is encrypted|corrupt|disk I\/O error/i.test(error.message);

function openFailure(path: string, error: unknown): UploaderError {
  const text = error instanceof Error ? error.message : String(error);
  if (/full/i.test(text)) return new UploaderError('disk-full', `there is no room for the journal at ${path}`, { path }, error);
  return new UploaderError('internal', `the journal at ${path} cannot be opened: ${text}`, { path }, error);
}
