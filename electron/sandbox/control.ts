/** Runs the sandbox in a worker thread and shows how it is doing. */
import { Worker } from 'node:worker_threads';
import type { Fault, SandboxStatus } from '../../shared/contract/sandbox.ts';
import type { Page } from './event-queries.ts';
import { assertNever, SandboxError } from './sandbox-error.ts';
import type { SandboxAccess } from './server.ts';
import type { FromWorker, Outputs, Question, ToWorker, WorkerConfiguration } from './worker-messages.ts';

export interface SandboxControlOptions extends WorkerConfiguration {
  /** The bundled worker: `dist/sandbox-worker.js`. */
  readonly workerPath: string;
}

/** Rejections are `SandboxError`s with `sandbox-failed`, `sandbox-not-running` or `not-found`. */
export interface SandboxControl {
  status(): SandboxStatus;
  /** Called at every change, at most about four times a second while it runs. */
  subscribe(listener: (status: SandboxStatus) => void): { dispose(): void };
  /** Starts it, or gives the access of the one that runs. */
  start(): Promise<SandboxAccess>;
  stop(): Promise<void>;
  setFaults(faults: readonly Fault[]): Promise<void>;
  tables(): Promise<{ tables: Outputs['tables'] }>;
  rows(query: Page & { readonly table: string }): Promise<Outputs['rows']>;
  errors(query: Page): Promise<Outputs['errors']>;
  dispose(): Promise<void>;
}

interface Waiting {
  readonly resolve: (output: Outputs[keyof Outputs]) => void;
  readonly reject: (error: SandboxError) => void;
}

interface Running {
  readonly worker: Worker;
  readonly started: Promise<SandboxAccess>;
  readonly ended: Promise<void>;
  readonly waiting: Map<number, Waiting>;
}

const stopped: SandboxStatus = { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 };

export function createSandboxControl({ workerPath, ...configuration }: SandboxControlOptions): SandboxControl {
  const listeners = new Set<(status: SandboxStatus) => void>();
  let status = stopped;
  let running: Running | undefined;
  let stopping: Promise<void> | undefined;
  let nextId = 1;

  const change = (next: SandboxStatus): void => {
    status = next;
    for (const listener of listeners) listener(status);
  };
  const failed = (message: string): void => {
    const { root: _root, ...rest } = status;
    change({ ...rest, state: 'failed', failure: { code: 'sandbox-failed', message, context: {} } });
  };

  const launch = (): Running => {
    const worker = new Worker(workerPath, { workerData: configuration });
    const waiting = new Map<number, Waiting>();
    let isReady = false;
    let reason = 'the sandbox ended by itself';
    const started = new Promise<SandboxAccess>((resolve, reject) => {
      const refuse = (message: string): void => reject(new SandboxError('sandbox-failed', message));
      const hear = (message: FromWorker): void => {
        switch (message.kind) {
          case 'ready':
            isReady = true;
            change({ ...status, state: 'running', root: message.access.root });
            resolve(message.access);
            return;
          case 'failed':
            reason = message.message;
            refuse(reason);
            void worker.terminate();
            return;
          case 'status': {
            const { faults, rows, errors, requests } = message.counts;
            change({ ...status, faults: [...faults], rows, errors, requests });
            return;
          }
          case 'problem':
            change({ ...status, failure: { code: 'sandbox-failed', message: message.message, context: {} } });
            return;
          case 'output':
            waiting.get(message.id)?.resolve(message.output);
            waiting.delete(message.id);
            return;
          case 'refused':
            waiting.get(message.id)?.reject(new SandboxError(message.code, message.message));
            waiting.delete(message.id);
            return;
          default:
            assertNever(message);
        }
      };
      worker.on('message', hear);
      worker.on('error', (error: unknown) => {
        reason = error instanceof Error ? error.message : String(error);
      });
      worker.on('exit', () => {
        if (!isReady) refuse(reason);
      });
    });
    // Whoever asked for the start hears of it; the status tells everyone else.
    started.catch(() => undefined);
    const ended = new Promise<void>((resolve) => {
      worker.on('exit', () => {
        for (const { reject } of waiting.values()) reject(new SandboxError('sandbox-not-running', 'the sandbox is not running'));
        waiting.clear();
        running = undefined;
        if (!stopping) failed(reason);
        resolve();
      });
    });
    return { worker, started, ended, waiting };
  };

  const ask = async <K extends Question['kind']>(question: Question & { readonly kind: K }): Promise<Outputs[K]> => {
    const current = running;
    if (!current) throw new SandboxError('sandbox-not-running', 'the sandbox is not running');
    await current.started;
    const id = nextId++;
    const output = await new Promise<Outputs[keyof Outputs]>((resolve, reject) => {
      current.waiting.set(id, { resolve, reject });
      current.worker.postMessage({ id, question } satisfies ToWorker);
    });
    return output as Outputs[K];
  };

  const start = async (): Promise<SandboxAccess> => {
    await stopping;
    if (!running) {
      change({ ...stopped, state: 'starting' });
      running = launch();
    }
    return running.started;
  };

  const end = async (current: Running): Promise<void> => {
    try {
      await ask({ kind: 'close' });
    } catch (error) {
      // It did not start or is gone already: there is nothing to close.
      if (!(error instanceof SandboxError)) throw error;
    }
    await current.worker.terminate();
    await current.ended;
    const { rows, errors, requests } = status;
    change({ ...stopped, rows, errors, requests });
  };

  const stop = (): Promise<void> => {
    if (!stopping && running) {
      stopping = end(running).finally(() => {
        stopping = undefined;
      });
    }
    return stopping ?? Promise.resolve();
  };

  return {
    status: () => status,
    subscribe(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    start,
    stop,
    setFaults: (faults) => ask({ kind: 'faults', faults }),
    tables: async () => ({ tables: await ask({ kind: 'tables' }) }),
    rows: (query) => ask({ kind: 'rows', query }),
    errors: (query) => ask({ kind: 'errors', query }),
    async dispose() {
      listeners.clear();
      await stop();
    },
  };
}
