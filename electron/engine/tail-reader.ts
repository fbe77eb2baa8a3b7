import { Worker } from 'node:worker_threads';
import type { Failure } from '../../shared/contract/common.ts';
import { assertNever, failure } from './errors.ts';
import type { Payload, SeenField } from './model.ts';
import type { Disposable } from './ports.ts';
import type { FromTailReader, TailFormat, TailOutcome, TailSegment, TailSettings, TailTarget, ToTailReader } from './read/tail-protocol.ts';

export interface TailBody {
  readonly payload: Payload;
  readonly segments: readonly TailSegment[];
  /** Fields that events had since it was told last. */
  readonly seen: readonly SeenField[];
  /** Has to be called once, when the body is no longer needed: the reader goes on in its memory. Rows of it have to be planned by then. */
  sent(): void;
}

/** What a session tells, in the order it happened. */
export interface TailHandlers {
  /** How a file is read, found out at its first row. */
  onFormat(fileId: string, format: TailFormat, firstRow: string | undefined): void;
  onBody(body: TailBody): void;
  onLooked(fileId: string, outcome: TailOutcome, nextRow: number | undefined): void;
  /** No file is waiting; so many rows are in the open body. */
  onDrained(gathered: number): void;
  /** A bug, or the thread died: the session tells nothing more. */
  onFailed(failure: Failure): void;
}

/** A watched folder, as the reader's thread reads it. See tail-protocol.ts for what each of these promises. */
export interface TailSession {
  look(targets: readonly TailTarget[]): void;
  flush(): void;
  forget(fileId: string): void;
  /** Resolves when all its files are closed. Nothing is told from the call on. */
  close(): Promise<void>;
}

interface Open {
  readonly handlers: TailHandlers;
  /** Set when it is being closed. */
  closed?: () => void;
}

/** Owns the thread that reads files that grow: started with the first session, ended with the last one. */
export class TailReader implements Disposable {
  private worker: Worker | undefined;
  private readonly sessions = new Map<number, Open>();
  private count = 0;

  constructor(private readonly workerPath: string) {}

  open(settings: TailSettings, handlers: TailHandlers): TailSession {
    const session = ++this.count;
    this.sessions.set(session, { handlers });
    const worker = (this.worker ??= this.start());
    const post = (message: ToTailReader): void => {
      if (this.sessions.has(session)) worker.postMessage(message);
    };
    post({ kind: 'tail-open', session, settings });
    return {
      look: (targets) => post({ kind: 'tail-look', session, targets }),
      flush: () => post({ kind: 'tail-flush', session }),
      forget: (fileId) => post({ kind: 'tail-forget', session, fileId }),
      close: () => this.close(session, post),
    };
  }

  async dispose(): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    for (const open of this.sessions.values()) open.closed?.();
    this.sessions.clear();
    await worker?.terminate();
  }

  private async close(session: number, post: (message: ToTailReader) => void): Promise<void> {
    const open = this.sessions.get(session);
    if (open === undefined) return;
    await new Promise<void>((resolve) => {
      const earlier = open.closed;
      open.closed = () => {
        earlier?.();
        resolve();
      };
      if (earlier === undefined) post({ kind: 'tail-close', session });
    });
    if (this.sessions.size === 0) await this.dispose();
  }

  private start(): Worker {
    // As for the other readers: rows pass through as bytes, a large young generation would only be memory that is never needed.
    const worker = new Worker(this.workerPath, { resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 4 } });
    worker.on('message', (message: FromTailReader) => this.receive(worker, message));
    worker.on('error', (error) => this.fail(worker, error));
    worker.on('exit', () => this.fail(worker, new Error('the thread ended')));
    return worker;
  }

  private fail(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    for (const { handlers, closed } of sessions) {
      if (closed === undefined) handlers.onFailed(failure('internal', `tail reader: ${error.stack ?? error.message}`));
      else closed();
    }
  }

  private receive(worker: Worker, message: FromTailReader): void {
    const { session } = message;
    const open = this.sessions.get(session);
    if (open === undefined) return;
    if (message.kind === 'tail-closed') {
      this.sessions.delete(session);
      open.closed?.();
      return;
    }
    if (open.closed !== undefined) return;
    const { handlers } = open;
    switch (message.kind) {
      case 'tail-format':
        handlers.onFormat(message.fileId, message.format, message.firstRow);
        return;
      case 'tail-body':
        handlers.onBody({
          payload: message.payload,
          segments: message.segments,
          seen: message.seen,
          sent: () => {
            if (this.sessions.has(session)) worker.postMessage({ kind: 'tail-sent', session, slot: message.slot } satisfies ToTailReader);
          },
        });
        return;
      case 'tail-looked':
        handlers.onLooked(message.fileId, message.outcome, message.nextRow);
        return;
      case 'tail-drained':
        handlers.onDrained(message.gathered);
        return;
      case 'tail-failed':
        handlers.onFailed(message.failure);
        return;
      default:
        assertNever(message);
    }
  }
}
