/** What a run of `watch` has moved, counted from what the engine says. */
import type { Folder } from '../../../shared/contract/folders.ts';
import { emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import type { EngineEvent } from '../../engine/engine.ts';
import type { UploadSummary } from '../upload/upload-outcome.ts';

export interface FolderTally {
  /** To be called with every event of the engine, also with those of its end. */
  take(event: EngineEvent): void;
  /** As it stood last. */
  readonly folder: Folder | undefined;
  /** Transfers of files with rejected rows. */
  readonly rejectedIn: readonly string[];
  /** Of this run alone; rows that were held before it count as read by it. */
  ledger(): Ledger;
  summary(seconds: number): UploadSummary;
}

/** `before`: the folder as it stood before the run. */
export function createFolderTally({ folderId, before }: { readonly folderId: string; readonly before: Folder | undefined }): FolderTally {
  const rejectedIn = new Set<string>();
  let folder = before;

  const ledger = (): Ledger => {
    const now = folder?.ledger ?? emptyLedger;
    const then = before?.ledger ?? emptyLedger;
    const rowsConfirmed = Math.max(0, now.rowsConfirmed - then.rowsConfirmed);
    const rowsRejected = Math.max(0, now.rowsRejected - then.rowsRejected);
    return {
      rowsRead: rowsConfirmed + rowsRejected + now.rowsHeld,
      rowsConfirmed,
      rowsRejected,
      rowsHeld: now.rowsHeld,
      possiblyRepeated: Math.max(0, now.possiblyRepeated - then.possiblyRepeated),
    };
  };

  return {
    take: (event) => {
      if (event.kind === 'folder' && event.folder.id === folderId) folder = event.folder;
      else if (event.kind === 'watched-file' && event.folderId === folderId) {
        const { transferId, ledger: rows } = event.file;
        if (transferId !== undefined && rows.rowsRejected > 0) rejectedIn.add(transferId);
      }
    },
    get folder() {
      return folder;
    },
    get rejectedIn() {
      return [...rejectedIn];
    },
    ledger,
    summary: (seconds) => {
      const { rowsRead, rowsConfirmed, rowsRejected, rowsHeld, possiblyRepeated } = ledger();
      const since = (of: (status: Folder) => number): number =>
        folder === undefined ? 0 : Math.max(0, of(folder) - (before === undefined ? 0 : of(before)));
      return {
        kind: 'summary',
        files: folder?.counts.files ?? 0,
        ...{ rowsRead, rowsConfirmed, rowsRejected, rowsHeld },
        bytesRead: since(({ bytesRead }) => bytesRead),
        bytesSent: since(({ bytesSent }) => bytesSent),
        requests: since(({ requests }) => requests),
        retries: since(({ retries }) => retries),
        possiblyRepeated,
        seconds: Math.round(seconds * 1_000) / 1_000,
      };
    },
  };
}
