/** Files of a folder in mode `files` that an earlier run has held for their rejects: they stay so until something is otherwise. */
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { failure } from '../errors.ts';
import type { FolderRun } from './folder-run.ts';
import type { FileEntry } from './tracked-file.ts';

/** Size and time of change, as they are kept of a file that is left out. */
export const stampOfEntry = ({ sizeBytes, modifiedMs }: Pick<FileEntry, 'sizeBytes' | 'modifiedMs'>): string =>
  `${String(sizeBytes)}:${String(Math.floor(modifiedMs))}`;

/** Those that another mapping has held are tried again by the one there is now, as if they were new; what is left out stays so. */
export function retryOtherwise({ id, index, parts }: FolderRun, mapping: Mapping, skipped: ReadonlyMap<string, string>): void {
  const held = parts.journal.heldForRejects(id);
  const now = JSON.stringify(mapping);
  for (const [fileId, before] of held) {
    const file = index.version(fileId);
    if (file === undefined) continue;
    if (skipped.get(file.path) === stampOfEntry(file)) {
      file.state = 'done';
      file.reason = failure('file-skipped', `${file.path} is left out`);
    } else if (before !== now) file.modifiedMs = 0;
  }
}
