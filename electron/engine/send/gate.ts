import type { Clock } from '../ports.ts';

/** Lets requests pass, or makes them wait: while somebody has paused them. */
export class Gate {
  private isClosed = false;
  private readonly waiting = new Set<() => void>();

  get closed(): boolean {
    return this.isClosed;
  }

  set(closed: boolean): void {
    this.isClosed = closed;
    if (closed) return;
    for (const go of [...this.waiting]) go();
  }

  /** Resolves when it is open, or when `signal` aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.isClosed && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.waiting.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        this.waiting.add(go);
        signal.addEventListener('abort', go, { once: true });
      });
    }
  }
}

/** Pauses between attempts that can be ended together: when the network is back, or the computer awake. */
export class Pauses {
  private awake = new AbortController();

  constructor(private readonly clock: Clock) {}

  /** Resolves after `delayMs`, at `wake`, or when `signal` aborts. */
  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(delayMs, AbortSignal.any([signal, this.awake.signal]));
  }

  wake(): void {
    const { awake } = this;
    this.awake = new AbortController();
    awake.abort();
  }
}
