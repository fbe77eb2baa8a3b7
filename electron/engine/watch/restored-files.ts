/** What the journal knows of the files of a folder, when it begins to run. */
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { HoldCode } from '../../../shared/error-codes.ts';
import { fileKeyOf } from '../discover/scan-folder.ts';
import type { VersionRecord } from '../record/version-record.ts';
import type { FolderRun } from './folder-run.ts';
import { RowHashes } from './row-hashes.ts';
import { TrackedFile } from './tracked-file.ts';
import type { Traffic } from './traffic.ts';

/**
 * Of several versions at a path, the later one takes the place of the earlier, unless only the key of the earlier is the one that
 * is there. Returns what was sent for the folder so far. */
export function restoreFiles({ id, root, settings, index, parts }: FolderRun): Traffic {
  const { journal, clock } = parts;
  const now = clock.monotonic();
  const hashes = new RowHashes(parts.rowsDir);
  for (const record of journal.openVersions(id)) {
    const path = relative(root, record.path).split(sep).join('/');
    const file = new TrackedFile(path, { sizeBytes: record.bytesRead, modifiedMs: 0, fileKey: record.fileKey }, now, record.id);
    file.restore(record);
    if (record.knownRows !== undefined) file.knownRowsPath = hashes.known(record.knownRows, 0);
    if (settings.mode === 'files') restoreWhole(file, record);
    else file.state = 'done';
    const before = index.at(path);
    const key = before === undefined || settings.mode !== 'rows' ? undefined : keyAt(record.path);
    if (before !== undefined && key === before.fileKey && key !== file.fileKey) {
      index.know(file);
      index.forget(file);
      continue;
    }
    if (before !== undefined) index.forget(before);
    index.put(file);
  }
  const closed = journal.folderLedger(id, 'closed');
  index.addClosed(closed.ledger, closed.bytesRead);
  return journal.folderTraffic(id);
}

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
