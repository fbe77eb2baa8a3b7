import type { ParsedInput } from '../../../shared/contract/contract.ts';
import { UploaderError } from '../errors.ts';
import type { FileIndex } from './file-index.ts';
import type { TrackedFile } from './tracked-file.ts';

const isUndecided = ({ reason }: TrackedFile): boolean => reason?.code === 'existing-undecided';

/** Whether files that were there at the beginning wait for a decision. */
export function hasQuestion(index: FileIndex): boolean {
  for (const file of index.files()) if (isUndecided(file)) return true;
  return false;
}

/** The files a decision is about: one, or all that were there at the beginning. Throws `not-found`. */
export function decideFiles(index: FileIndex, { fileId }: ParsedInput<'folders.decide'>, decide: (file: TrackedFile) => void): void {
  if (fileId === undefined) {
    for (const file of [...index.files()].filter(isUndecided)) decide(file);
    return;
  }
  const file = index.at(fileId);
  if (file === undefined) throw new UploaderError('not-found', 'the file is no longer there', { path: fileId });
  decide(file);
}
