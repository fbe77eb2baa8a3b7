import type { RowsFlowParts } from './rows-flow-parts.ts';
import { TrackedFile, type FileEntry } from './tracked-file.ts';

/** A file that nothing is known of yet. */
export const toEntry = (entry: FileEntry, parts: Pick<RowsFlowParts, 'clock' | 'newFileId'>): TrackedFile =>
  new TrackedFile(entry.path, entry, parts.clock.monotonic(), parts.newFileId());
