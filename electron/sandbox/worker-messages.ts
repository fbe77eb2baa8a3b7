/** What the host of the sandbox and its worker thread say to each other. */
import type { Fault } from '../../shared/contract/sandbox.ts';
import type { Page } from './event-queries.ts';
import type { SandboxLimits } from './limits.ts';
import type { ObjectStorageAccess } from './object-storage.ts';
import type { Sandbox, SandboxAccess, SandboxCounts } from './server.ts';

export interface WorkerConfiguration {
  readonly dataDir: string;
  readonly port?: number;
  readonly limits?: Partial<SandboxLimits>;
  readonly s3?: ObjectStorageAccess;
}

export type Question =
  | { readonly kind: 'tables' }
  | { readonly kind: 'rows'; readonly query: Page & { readonly table: string } }
  | { readonly kind: 'errors'; readonly query: Page }
  | { readonly kind: 'faults'; readonly faults: readonly Fault[] }
  | { readonly kind: 'close' };

export interface Outputs {
  readonly tables: ReturnType<Sandbox['tables']>;
  readonly rows: ReturnType<Sandbox['rows']>;
  readonly errors: ReturnType<Sandbox['errors']>;
  readonly faults: undefined;
  readonly close: undefined;
}

export interface ToWorker {
  readonly id: number;
  readonly question: Question;
}

export type FromWorker =
  | { readonly kind: 'ready'; readonly access: SandboxAccess }
  /** It could not be started. */
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'status'; readonly counts: SandboxCounts }
  /** Something went wrong while it runs, such as a full disk. */
  | { readonly kind: 'problem'; readonly message: string }
  | { readonly kind: 'output'; readonly id: number; readonly output: Outputs[keyof Outputs] }
  | {
      readonly kind: 'refused';
      readonly id: number;
      readonly code: 'sandbox-failed' | 'sandbox-not-running' | 'not-found';
      readonly message: string;
    };
