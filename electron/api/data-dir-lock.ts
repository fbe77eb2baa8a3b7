import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { UploaderError } from '../engine/errors.ts';
import type { Clock, Disposable } from '../engine/ports.ts';

const ownerSchema = z.object({ pid: z.number().int(), startedAt: z.number().int() });

/** A database that nobody refers to is closed by the garbage collector, and its lock would be gone. */
const heldDatabases = new Set<DatabaseSyncInstance>();

/** Held as long as the process lives or until it is disposed. */
export interface DataDirLock extends Disposable {
  dispose(): void;
}

/**
 * One process per data folder. The lock is one of the operating system, taken by SQLite on `<dataDir>/data-dir.lock`:
 * it ends with its process however that ends, so a dead process leaves nothing to be taken over, and two that
 * come at the same time cannot both get it. `data-dir.lock.json` only says who holds it.
 *
 * Throws `UploaderError`: `data-dir-locked` with the `pid` of the holder, or `disk-full`.
 */
export function lockDataDir(dataDir: string, clock: Clock): DataDirLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, 'data-dir.lock');
  const ownerFile = `${file}.json`;
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw lockedBy(ownerFile, dataDir, error);
    throw error;
  }
  writeFileSync(ownerFile, `${JSON.stringify({ pid: process.pid, startedAt: clock.now() })}\n`, { mode: 0o600 });
  heldDatabases.add(database);
  let held = true;
  return {
    dispose: () => {
      if (!held) return;
      held = false;
      rmSync(ownerFile, { force: true });
      heldDatabases.delete(database);
      database.close();
    },
  };
}

function lockedBy(ownerFile: string, dataDir: string, cause: unknown): UploaderError {
  const owner = readOwner(ownerFile);
  return new UploaderError('data-dir-locked', `another process uses the data folder ${dataDir}`, { dataDir, ...owner }, cause);
}

function readOwner(ownerFile: string): { readonly pid?: number; readonly startedAt?: number } {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(ownerFile, 'utf8')));
  } catch {
    return {};
  }
}

const isBusy = (error: unknown): boolean => error instanceof Error && /database is locked|SQLITE_BUSY/i.test(error.message);
