import type { EngineEvent } from '../engine.ts';
import type { Clock } from '../ports.ts';
import type { FileIndex } from './file-index.ts';
import type { TrackedFile } from './tracked-file.ts';

/** Of one file it is told at most once in so many milliseconds: the first change at once, what follows together. */
const pauseMs = 100;

/** Tells how files stand. One that grows changes with every request, which nobody can read and everybody would pay for. */
export class FileNews {
  /** When each was told of, the longest ago first. */
  private readonly told = new Map<TrackedFile, number>();
  private readonly untold = new Set<TrackedFile>();

  constructor(
    private readonly folderId: string,
    private readonly parts: { readonly clock: Pick<Clock, 'monotonic'>; readonly emit: (event: EngineEvent) => void },
    private readonly index: Pick<FileIndex, 'has'>,
  ) {}

  changed(file: TrackedFile): void {
    const now = this.parts.clock.monotonic();
    const before = this.told.get(file);
    if (before !== undefined && now - before < pauseMs) this.untold.add(file);
    else this.tellNow(file, now);
  }

  /** Tells what has waited for long enough. Returns whether something waits still. */
  tellDue(): boolean {
    const now = this.parts.clock.monotonic();
    for (const [file, at] of this.told) {
      if (now - at < pauseMs) break;
      this.told.delete(file);
      if (this.untold.has(file)) this.tellNow(file, now);
    }
    return this.untold.size > 0;
  }

  /** Tells all that waits. */
  tellAll(): void {
    const now = this.parts.clock.monotonic();
    for (const file of this.untold) this.tellNow(file, now);
  }

  private tellNow(file: TrackedFile, now: number): void {
    this.untold.delete(file);
    this.told.delete(file);
    this.told.set(file, now);
    // Of one whose place another has taken there is nothing to say any more.
    if (file.isForgotten && this.index.has(file.path)) return;
    this.parts.emit({ kind: 'watched-file', folderId: this.folderId, file: file.toWatchedFile() });
  }
}
