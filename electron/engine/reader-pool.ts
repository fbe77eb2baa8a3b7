import { Worker } from 'node:worker_threads';
import type { Inspection } from '../../shared/contract/files.ts';
import type { SampledFile } from '../../shared/contract/sample.ts';
import { UploaderError } from './errors.ts';
import type { Batch, Position, SeenField } from './model.ts';
import type { Clock, Disposable } from './ports.ts';
import type {
  CheckedFile,
  CheckJobOrder,
  DigestJob,
  FromReader,
  InspectJob,
  ReadJob,
  SampleJob,
  ToReader,
} from './read/reader-protocol.ts';

/** What a file being read gives: how it is read, then its batches, then its end. */
export type ReadEvent =
  | { readonly kind: 'plan'; readonly headerText: string; readonly source: 'csv' | 'ndjson'; readonly delimiter: string }
  | {
      readonly kind: 'batch';
      readonly batch: Batch & { readonly fileBytes: number };
      /** Has to be called when the body is no longer needed: the reader goes on in its memory. */
      readonly sent: () => void;
    }
  /** Fields that its events had since the last time. */
  | { readonly kind: 'seen'; readonly fields: readonly SeenField[] }
  /** `stopped`: with so many rejects as were allowed, perhaps before the end of the file. */
  | { readonly kind: 'end'; readonly end: Position; readonly endedOpen: boolean; readonly stopped?: boolean };

class Thread {
  private readonly worker: Worker;
  private queue: FromReader[] = [];
  private wake: (() => void) | undefined;
  private crash: Error | undefined;

  constructor(path: string) {
    // Rows pass through as bytes; a young generation of the usual size would only be memory that is never needed.
    this.worker = new Worker(path, { resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 4 } });
    this.worker.unref();
    this.worker.on('message', (message: FromReader) => {
      this.queue.push(message);
      this.wake?.();
    });
    this.worker.on('error', (error) => {
      this.crash = error;
      this.wake?.();
    });
    this.worker.on('exit', () => {
      this.crash ??= new Error('the reader thread ended');
      this.wake?.();
    });
  }

  get isBroken(): boolean {
    return this.crash !== undefined;
  }

  post(message: ToReader): void {
    this.worker.postMessage(message);
  }

  /** The next message of a job; leftovers of earlier jobs are dropped. */
  async next(job: number): Promise<FromReader> {
    this.worker.ref();
    try {
      for (;;) {
        const message = this.queue.shift();
        if (message !== undefined) {
          if (message.job !== job) continue;
          if (message.kind !== 'failed') return message;
          if (message.failure.code === 'internal') throw new Error(`reader: ${message.failure.message}`);
          throw new UploaderError(message.failure.code, message.failure.message, message.failure.context);
        }
        if (this.crash !== undefined) throw new Error('the reader thread failed', { cause: this.crash });
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      this.worker.unref();
    }
  }

  async dispose(): Promise<void> {
    await this.worker.terminate();
  }
}

/** Reader threads, started when first needed and kept. Each does one job at a time; the others wait for their turn. */
export class ReaderPool implements Disposable {
  private readonly idle: Thread[] = [];
  private readonly threads = new Set<Thread>();
  private readonly waiting: ((thread: Thread) => void)[] = [];
  private jobs = 0;

  private readonly endings = new Map<Thread, AbortController>();

  /** @param idleEnd how long a thread without work is kept, in milliseconds; for ever when absent */
  constructor(
    private readonly workerPath: string,
    private readonly size: number,
    private readonly idleEnd?: { readonly afterMs: number; readonly clock: Clock },
  ) {}

  /**
   * Reads, shapes and batches a file.
   * @param bodies how many request bodies may be under way at once; 0: no bound, for orders of a few batches
   * Throws `UploaderError` when it cannot be read as asked.
   */
  async *read(order: ReadJob, bodies: number): AsyncGenerator<ReadEvent, void> {
    const thread = await this.acquire();
    const job = ++this.jobs;
    let ended = false;
    try {
      thread.post({ kind: 'read', job, order, bodies });
      for (;;) {
        const message = await thread.next(job);
        if (message.kind === 'batch') {
          const { batch, slot } = message;
          const sent = (): void => {
            if (slot >= 0) thread.post({ kind: 'sent', slot });
          };
          yield { kind: 'batch', batch, sent };
        } else if (message.kind === 'plan' || message.kind === 'seen') {
          yield message;
        } else if (message.kind === 'end') {
          ended = true;
          yield message;
          return;
        }
      }
    } catch (error) {
      ended = true;
      throw error;
    } finally {
      if (!ended && !thread.isBroken) await this.stop(thread, job);
      this.release(thread);
    }
  }

  /** All its threads are at work. */
  get isBusy(): boolean {
    return this.idle.length === 0 && this.threads.size >= this.size;
  }

  async inspect(order: InspectJob): Promise<Inspection> {
    return this.once(
      (job) => ({ kind: 'inspect', job, order }),
      (message) => (message.kind === 'inspected' ? message.inspection : undefined),
    );
  }

  /** Looks at the first rows of a file. Throws `UploaderError` when it cannot be read as asked. */
  async sample(order: SampleJob): Promise<SampledFile> {
    return this.once(
      (job) => ({ kind: 'sample', job, order }),
      (message) => (message.kind === 'sampled' ? message.sample : undefined),
    );
  }

  /** Checks a file; a `signal` that aborts ends it early, with what it saw. Throws `UploaderError` when it cannot be read as asked. */
  async check(
    order: CheckJobOrder,
    onProgress: (progress: { readonly fileBytes: number; readonly rowsRead: number }) => void,
    signal: AbortSignal,
  ): Promise<CheckedFile> {
    const thread = await this.acquire();
    const job = ++this.jobs;
    const stop = (): void => {
      thread.post({ kind: 'stop', job });
    };
    try {
      thread.post({ kind: 'check', job, order });
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      for (;;) {
        const message = await thread.next(job);
        if (message.kind === 'checking') onProgress(message);
        else if (message.kind === 'checked') return message;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.release(thread);
    }
  }

  /** Compares stretches of a text with the digests they had. */
  async digest(order: DigestJob): Promise<Extract<FromReader, { kind: 'digested' }>> {
    return this.once(
      (job) => ({ kind: 'digest', job, order }),
      (message) => (message.kind === 'digested' ? message : undefined),
    );
  }

  private async once<T>(message: (job: number) => ToReader, answer: (message: FromReader) => T | undefined): Promise<T> {
    const thread = await this.acquire();
    const job = ++this.jobs;
    try {
      thread.post(message(job));
      for (;;) {
        const found = answer(await thread.next(job));
        if (found !== undefined) return found;
      }
    } finally {
      this.release(thread);
    }
  }

  private async stop(thread: Thread, job: number): Promise<void> {
    thread.post({ kind: 'stop', job });
    try {
      for (;;) {
        const message = await thread.next(job);
        if (message.kind === 'end') return;
        // The reader may be waiting for the room that this body takes, and would never come to its end.
        if (message.kind === 'batch' && message.slot >= 0) thread.post({ kind: 'sent', slot: message.slot });
      }
    } catch {
      // It failed instead of ending; either way the thread is free.
    }
  }

  private acquire(): Promise<Thread> {
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) {
      this.endings.get(idle)?.abort();
      if (!idle.isBroken) return Promise.resolve(idle);
      this.threads.delete(idle);
    }
    if (this.threads.size < this.size) {
      const thread = new Thread(this.workerPath);
      this.threads.add(thread);
      return Promise.resolve(thread);
    }
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private release(thread: Thread): void {
    let free = thread;
    if (thread.isBroken) {
      this.threads.delete(thread);
      if (this.waiting.length === 0) return;
      free = new Thread(this.workerPath);
      this.threads.add(free);
    }
    const next = this.waiting.shift();
    if (next !== undefined) {
      next(free);
      return;
    }
    this.idle.push(free);
    void this.endWhenIdle(free);
  }

  private async endWhenIdle(thread: Thread): Promise<void> {
    if (this.idleEnd === undefined) return;
    const wanted = new AbortController();
    this.endings.set(thread, wanted);
    await this.idleEnd.clock.sleep(this.idleEnd.afterMs, wanted.signal);
    if (this.endings.get(thread) === wanted) this.endings.delete(thread);
    const at = this.idle.indexOf(thread);
    if (wanted.signal.aborted || at === -1) return;
    this.idle.splice(at, 1);
    this.threads.delete(thread);
    await thread.dispose();
  }

  async dispose(): Promise<void> {
    for (const ending of this.endings.values()) ending.abort();
    await Promise.all([...this.threads].map((thread) => thread.dispose()));
    this.threads.clear();
  }
}
