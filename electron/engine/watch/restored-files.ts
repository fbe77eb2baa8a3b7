/** What the journal knows of the files of a folder: all of it when it begins to run, and of a file that rests when it is asked for. */
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { HoldCode } from '../../../shared/error-codes.ts';
import { fileKeyOf } from '../discover/scan-folder.ts';
import type { VersionRecord } from '../record/version-record.ts';
import type { FileMemory } from './file-index.ts';
import type { FolderRun } from './folder-run.ts';
import type { RestingFile } from './resting-files.ts';
import { RowHashes } from './row-hashes.ts';
import { TrackedFile } from './tracked-file.ts';
import type { Traffic } from './traffic.ts';

type Restoring = Pick<FolderRun, 'root' | 'settings' | 'parts'>;

/**
 * Of several versions at a path, the later one takes the place of the earlier, unless only the key of the earlier is the one that
 * is there. Returns what was sent for the folder so far.
 */
export function restoreFiles(run: FolderRun): Traffic {
  const { id, root, settings, index, parts } = run;
  const { journal } = parts;
  const mayRest = settings.mode === 'rows';
  for (const { row, settled } of journal.openVersions(id, root.endsWith(sep) ? root : root + sep)) {
    if (mayRest && settled !== undefined) {
      const { bytesRead: sizeBytes, seenMs: modifiedMs, ...others } = settled;
      if (index.addResting({ row, ...others, path: withSlashes(settled.path), sizeBytes, modifiedMs })) continue;
    }
    const record = journal.versionAt(row);
    const file = restored(run, record);
    const before = index.at(file.path);
    const key = before === undefined || settings.mode !== 'rows' ? undefined : keyAt(record.path);
    if (before !== undefined && key === before.fileKey && key !== file.fileKey) {
      index.know(file);
      index.forget(file);
      continue;
    }
    if (before !== undefined) index.forget(before);
    index.put(file);
  }
  for (const record of journal.closedUnsettled(id)) {
    // Only the outcome of its requests still concerns it.
    const file = restored(run, record);
    file.firstRow = undefined;
    file.isForgotten = true;
    index.know(file);
  }
  const closed = journal.folderLedger(id, 'closed');
  index.addClosed(closed.ledger, closed.bytesRead);
  return journal.folderTraffic(id);
}

/** Files of a folder whose rows are followed rest when everything there is to know of them stands in the journal. */
export function fileMemory(run: Restoring, onWoken: (file: TrackedFile) => void): FileMemory {
  const { journal } = run.parts;
  return {
    recall: (row, isFound) => {
      const file = restored(run, journal.versionAt(row));
      if (isFound) file.modifiedMs = file.seenMs ?? 0;
      return file;
    },
    pathOf: (fileId) => {
      const place = journal.versionPlace(fileId);
      return place === undefined ? undefined : relativeTo(run.root, place.path);
    },
    resting: (file) => {
      const place = mayRest(file) ? journal.versionPlace(file.fileId) : undefined;
      return place === undefined || relativeTo(run.root, place.path) !== file.path ? undefined : toResting(file, place.row);
    },
    onWoken,
  };
}

function mayRest(file: TrackedFile): boolean {
  const isAsked = file.isGone || file.isForgotten || file.isInQuestion || file.isTwin || file.passesOver || file.isAtRisk;
  const isConcerned = file.knownRowsPath !== undefined || file.predecessor !== undefined || file.underWay + file.rowsToReread > 0;
  if (isAsked || isConcerned || file.hasManyRejects || file.state !== 'done' || file.transferId === undefined) return false;
  const isRead = file.identity !== undefined && file.sizeBytes === file.bytesRead && file.peakBytes <= file.bytesRead;
  const isPlanned = file.planned !== undefined && file.nextRow <= file.planned.row && file.ledger.rowsHeld === 0;
  return isRead && isPlanned && file.openBytes === 0 && file.seenMs === file.modifiedMs;
}

const toResting = ({ path, fileKey, sizeBytes, modifiedMs, firstRow, ledger }: TrackedFile, row: number): RestingFile => ({
  ...{ row, path, fileKey, sizeBytes, modifiedMs, firstRow, ledger },
});

function restored({ root, settings, parts }: Restoring, record: VersionRecord): TrackedFile {
  const { fileKey } = record;
  const now = parts.clock.monotonic();
  const file = new TrackedFile(relativeTo(root, record.path), { sizeBytes: record.bytesRead, modifiedMs: 0, fileKey }, now, record.id);
  file.restore(record);
  file.foundBy = 0;
  file.knownRowsOf = record.knownRows;
  if (record.knownRows !== undefined) file.knownRowsPath = new RowHashes(parts.rowsDir).known(record.knownRows, 0);
  if (settings.mode === 'files') restoreWhole(file, record);
  else file.state = 'done';
  return file;
}

const withSlashes = (path: string): string => (sep === '/' ? path : path.split(sep).join('/'));
const relativeTo = (root: string, path: string): string => withSlashes(relative(root, path));

function keyAt(path: string): string | undefined {
  try {
    return fileKeyOf(statSync(path));
  } catch {
    return undefined;
  }
}

/** Reasons for which a file is held until somebody decides, or it is another one. */
const waitsForSomebody: ReadonlySet<string> = new Set<HoldCode>(['source-rewritten', 'too-many-rejects']);

/** A file that was sent whole is known by its stamp: what was not finished is looked at as if it were new. */
function restoreWhole(file: TrackedFile, record: VersionRecord): void {
  const [, , size, modifiedNs] = record.stamp.split(':');
  const isEnded = record.state === 'done' || record.state === 'unchanged';
  file.sizeBytes = Number(size ?? 0);
  file.modifiedMs = isEnded || record.state === 'held' || record.state === 'refused' ? Math.floor(Number(modifiedNs ?? 0) / 1e6) : 0;
  file.state = isEnded ? 'done' : record.state === 'refused' ? 'unreadable' : record.state === 'held' ? 'held' : 'settling';
  file.reason = isEnded ? undefined : record.failure;
  if (record.state === 'held' && !waitsForSomebody.has(record.failure?.code ?? '')) file.modifiedMs = 0;
}
