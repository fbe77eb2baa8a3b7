import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

/** A file up to this size is compared after each time it was written to. */
const smallBytes = 1024 * 1024;
/** A larger one when what it has grown by since is more than this share of it. */
const grownShare = 8;
/** What is read for comparing, over time; a file that is larger than what is allowed at once is compared, and the others wait longer. */
const bytesPerMs = 8_000;
const mostBytesAtOnce = 8_000_000;
/** It has not been written to for so long, in milliseconds. */
const quietMs = 500;

/**
 * Which files are compared row by row with what was sent of them, and when. Each look compares two windows; an editor that saves
 * in place may have changed rows between them without changing where they end.
 */
export class FullComparisons {
  private readonly due = new Set<TrackedFile>();
  private readonly underWay = new Set<TrackedFile>();
  private readonly compared = new WeakMap<TrackedFile, { readonly bytes: number; readonly modifiedMs: number }>();
  private budget = mostBytesAtOnce;
  private filledAt: number;

  constructor(private readonly parts: Pick<VersionChangeParts, 'clock' | 'journal' | 'hashes' | 'look' | 'isLookedAt'>) {
    this.filledAt = parts.clock.monotonic();
  }

  get isEmpty(): boolean {
    return this.due.size === 0 && this.underWay.size === 0;
  }

  /** What the disk says of a file, before that is taken over. One that was touched and has not grown may have been edited. */
  observed(file: TrackedFile, entry: FileEntry): void {
    const before = file.modifiedMs === 0 ? file.seenMs : file.modifiedMs;
    if (file.identity !== undefined && entry.sizeBytes === file.sizeBytes && entry.modifiedMs !== before && before !== undefined)
      this.due.add(file);
  }

  /** It was read to its end. */
  atEnd(file: TrackedFile): void {
    const { bytesRead: bytes, modifiedMs } = file;
    const before = this.compared.get(file);
    const isFresh = before === undefined && !file.isRestored;
    if (this.underWay.delete(file) || isFresh || modifiedMs === file.seenMs) {
      this.compared.set(file, { bytes, modifiedMs });
      this.seen(file);
      return;
    }
    const isCheap = bytes <= smallBytes || (bytes - (before?.bytes ?? 0)) * grownShare >= bytes;
    if (isCheap && modifiedMs !== before?.modifiedMs && file.identity !== undefined) this.due.add(file);
  }

  /** Hashes of the rows that were sent, where the next look at a file is to compare them. */
  pathFor(file: TrackedFile): string | undefined {
    return this.underWay.has(file) ? this.parts.hashes.known(file.fileId, file.planned?.row ?? 0) : undefined;
  }

  /** The journal knows it as it stands now. */
  seen(file: TrackedFile): void {
    if (this.due.has(file) || this.underWay.has(file) || this.parts.isLookedAt(file) || file.transferId === undefined) return;
    if (file.seenMs === file.modifiedMs || file.modifiedMs === 0) return;
    file.seenMs = file.modifiedMs;
    this.parts.journal.setVersionSeen(file.fileId, file.modifiedMs);
  }

  /** Looks at those that are quiet, as far as the budget goes. */
  go(): void {
    const now = this.parts.clock.monotonic();
    this.budget = Math.min(mostBytesAtOnce, this.budget + (now - this.filledAt) * bytesPerMs);
    this.filledAt = now;
    for (const file of this.underWay) {
      // Its look was for somebody else, or did not take place.
      if (!this.parts.isLookedAt(file) && this.underWay.delete(file)) this.due.add(file);
    }
    for (const file of this.due) {
      if (this.budget < Math.min(mostBytesAtOnce, file.bytesRead)) return;
      const isOut = file.isForgotten || file.isGone || file.state === 'held' || file.state === 'unreadable';
      if (isOut) this.due.delete(file);
      else if (file.state === 'done' && !file.isInQuestion && !this.parts.isLookedAt(file) && now - file.changedAt >= quietMs) {
        this.due.delete(file);
        this.underWay.add(file);
        this.budget -= file.bytesRead;
        this.parts.look(file);
      }
    }
  }

  /** Its look came to something else: what is there is found out another way. */
  drop(file: TrackedFile): void {
    this.due.delete(file);
    this.underWay.delete(file);
  }
}
