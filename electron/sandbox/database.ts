/** The SQLite file of the sandbox: its tables and how it is opened. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { SandboxError } from './sandbox-error.ts';

const version = 1;

/**
 * Events are kept as they came: a chunk is the events of one request and one metric type, `slices` their places in `data` as
 * pairs of 32-bit numbers, `times` their timestamps as 64-bit floats. One row a request keeps up with the uploader; one row an
 * event would not.
 */
const tables = `
  CREATE TABLE upload (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, received_at REAL NOT NULL);
  CREATE TABLE shape (id INTEGER PRIMARY KEY, names TEXT NOT NULL UNIQUE);
  CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT, upload_id INTEGER, metric_id INTEGER NOT NULL, events INTEGER NOT NULL, shape_id INTEGER NOT NULL,
    metric_key TEXT NOT NULL, timestamp_key TEXT NOT NULL, times BLOB NOT NULL, slices BLOB NOT NULL, data BLOB NOT NULL);
  CREATE INDEX chunk_by_metric ON chunk (metric_id, id, events, shape_id);
  CREATE INDEX chunk_by_upload ON chunk (upload_id) WHERE upload_id IS NOT NULL;
  CREATE TABLE failure (
    id INTEGER PRIMARY KEY AUTOINCREMENT, upload_id INTEGER, at REAL NOT NULL, source TEXT NOT NULL, message TEXT NOT NULL, event TEXT NOT NULL);
  CREATE INDEX failure_by_upload ON failure (upload_id) WHERE upload_id IS NOT NULL;
  CREATE TABLE metric (id INTEGER PRIMARY KEY, definition TEXT NOT NULL);
  CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE object_job (path TEXT PRIMARY KEY, requested_at REAL NOT NULL);
`;

/** Opens or creates `<dataDir>/sandbox.sqlite`, readable by its owner alone. Throws `SandboxError` when it is from a newer version. */
export function openDatabase(dataDir: string): DatabaseSyncInstance {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'sandbox.sqlite');
  closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  // Large pages and rare checkpoints: the rows are megabytes long. A killed process loses nothing that was answered.
  database.exec(
    'PRAGMA busy_timeout = 2000; PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4096;',
  );
  database.exec('PRAGMA journal_size_limit = 67108864;');
  const found = numberAt(database.prepare('PRAGMA user_version').get(), 'user_version');
  if (found > version) {
    database.close();
    throw new SandboxError('sandbox-failed', `the data of the sandbox is of version ${found}; this program knows ${version}`);
  }
  if (found === 0) database.exec(`BEGIN; ${tables} PRAGMA user_version = ${version}; COMMIT;`);
  return database;
}

/**
 * Makes sure that one process at a time uses the folder: the counts in memory hold for one owner alone. The lock is SQLite's, on a file
 * of its own, so that it goes with the process; the main file would stay locked for as long as its prepared statements live.
 * Throws when somebody else has it.
 */
export function lockFolder(dataDir: string): { release(): void } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'sandbox.lock');
  closeSync(openSync(path, 'a', 0o600));
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA busy_timeout = 1000; BEGIN EXCLUSIVE;');
  } catch (error) {
    lock.close();
    throw new SandboxError('sandbox-failed', 'another sandbox is using this folder', error);
  }
  return {
    release() {
      lock.exec('ROLLBACK');
      lock.close();
    },
  };
}

type DatabaseRow = Readonly<Record<string, unknown>>;
const member = (row: unknown, name: string): unknown => (typeof row === 'object' && row !== null ? (row as DatabaseRow)[name] : undefined);

export const numberAt = (row: unknown, name: string): number => {
  const value = member(row, name);
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`no number ${name} in the database row`);
  return Number(value);
};

export const textAt = (row: unknown, name: string): string => {
  const value = member(row, name);
  if (typeof value !== 'string') throw new Error(`no text ${name} in the database row`);
  return value;
};

/** A view where the database gave one at an aligned place, else a copy. */
export const bytesAt = (row: unknown, name: string): Buffer => {
  const value = member(row, name);
  if (!(value instanceof Uint8Array)) throw new Error(`no bytes ${name} in the database row`);
  return value.byteOffset % 8 === 0
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
};

/** Runs `work` in one transaction; what it throws undoes it. */
export function inTransaction<T>(database: DatabaseSyncInstance, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
