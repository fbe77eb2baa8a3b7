import { Worker } from 'node:worker_threads';
import type { Failure } from '../../shared/contract/common.ts';
import type { FolderPreview } from '../../shared/contract/folders.ts';
import { unpackFiles, type FromScanner, type Globs, type PreviewOrder, type ScanTotals, type ToScanner } from './discover/scan-protocol.ts';
import type { ScanOrder, ScannedFile } from './discover/scan-folder.ts';
import { UploaderError } from './errors.ts';
import type { Clock, Disposable } from './ports.ts';

export type ScanResult =
  | ({ readonly kind: 'done' } & ScanTotals)
  /** Nothing is known about its files, not that they are gone. */
  | { readonly kind: 'missing' | 'unreadable'; readonly failure: Failure }
  | { readonly kind: 'stopped' };

type Answer = Exclude<FromScanner, { kind: 'files' }>;

interface Job {
  readonly onFiles: (files: readonly ScannedFile[]) => void;
  readonly onAnswer: (answer: Answer) => void;
  readonly onCrash: (error: Error) => void;
}

/** The thread is ended after so long without work: watching needs it only for a moment now and then. */
const idleEndMs = 10_000;

type Order<Kind> = Kind extends string ? Omit<Extract<ToScanner, { readonly kind: Kind }>, 'job'> : never;

/** Looks through folders on a thread that is started when it is needed. Several looks take turns. */
export class FolderScanner implements Disposable {
  private worker: Worker | undefined;
  private readonly jobs = new Map<number, Job>();
  private count = 0;
  private needed = new AbortController();

  constructor(
    private readonly workerPath: string,
    private readonly clock: Clock,
  ) {}

  /** Whether its thread is there. */
  get isRunning(): boolean {
    return this.worker !== undefined;
  }

  /**
   * Hands the files that the globs take to `onFiles`, in chunks of up to 2,000. A `directory` that is not there has no files.
   * Rejects with `UploaderError` `input-invalid` for a glob that cannot be understood.
   */
  async scan(
    order: ScanOrder & Globs & { readonly signal: AbortSignal },
    onFiles: (files: readonly ScannedFile[]) => void,
  ): Promise<ScanResult> {
    const { signal, root, recursive, directory, include, exclude } = order;
    const answer = await this.ask({ kind: 'scan', order: { root, recursive, directory, include, exclude } }, signal, onFiles);
    if (answer.kind === 'scanned') return { kind: 'done', ...answer.totals };
    if (answer.kind !== 'failed') return { kind: 'stopped' };
    if (answer.failure.code === 'folder-missing') return { kind: 'missing', failure: answer.failure };
    if (answer.failure.code === 'folder-unreadable') return { kind: 'unreadable', failure: answer.failure };
    throw toError(answer.failure);
  }

  /** Counts what the globs would take; what is wrong with folder or globs is in `failure`. Undefined: it was stopped. */
  async preview(order: PreviewOrder & { readonly signal: AbortSignal }): Promise<FolderPreview | undefined> {
    const { signal, path, include, exclude, recursive } = order;
    const answer = await this.ask({ kind: 'preview', order: { path, include, exclude, recursive } }, signal);
    if (answer.kind === 'failed') throw toError(answer.failure);
    return answer.kind === 'previewed' ? answer.preview : undefined;
  }

  /**
   * Where the files with these `device:inode` are now, whatever the globs say about them. Those that are not in the map were not
   * found; nothing is found in a folder that is missing, unreadable, or when it was stopped.
   */
  async findByKey(
    order: ScanOrder & { readonly keys: readonly string[]; readonly signal: AbortSignal },
  ): Promise<ReadonlyMap<string, string>> {
    const { signal, keys, root, recursive, directory } = order;
    const answer = await this.ask({ kind: 'find', order: { root, recursive, directory }, keys }, signal);
    if (answer.kind === 'failed' && answer.failure.code === 'internal') throw toError(answer.failure);
    return new Map(answer.kind === 'found' ? answer.paths : []);
  }

  private async ask(
    order: Order<'scan' | 'preview' | 'find'>,
    signal: AbortSignal,
    onFiles: (files: readonly ScannedFile[]) => void = () => undefined,
  ): Promise<Answer> {
    const job = ++this.count;
    if (signal.aborted) return { kind: 'stopped', job };
    const worker = this.start();
    const stop = (): void => {
      worker.postMessage({ kind: 'stop', job } satisfies ToScanner);
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.ref();
    try {
      return await new Promise<Answer>((resolve, reject) => {
        this.jobs.set(job, { onFiles: signal.aborted ? () => undefined : onFiles, onAnswer: resolve, onCrash: reject });
        worker.postMessage({ ...order, job } satisfies ToScanner);
      });
    } finally {
      signal.removeEventListener('abort', stop);
      this.jobs.delete(job);
      if (this.jobs.size === 0) {
        worker.unref();
        void this.endWhenIdle();
      }
    }
  }

  private start(): Worker {
    this.needed.abort();
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(this.workerPath, { resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    worker.on('message', (message: FromScanner) => {
      this.heard(worker, message);
    });
    worker.on('error', (error) => {
      this.ended(worker, error instanceof Error ? error : new Error(String(error)));
    });
    worker.on('exit', () => {
      this.ended(worker, new Error('the thread that looks through folders ended'));
    });
    this.worker = worker;
    return worker;
  }

  private heard(worker: Worker, message: FromScanner): void {
    const job = this.jobs.get(message.job);
    if (message.kind !== 'files') {
      job?.onAnswer(message);
      return;
    }
    try {
      job?.onFiles(unpackFiles(message.files));
      worker.postMessage({ kind: 'took', job: message.job } satisfies ToScanner);
    } catch (error) {
      worker.postMessage({ kind: 'stop', job: message.job } satisfies ToScanner);
      job?.onCrash(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private ended(worker: Worker, cause: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const job of this.jobs.values()) job.onCrash(new Error('a folder could not be looked through', { cause }));
  }

  private async endWhenIdle(): Promise<void> {
    this.needed = new AbortController();
    const { signal } = this.needed;
    await this.clock.sleep(idleEndMs, signal);
    if (!signal.aborted && this.jobs.size === 0) await this.dispose();
  }

  async dispose(): Promise<void> {
    this.needed.abort();
    const { worker } = this;
    if (worker === undefined) return;
    this.ended(worker, new Error('it was ended'));
    await worker.terminate();
  }
}

const toError = ({ code, message, context }: Failure): Error =>
  code === 'internal' ? new Error(`looking through a folder: ${message}`) : new UploaderError(code, message, context);
