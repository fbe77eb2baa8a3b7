import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';
import { causeOf } from './folder-root.ts';

/** One look at a file. */
export interface FileLook {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** `Clock.monotonic()` of the look. */
  readonly atMs: number;
}

/** What is remembered of a file until it is settled. */
export interface Settling {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Monotonic time since which every look found the same. */
  readonly quietSinceMs: number;
  readonly settled: boolean;
  /** Milliseconds from this look until the next one can tell more; 0 when settled. */
  readonly nextLookMs: number;
}

/** Below this the time of change of many file systems says nothing. */
const coarseTimeMs = 2_000;

const settlingOf = (look: FileLook, quietSinceMs: number, settled: boolean, settleMs: number): Settling => ({
  sizeBytes: look.sizeBytes,
  modifiedMs: look.modifiedMs,
  quietSinceMs,
  settled,
  nextLookMs: settled ? 0 : Math.max(1, Math.ceil(settleMs - (look.atMs - quietSinceMs))),
});

/**
 * The first look at a file. Its time of change alone settles nothing, because a copy in progress may carry that of its source;
 * except for what was there already when the app started, whose writer would hardly be at it for so long.
 * @param startUp the look is that of the start-up scan, at this time of day (`Clock.now()`)
 */
export function firstLook(look: FileLook, settleMs: number, startUp?: { readonly nowMs: number }): Settling {
  const isOld = startUp !== undefined && startUp.nowMs - look.modifiedMs > Math.max(settleMs, coarseTimeMs);
  return settlingOf(look, look.atMs, settleMs === 0 || isOld, settleMs);
}

/** A later look: settled when all looks of the last `settleMs` found the same size and time of change. */
export function lookAgain(before: Settling, look: FileLook, settleMs: number): Settling {
  const isEqual = before.sizeBytes === look.sizeBytes && before.modifiedMs === look.modifiedMs;
  if (!isEqual) return settlingOf(look, look.atMs, settleMs === 0, settleMs);
  return settlingOf(look, before.quietSinceMs, before.settled || look.atMs - before.quietSinceMs >= settleMs, settleMs);
}

const lockedCauses = new Set(['EBUSY', 'ETXTBSY', 'EAGAIN', 'EDEADLK']);

/**
 * Opens a file for reading and closes it. Undefined: it can be read; else `file-missing` or `file-unreadable`, the latter with
 * `context.locked` when another program holds it.
 */
export async function readFailure(path: string): Promise<Failure | undefined> {
  try {
    // Without O_NONBLOCK a pipe that nobody writes to would keep us for ever.
    const file = await open(path, constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK));
    await file.close();
    return undefined;
  } catch (error) {
    const cause = causeOf(error);
    if (cause === 'ENOENT' || cause === 'ENOTDIR') return failure('file-missing', `${path} does not exist`, { path });
    const locked = lockedCauses.has(cause);
    const message = locked ? `${path} is in use by another program (${cause})` : `${path} cannot be read (${cause})`;
    return failure('file-unreadable', message, { path, cause, locked });
  }
}
