import type { Clock } from '../../electron/engine/ports.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly end: () => void;
}

/** Time that passes when a test says so. Sleepers wake in the order of their times, and what follows from a waking runs before the next. */
export class ManualClock implements Clock {
  private elapsed = 0;
  private count = 0;
  private readonly sleepers: Sleeper[] = [];
  private readonly startMs: number;

  constructor(startMs = Date.UTC(2024, 0, 15, 12)) {
    this.startMs = startMs;
  }

  now(): number {
    return this.startMs + this.elapsed;
  }

  monotonic(): number {
    return this.elapsed;
  }

  get sleeping(): number {
    return this.sleepers.length;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        signal?.removeEventListener('abort', end);
        const index = this.sleepers.indexOf(sleeper);
        if (index >= 0) this.sleepers.splice(index, 1);
        resolve();
      };
      const sleeper: Sleeper = { at: this.elapsed + Math.max(0, delayMs), order: this.count++, end };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const until = this.elapsed + ms;
    await this.settle();
    for (let next = this.earliest(); next !== undefined && next.at <= until; next = this.earliest()) {
      this.elapsed = Math.max(this.elapsed, next.at);
      next.end();
      await this.settle();
    }
    this.elapsed = until;
  }

  /** Lets as much time pass as `work` needs, at most `limitMs`; gives what it resolves to. */
  async run<T>(work: Promise<T>, limitMs = 86_400_000): Promise<T> {
    const state = { isDone: false };
    const end = (): void => {
      state.isDone = true;
    };
    void work.then(end, end);
    const until = this.elapsed + limitMs;
    await this.settle();
    while (!state.isDone) {
      const next = this.earliest();
      if (next === undefined) throw new Error('the work waits for something other than time');
      if (next.at > until) throw new Error(`the work is not done after ${String(limitMs)} ms`);
      this.elapsed = Math.max(this.elapsed, next.at);
      next.end();
      await this.settle();
    }
    return work;
  }

  private earliest(): Sleeper | undefined {
    return this.sleepers.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  }
}
