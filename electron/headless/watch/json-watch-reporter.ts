import type { DataAtRisk, Folder, WatchedFile } from '../../../shared/contract/folders.ts';
import type { CliOutput } from '../cli-context.ts';
import { reasonOf } from '../upload/json-reporter.ts';
import { createPacer } from '../upload/upload-reporter.ts';
import { createChange, folderStateKey, type WatchReporter } from './watch-reporter.ts';

/** Milliseconds between two `progress` objects; few, because a watch may run for months. */
const progressEveryMs = 10_000;

/** One JSON object a line: notice, folder, file, connection, at-risk, progress, rejects, and at the end summary. */
export function createJsonWatchReporter(output: CliOutput, monotonic: () => number): WatchReporter {
  const isNews = createChange();
  const hasMoved = createChange();
  const isTime = createPacer(monotonic, progressEveryMs);
  return {
    noticed: (notice) => output.object({ kind: 'notice', ...reasonOf(notice) }),
    folder: (folder) => {
      if (isNews(folderStateKey(folder))) output.object(folderObject(folder));
      else if (isTime() && hasMoved(JSON.stringify(folder.ledger))) output.object(progressObject(folder));
    },
    file: (file) => output.object(watchedFileObject(file)),
    atRisk: (risk) => output.object(riskObject(risk)),
    connection: ({ connectionId, state, paused, reason }) =>
      output.object({ kind: 'connection', connectionId, state, paused, ...(reason ? reasonOf(reason) : {}) }),
    ended: ({ rejectsPaths, blockedBy, summary }) => {
      if (rejectsPaths.length > 0) output.object({ kind: 'rejects', paths: rejectsPaths });
      if (blockedBy !== undefined) output.object({ kind: 'blocked', ...reasonOf(blockedBy) });
      output.object({ ...summary });
    },
  };
}

export function folderObject(folder: Folder): Readonly<Record<string, unknown>> {
  const { id, name, path, connectionId, mode, route, state, paused, watcher, counts, ledger, bytesWaiting, reason, question } = folder;
  return {
    kind: 'folder',
    ...{ id, name, path, connectionId, mode, route, state, paused },
    watching: watcher.kind,
    ...(watcher.failure === undefined ? {} : { watchingBecause: reasonOf(watcher.failure) }),
    counts,
    ...ledger,
    bytesWaiting,
    ...(question === undefined ? {} : { question }),
    ...(reason === undefined ? {} : reasonOf(reason)),
  };
}

function progressObject({ id, counts, ledger, bytesWaiting, rowsPerSecond, bytesPerSecond }: Folder): Readonly<Record<string, unknown>> {
  return { kind: 'progress', folderId: id, counts, ...ledger, bytesWaiting, rowsPerSecond, bytesPerSecond };
}

export function watchedFileObject(file: WatchedFile): Readonly<Record<string, unknown>> {
  const { id, path, state, sizeBytes, bytesRead, ledger, transferId, reason } = file;
  return {
    kind: 'file',
    ...{ id, path, state, sizeBytes, bytesRead },
    ...ledger,
    ...(transferId === undefined ? {} : { transferId }),
    ...(reason === undefined ? {} : reasonOf(reason)),
  };
}

export const riskObject = ({ path, rows, bytes, cause, at }: DataAtRisk): Readonly<Record<string, unknown>> => ({
  kind: 'at-risk',
  ...{ path, rows, bytes, cause, at },
});
