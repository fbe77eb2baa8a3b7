import type { Engine } from './engine.ts';
import type { Clock, Logger, Random, SecretVault, Transport } from './ports.ts';

export type { Engine, EngineEvent } from './engine.ts';

export interface EngineConfig {
  /** Journal, rejects and staged files live here; created when missing. */
  readonly dataDir: string;
  /** The bundled reader worker (`dist/reader-worker.js`). */
  readonly readerWorkerPath: string;
}

export interface EnginePorts {
  readonly vault: SecretVault;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
}

/**
 * Opens the journal and makes what an earlier run left behind ready to be continued.
 * Throws `UploaderError` with `data-dir-locked`, `journal-newer` or `disk-full`.
 */
export function createEngine(config: EngineConfig, ports: EnginePorts): Promise<Engine> {
  void config;
  void ports;
  throw new Error('the engine is being assembled');
}
