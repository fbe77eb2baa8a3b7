import type { TailSession } from '../tail-reader.ts';
import type { TrackedFile } from './tracked-file.ts';

/** Who waits for the rows that were read of a file to be planned: until then its position says too little. */
export class AwaitedPlans {
  private readonly waiting = new Map<TrackedFile, (() => void)[]>();

  constructor(
    private readonly session: Pick<TailSession, 'flush'>,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves when all rows that the reader has read of it are planned, or the folder is stopped. */
  async complete(file: TrackedFile): Promise<void> {
    while ((file.planned?.row ?? 0) < file.nextRow && !this.signal.aborted) {
      this.session.flush();
      await new Promise<void>((resolve) => {
        const go = (): void => {
          this.signal.removeEventListener('abort', go);
          resolve();
        };
        this.waiting.set(file, [...(this.waiting.get(file) ?? []), go]);
        this.signal.addEventListener('abort', go, { once: true });
      });
    }
  }

  /** More of it is planned. */
  changed(file: TrackedFile): void {
    const waiting = this.waiting.get(file) ?? [];
    this.waiting.delete(file);
    for (const go of waiting) go();
  }
}
