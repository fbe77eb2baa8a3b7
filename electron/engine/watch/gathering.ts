/** When what the reader has gathered goes out: at once while no request of the folder is under way, else after a moment. */
import type { Clock } from '../ports.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { TailSession } from '../tail-reader.ts';

export class Gathering {
  private rows = 0;
  private isWaiting = false;

  constructor(
    private readonly parts: { readonly clock: Clock; readonly signal: AbortSignal; readonly settings: () => FolderSettings },
    private readonly session: Pick<TailSession, 'flush'>,
    /** Requests of the folder that are under way. */
    private readonly underWay: () => number,
  ) {}

  get isEmpty(): boolean {
    return this.rows === 0;
  }

  /** The reader has nothing more to read for the moment, and so many rows in its open body. */
  holds(rows: number): void {
    this.rows = rows;
    if (rows === 0) return;
    if (this.underWay() === 0) this.session.flush();
    else if (!this.isWaiting) void this.flushLater();
  }

  /** It gave them out. */
  given(): void {
    this.rows = 0;
  }

  requestEnded(): void {
    if (this.rows > 0 && this.underWay() === 0) this.session.flush();
  }

  private async flushLater(): Promise<void> {
    this.isWaiting = true;
    await this.parts.clock.sleep(this.parts.settings().maxAgeMs, this.parts.signal);
    this.isWaiting = false;
    if (this.rows > 0) this.session.flush();
  }
}
