import type { Folder } from '../../shared/contract/folders.ts';
import type { Transfer, TransferFile } from '../../shared/contract/transfers.ts';
import { timeLeftMs } from './quantity.ts';

/** An upload or a folder that sends. */
export interface Moving {
  readonly kind: 'transfer' | 'folder';
  readonly id: string;
  readonly name: string;
  readonly rowsPerSecond: number;
  readonly bytesLeft: number;
  readonly timeLeftMs: number | undefined;
  /** From 0 to 1; absent where new rows keep coming and there is no end to measure by. */
  readonly share: number | undefined;
  readonly waits: boolean;
  /** The files that are on their way, at most three. */
  readonly files: readonly TransferFile[];
}

const filesShown = 3;

const ofTransfer = (transfer: Transfer): Moving => {
  const { id, files, moreFiles, bytesTotal, bytesRead, bytesPerSecond, rowsPerSecond } = transfer;
  const others = files.length - 1 + moreFiles;
  const first = files[0]?.name ?? id;
  return {
    kind: 'transfer',
    id,
    name: others > 0 ? `${first} +${others}` : first,
    rowsPerSecond,
    bytesLeft: Math.max(0, bytesTotal - bytesRead),
    timeLeftMs: timeLeftMs(bytesTotal, bytesRead, bytesPerSecond),
    share: bytesTotal === 0 ? 0 : bytesRead / bytesTotal,
    waits: transfer.failure !== undefined,
    files: others > 0 ? files.filter(({ state }) => state === 'sending').slice(0, filesShown) : [],
  };
};

const ofFolder = (folder: Folder): Moving => {
  const { id, name, rowsPerSecond, bytesPerSecond, bytesWaiting, active } = folder;
  const read = active.reduce((sum, file) => sum + file.bytesRead, 0);
  return {
    kind: 'folder',
    id,
    name,
    rowsPerSecond,
    bytesLeft: bytesWaiting,
    timeLeftMs: timeLeftMs(bytesWaiting, 0, bytesPerSecond),
    share: active.length === 0 ? undefined : read / Math.max(1, read + bytesWaiting),
    waits: folder.state === 'waiting',
    files: active.slice(0, filesShown),
  };
};

/** What is on its way at this moment, uploads first. */
export const movingOf = (transfers: readonly Transfer[], folders: readonly Folder[]): readonly Moving[] => [
  ...transfers.filter(({ state }) => state === 'running').map(ofTransfer),
  ...folders
    .filter(({ state, active, bytesWaiting }) => state === 'sending' || (state === 'waiting' && (active.length > 0 || bytesWaiting > 0)))
    .map(ofFolder),
];
