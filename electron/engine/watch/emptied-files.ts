import { dirname } from 'node:path';
import { filesBeside } from './rotated-files.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';
import type { VersionSearch } from './version-search.ts';

/** So long the reader may take to say what became of a file that has shrunk, in milliseconds; after that it is held up. */
const heldUpMs = 3_000;

/**
 * Files that were emptied with rows unread while the reader cannot go on, because nothing can be sent: it would say so only when
 * that is over, which may be days.
 */
export class EmptiedFiles {
  private readonly shrunk = new Map<TrackedFile, number>();

  constructor(
    private readonly parts: Pick<VersionChangeParts, 'clock' | 'absolute' | 'onRisk' | 'onBug' | 'isLookedAt'>,
    private readonly search: Pick<VersionSearch, 'isFree'>,
  ) {}

  /** What the disk says of a file, before that is taken over. */
  observed(file: TrackedFile, entry: FileEntry): void {
    const isShrunk = file.identity !== undefined && entry.sizeBytes < file.sizeBytes && file.peakBytes > file.bytesRead;
    if (isShrunk && !this.shrunk.has(file)) this.shrunk.set(file, this.parts.clock.monotonic());
  }

  /** Returns whether some are still waited for. */
  go(): boolean {
    const now = this.parts.clock.monotonic();
    for (const [file, at] of this.shrunk) {
      if (!this.parts.isLookedAt(file) && !file.isInQuestion) this.shrunk.delete(file);
      else if (now - at >= heldUpMs) {
        this.shrunk.delete(file);
        this.judge(file).catch(this.parts.onBug);
      }
    }
    return this.shrunk.size > 0;
  }

  private async judge(file: TrackedFile): Promise<void> {
    const path = this.parts.absolute(file.path);
    const beside = await filesBeside(dirname(path), path);
    const unread = file.peakBytes - file.bytesRead;
    // Where there may be a copy of it the rows are read there, later.
    if (unread <= 0 || beside.some((found) => found.sizeBytes >= file.peakBytes && this.search.isFree(found))) return;
    this.parts.onRisk(file, unread, 'truncated');
    file.peakBytes = file.bytesRead;
  }
}
