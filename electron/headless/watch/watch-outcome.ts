import type { Failure } from '../../../shared/contract/common.ts';
import type { DataAtRisk, Folder, WatchedFile, WatchedState } from '../../../shared/contract/folders.ts';
import type { Ledger } from '../../../shared/model/ledger.ts';
import type { Engine } from '../../engine/engine.ts';
import { decideUploadExit, exitCodes, type ExitCode } from '../exit-codes.ts';
import type { UploadSummary } from '../upload/upload-outcome.ts';

/** Everything that is known when a `watch` has ended. */
export interface WatchOutcome {
  /** As it stood when everything that was under way had its answer. */
  readonly folder: Folder | undefined;
  readonly summary: UploadSummary;
  readonly ledger: Ledger;
  /** Files that somebody has to look at, at most 500 of each. */
  readonly held: readonly WatchedFile[];
  readonly unreadable: readonly WatchedFile[];
  /** Why the service could not be reached or refused the keys, when that ended it. */
  readonly blockedBy: Failure | undefined;
  /** Rows that were gone before they could be read, in this run. */
  readonly atRisk: readonly DataAtRisk[];
  readonly rejectsPaths: readonly string[];
  /** Asked to end by a signal. */
  readonly interrupted: boolean;
}

/** Asked to end, it ended well: the rest goes out the next time. Otherwise as of an upload. */
export function exitCodeOfWatch({ folder, ledger, held, unreadable, blockedBy, atRisk, interrupted }: WatchOutcome): ExitCode {
  if (interrupted) return exitCodes.done;
  const codesOf = (files: readonly WatchedFile[]) => files.flatMap(({ reason }) => (reason === undefined ? [] : [reason.code]));
  return decideUploadExit({
    interrupted: false,
    files: folder?.counts.files ?? 0,
    refusals: codesOf(unreadable),
    holds: [...(blockedBy === undefined ? [] : [blockedBy.code]), ...codesOf(held)],
    rowsRejected: ledger.rowsRejected,
    rowsHeld: ledger.rowsHeld,
    unfinished: folder?.state === 'missing' || blockedBy !== undefined || atRisk.length + held.length + unreadable.length > 0,
  });
}

/** Files of a folder in one state, at most 500. */
export function filesIn(engine: Pick<Engine, 'folderFiles'>, folderId: string, state: WatchedState): readonly WatchedFile[] {
  return engine.folderFiles({ folderId, state, offset: 0, limit: 500 }).files;
}
