/** What a person sees of a watched folder; pure. */
import { basename } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { DataAtRisk, Folder, FolderState } from '../../../shared/contract/folders.ts';
import type { TransferFile } from '../../../shared/contract/transfers.ts';
import { failure } from '../errors.ts';
import type { ConnectionLane } from '../send/connection-lane.ts';
import type { FileIndex } from './file-index.ts';
import type { RunSettings } from './folder-opening.ts';
import type { Traffic } from './traffic.ts';
import type { TrackedFile } from './tracked-file.ts';

export interface FolderFacts {
  readonly settings: RunSettings;
  readonly sums: ReturnType<FileIndex['summary']>;
  readonly rates: { readonly rowsPerSecond: number; readonly bytesPerSecond: number };
  readonly traffic: Traffic;
  readonly atRisk: readonly DataAtRisk[];
  readonly ignored: number;
  readonly lastActivityAt: number | undefined;
  readonly isPaused: boolean;
  readonly isScanning: boolean;
  readonly trouble: Failure | undefined;
  readonly blockedBy: Failure | undefined;
  readonly lane: ConnectionLane | undefined;
  readonly watcher: { readonly kind: 'events' | 'polling'; readonly failure: Failure | undefined };
  readonly files: FileIndex;
}

const mostActive = 5;

/** Why nothing passes over a connection just now, although it may by itself. */
export function waitingReason(lane: ConnectionLane | undefined): Failure | undefined {
  if (lane === undefined) return undefined;
  if (lane.bandwidth.isShut) return failure('outside-timetable', 'the timetable of the connection says to wait');
  if (lane.lastFailure === undefined) return undefined;
  return failure(lane.lastFailure.code, lane.lastFailure.message);
}

function stateOf(facts: FolderFacts): { readonly state: FolderState; readonly reason: Failure | undefined } {
  const { states } = facts.sums;
  const { trouble, blockedBy } = facts;
  if (trouble?.code === 'folder-missing' || trouble?.code === 'folder-unreadable') return { state: 'missing', reason: trouble };
  if (facts.isPaused) return { state: 'paused', reason: failure('flow-paused', 'sending is paused') };
  if (facts.isScanning) return { state: 'scanning', reason: undefined };
  if (blockedBy !== undefined) return { state: 'waiting', reason: blockedBy };
  if (trouble !== undefined && trouble.code !== 'watch-limit-reached' && trouble.code !== 'network-folder-polled')
    return { state: 'attention', reason: trouble };
  const moving = states.sending + states.waiting + states.reading;
  const waits = moving > 0 ? waitingReason(facts.lane) : undefined;
  if (waits !== undefined) return { state: 'waiting', reason: waits };
  if (states.held > 0 || states.unreadable > 0 || facts.atRisk.length > 0) return { state: 'attention', reason: firstReason(facts) };
  return { state: moving > 0 ? 'sending' : 'idle', reason: undefined };
}

function firstReason({ files, atRisk }: FolderFacts): Failure | undefined {
  for (const file of files.files()) if (file.state === 'held' || file.state === 'unreadable') return file.reason;
  const [risk] = atRisk;
  return risk === undefined
    ? undefined
    : failure('rows-at-risk', `about ${risk.rows} rows of ${risk.path} were gone before they were read`, {
        path: risk.path,
        bytes: risk.bytes,
        rows: risk.rows,
      });
}

export function folderStatus(facts: FolderFacts): Folder {
  const { settings, sums, rates, files } = facts;
  const { state, reason } = stateOf(facts);
  const undecided = settings.existing === 'ask' ? questionOf(files) : undefined;
  return {
    ...settings,
    name: settings.name ?? basename(settings.path),
    paused: facts.isPaused,
    state,
    ...(reason === undefined ? {} : { reason }),
    watcher: { kind: facts.watcher.kind, ...(facts.watcher.failure === undefined ? {} : { failure: facts.watcher.failure }) },
    counts: { files: files.size, ...sums.states, ignored: facts.ignored },
    ledger: sums.ledger,
    bytesRead: Math.floor(sums.bytesRead),
    ...facts.traffic,
    ...rates,
    bytesWaiting: sums.bytesWaiting,
    ...(facts.lastActivityAt === undefined ? {} : { lastActivityAt: facts.lastActivityAt }),
    active: activeFiles(files),
    atRisk: [...facts.atRisk],
    ...(undecided === undefined ? {} : { question: undecided }),
  };
}

function questionOf(files: FileIndex): { files: number; bytes: number } | undefined {
  let count = 0;
  let bytes = 0;
  for (const file of files.files()) {
    if (file.reason?.code !== 'existing-undecided') continue;
    count += 1;
    bytes += file.sizeBytes;
  }
  return count === 0 ? undefined : { files: count, bytes };
}

/** The largest that are on their way. */
function activeFiles(files: FileIndex): TransferFile[] {
  const largest: TrackedFile[] = [];
  for (const file of files.files()) {
    if (file.state !== 'sending' && file.state !== 'reading' && file.state !== 'waiting') continue;
    const smallest = largest.at(-1);
    if (largest.length >= mostActive && smallest !== undefined && smallest.sizeBytes >= file.sizeBytes) continue;
    largest.push(file);
    largest.sort((a, b) => b.sizeBytes - a.sizeBytes);
    largest.splice(mostActive);
  }
  return largest.map((file) => ({
    id: file.fileId,
    path: file.path,
    name: basename(file.path),
    sizeBytes: file.sizeBytes,
    state: file.state === 'waiting' ? 'waiting' : 'sending',
    ...(file.reason === undefined ? {} : { failure: file.reason }),
    ledger: file.ledger,
    bytesRead: Math.floor(file.bytesRead),
    rejects: [],
  }));
}
