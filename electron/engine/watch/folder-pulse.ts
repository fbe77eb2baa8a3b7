import type { Clock } from '../ports.ts';
import type { TrackedFile } from './tracked-file.ts';

export interface PulseParts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Takes quiet files for complete; whether something is still waited for. */
  readonly settle: () => boolean;
  readonly recheck: (file: TrackedFile) => void;
  /** Whether rows or bytes move. */
  readonly isMoving: () => boolean;
  /** Nothing is looked at, planned or on its way. */
  readonly isAtRest: () => boolean;
  readonly tell: () => void;
  /** Tells how files stand that changed too often to be told each time; whether some wait still. */
  readonly tellFiles: () => boolean;
  /** There may be nothing left to do about a file that has been quiet. */
  readonly rest: (file: TrackedFile) => void;
}

const tickMs = 100;
/** Something waits for what nobody tells of: a service that comes back, a timetable. */
const waitingTickMs = 200;
/** Nothing happens until somebody says so; it is looked all the same. */
const longestSleepMs = 1_000;
/** Telling takes no more than this share of the time, however many files there are. */
const tellShare = 20;
/** A file that grew so lately is looked at without waiting for an event: those are given once for several changes. */
const hotMs = 1_500;
const mostHot = 200;
/** A file rests when nothing was said of it for so long. */
const restAfterMs = 3_000;

/**
 * What happens again and again in a folder: how it goes is told, quiet files settle, and what grew just now is looked at. While
 * nothing happens, it does next to nothing.
 */
export class FolderPulse {
  private readonly hot = new Map<TrackedFile, number>();
  /** Files that are done, and since when; in the order of time. */
  private readonly quiet = new Map<TrackedFile, number>();
  private isNew = true;
  private nap: AbortController | undefined;

  constructor(private readonly parts: PulseParts) {
    parts.signal.addEventListener('abort', () => this.nap?.abort('ended'), { once: true });
  }

  /** There is something to tell. */
  changed(): void {
    this.isNew = true;
    this.nap?.abort('news');
  }

  grew(file: TrackedFile): void {
    const isGrowing = file.bytesRead > 0 && (file.underWay > 0 || file.state === 'reading');
    if (isGrowing && this.hot.size < mostHot) this.hot.set(file, this.parts.clock.monotonic());
  }

  /** When it stays as it is, there may be nothing left to do about it. */
  mayRest(file: TrackedFile): void {
    this.quiet.delete(file);
    if (file.state === 'done') this.quiet.set(file, this.parts.clock.monotonic());
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { clock, signal, tell } = this.parts;
    let costMs = 0;
    while (!signal.aborted) {
      const isSettling = this.parts.settle();
      const isTelling = this.parts.tellFiles();
      this.lookAtHot();
      const restMs = this.letRest();
      if (this.isNew) {
        const begun = clock.monotonic();
        this.isNew = false;
        tell();
        costMs = clock.monotonic() - begun;
      }
      const moves = this.parts.isMoving();
      // Rates fall while nothing happens, and that is to be told as well.
      if (moves) this.isNew = true;
      const tellAfterMs = Math.max(tickMs, costMs * tellShare);
      if (isSettling || isTelling || moves || this.hot.size > 0) await clock.sleep(tellAfterMs, signal);
      else if (!this.parts.isAtRest()) await clock.sleep(waitingTickMs, signal);
      else if (await this.wasWoken(restMs)) await clock.sleep(tellAfterMs, signal);
    }
  }

  /** Sleeps until there is something to tell, which is true, or for that time at most. */
  private async wasWoken(sleepMs: number): Promise<boolean> {
    if (this.isNew) return true;
    this.nap = new AbortController();
    await this.parts.clock.sleep(sleepMs, this.nap.signal);
    this.nap = undefined;
    return this.isNew;
  }

  private lookAtHot(): void {
    const now = this.parts.clock.monotonic();
    for (const [file, at] of this.hot) {
      if (now - at > hotMs || file.isGone) this.hot.delete(file);
      else this.parts.recheck(file);
    }
  }

  /** Returns after how many milliseconds to look again. */
  private letRest(): number {
    const now = this.parts.clock.monotonic();
    for (const [file, at] of this.quiet) {
      if (now - at < restAfterMs) return Math.min(longestSleepMs, at + restAfterMs - now);
      this.quiet.delete(file);
      this.parts.rest(file);
    }
    return longestSleepMs;
  }
}
