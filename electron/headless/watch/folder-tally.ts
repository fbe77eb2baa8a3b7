/** What a run of `watch` has moved, counted from what the engine says. */
import type { Folder } from '../../../shared/contract/folders.ts';
import type { Transfer } from '../../../shared/contract/transfers.ts';
import { emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import type { Engine, EngineEvent } from '../../engine/engine.ts';
import type { UploadSummary } from '../upload/upload-outcome.ts';

type Traffic = Pick<Transfer, 'bytesRead' | 'bytesSent' | 'requests' | 'retries'>;

export interface FolderTally {
  /** To be called with every event of the engine, also with those of its end. */
  take(event: EngineEvent): void;
  /** As it stood last. */
  readonly folder: Folder | undefined;
  /** Transfers that the files of the folder belong to. */
  readonly transferIds: readonly string[];
  /** Of this run alone; rows that were held before it count as read by it. */
  ledger(): Ledger;
  summary(seconds: number): UploadSummary;
}

const noTraffic: Traffic = { bytesRead: 0, bytesSent: 0, requests: 0, retries: 0 };

/** `before`: the folder as it stood before the run. `startedAt`: milliseconds since the epoch. */
export function createFolderTally(
  engine: Pick<Engine, 'transfer'>,
  { folderId, before, startedAt }: { readonly folderId: string; readonly before: Folder | undefined; readonly startedAt: number },
): FolderTally {
  const transfers = new Map<string, { readonly before: Traffic; now: Traffic }>();
  let folder = before;

  const meet = (id: string): void => {
    if (transfers.has(id)) return;
    const known = engine.transfer(id);
    const isOlder = known !== undefined && known.startedAt < startedAt;
    transfers.set(id, { before: isOlder ? trafficOf(known) : noTraffic, now: known === undefined ? noTraffic : trafficOf(known) });
  };

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
      else if (event.kind === 'watched-file' && event.folderId === folderId && event.file.transferId !== undefined) {
        meet(event.file.transferId);
      } else if (event.kind === 'transfer') {
        const known = transfers.get(event.transfer.id);
        if (known !== undefined) known.now = trafficOf(event.transfer);
      }
    },
    get folder() {
      return folder;
    },
    get transferIds() {
      return [...transfers.keys()];
    },
    ledger,
    summary: (seconds) => {
      const { rowsRead, rowsConfirmed, rowsRejected, rowsHeld, possiblyRepeated } = ledger();
      const total = (of: (traffic: Traffic) => number): number =>
        [...transfers.values()].reduce((sum, traffic) => sum + Math.max(0, of(traffic.now) - of(traffic.before)), 0);
      return {
        kind: 'summary',
        files: folder?.counts.files ?? 0,
        ...{ rowsRead, rowsConfirmed, rowsRejected, rowsHeld },
        bytesRead: total(({ bytesRead }) => bytesRead),
        bytesSent: total(({ bytesSent }) => bytesSent),
        requests: total(({ requests }) => requests),
        retries: total(({ retries }) => retries),
        possiblyRepeated,
        seconds: Math.round(seconds * 1_000) / 1_000,
      };
    },
  };
}

const trafficOf = ({ bytesRead, bytesSent, requests, retries }: Traffic): Traffic => ({ bytesRead, bytesSent, requests, retries });
