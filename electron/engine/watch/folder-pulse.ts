import type { Clock } from '../ports.ts';
import type { TrackedFile } from './tracked-file.ts';

export interface PulseParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes quiet files for complete; whether some are still waited for. */
  readonly settle: () => boolean;
  readonly recheck: (file: TrackedFile) => void;
  /** Whether rows or bytes move. */
  readonly isMoving: () => boolean;
  readonly tell: () => void;
}

const tickMs = 100;
const idleTickMs = 200;
/** Telling takes no more than this share of the time, however many files there are. */
const tellShare = 20;
/** A file that grew so lately is looked at without waiting for an event: those are given once for several changes. */
const hotMs = 1_500;
const mostHot = 200;

/** What happens again and again in a folder: how it goes is told, quiet files settle, and what grew just now is looked at. */
export class FolderPulse {
  private readonly hot = new Map<TrackedFile, number>();
  private isNew = true;

  constructor(private readonly parts: PulseParts) {}

  /** There is something to tell. */
  changed(): void {
    this.isNew = true;
  }

  grew(file: TrackedFile): void {
    const isGrowing = file.bytesRead > 0 && (file.underWay > 0 || file.state === 'reading');
    if (isGrowing && this.hot.size < mostHot) this.hot.set(file, this.parts.clock.monotonic());
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, tell } = this.parts;
    let costMs = 0;
    while (!signal.aborted) {
      const isSettling = this.parts.settle();
      this.lookAtHot();
      if (this.isNew) {
        const begun = clock.monotonic();
        this.isNew = false;
        tell();
        costMs = clock.monotonic() - begun;
      }
      const moves = this.parts.isMoving();
      // Rates fall while nothing happens, and that is to be told as well.
      if (moves) this.isNew = true;
      const isBusy = isSettling || moves || this.hot.size > 0;
      await clock.sleep(isBusy ? Math.max(tickMs, costMs * tellShare) : idleTickMs, signal);
    }
  }

  private lookAtHot(): void {
    const now = this.parts.clock.monotonic();
    for (const [file, at] of this.hot) {
      if (now - at > hotMs || file.isGone) this.hot.delete(file);
      else this.parts.recheck(file);
    }
  }
}
