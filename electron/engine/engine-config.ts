/** What an engine needs from its host. */
import type { Clock, Logger, Random, SecretVault, Transport } from './ports.ts';

export interface EngineConfig {
  /** Journal, rejects and staged files live here; created when missing. One engine at a time. */
  readonly dataDir: string;
  /** Folder of the bundled workers: `reader-worker.js`, `tail-worker.js`, `folder-worker.js`. */
  readonly workersDir: string;
  /** Go on by itself with transfers that were running when the last run ended. Default: false. */
  readonly resumeOnStart?: boolean;
  /** Which folders are watched from the start: those that were saved, or none until `addFolder` asks for one. Default: asked. */
  readonly watch?: 'saved' | 'asked';
  /** Milliseconds to wait for the answer to a request, the sending of its body included. Default: 120,000. */
  readonly requestTimeoutMs?: number;
}

export interface EnginePorts {
  readonly vault: SecretVault;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
}
