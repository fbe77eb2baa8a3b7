/** How many bytes a second may leave, by the time of day. */
import type { TimetableEntry } from '../../../shared/contract/connections.ts';
import type { Clock } from '../ports.ts';

export interface BandwidthLimit {
  /** null: no limit. */
  readonly bytesPerSecond: number | null;
  readonly timetable: readonly TimetableEntry[];
}

const dayMs = 86_400_000;
/** No wait is longer: the clock may be set, or the computer sleep. */
const longestWaitMs = 30_000;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Bytes a second that are allowed at this time of local time; null: as many as go; 0: none. */
export function allowedAt(limit: BandwidthLimit, nowMs: number): number | null {
  const now = new Date(nowMs);
  const minute = now.getHours() * 60 + now.getMinutes();
  const today = now.getDay();
  const yesterday = new Date(nowMs - dayMs).getDay();
  for (const { days, from, to, bytesPerSecond } of limit.timetable) {
    const begin = minutesOf(from);
    const end = minutesOf(to);
    const isToday = days.includes(today) && minute >= begin && (end <= begin || minute < end);
    const isSinceYesterday = end <= begin && days.includes(yesterday) && minute < end;
    if (isToday || isSinceYesterday) return bytesPerSecond;
  }
  return limit.bytesPerSecond;
}

/** A budget of bytes that fills at the allowed rate, up to a second's worth. A larger body takes it into debt. */
export class Bandwidth {
  private budget = 0;
  private countedAt: number;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly limit: BandwidthLimit,
    private readonly clock: Clock,
  ) {
    this.countedAt = clock.monotonic();
    this.budget = allowedAt(limit, clock.now()) ?? 0;
  }

  /** Nothing may leave at this time of day. */
  get isShut(): boolean {
    return allowedAt(this.limit, this.clock.now()) === 0;
  }

  /** Resolves, in the order of the calls, when so many bytes may leave; also when `signal` aborts. */
  async acquire(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.limit.bytesPerSecond === null && this.limit.timetable.length === 0) return;
    const mine = this.turn.then(() => this.take(bytes, signal));
    this.turn = mine;
    await mine;
  }

  private async take(bytes: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const rate = allowedAt(this.limit, this.clock.now());
      if (rate === null) return;
      const now = this.clock.monotonic();
      this.budget = Math.min(rate, this.budget + ((now - this.countedAt) * rate) / 1_000);
      this.countedAt = now;
      if (rate > 0 && this.budget > 0) {
        this.budget -= bytes;
        return;
      }
      const waitMs = rate === 0 ? longestWaitMs : Math.ceil((-this.budget * 1_000) / rate) + 1;
      await this.clock.sleep(Math.min(waitMs, longestWaitMs), signal);
    }
  }
}
