/** What the host needs of the embedded sandbox; `electron/sandbox/control.ts` fulfils it by its shape. */
import type { CommandOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { Secrets } from '../../shared/contract/connections.ts';
import type { Fault, SandboxStatus } from '../../shared/contract/sandbox.ts';

export interface SandboxAccess {
  /** `http://127.0.0.1:<port>` */
  readonly root: string;
  readonly stage: string;
  readonly region: string;
  readonly secrets: Secrets;
}

export interface SandboxControl {
  /** Without `connectionId`: that is the host's. */
  status(): SandboxStatus;
  subscribe(listener: (status: SandboxStatus) => void): { dispose(): void };
  /** Starts it, or gives the access of the one that runs. Same credentials and, when free, same port as the last time. */
  start(): Promise<SandboxAccess>;
  stop(): Promise<void>;
  setFaults(faults: readonly Fault[]): Promise<void>;
  tables(): Promise<CommandOutput<'sandbox.tables'>>;
  rows(query: ParsedInput<'sandbox.rows'>): Promise<CommandOutput<'sandbox.rows'>>;
  errors(query: ParsedInput<'sandbox.errors'>): Promise<CommandOutput<'sandbox.errors'>>;
  dispose(): Promise<void>;
}
