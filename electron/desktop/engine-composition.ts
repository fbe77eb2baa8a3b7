import type { Snapshot } from '../../shared/contract/contract.ts';
import { lockDataDir } from '../api/data-dir-lock.ts';
import { createStatusFile } from '../api/status-file.ts';
import { createHost, type Host } from '../api/host.ts';
import type { Engine } from '../engine/engine.ts';
import { createEngine } from '../engine/index.ts';
import type { Clock, Disposable, Logger, SecretVault } from '../engine/ports.ts';
import { createTransport } from '../engine/send/transport.ts';
import { createSandboxControl } from '../sandbox/control.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Everything that runs in the engine's process. */
export interface EngineComposition extends Disposable {
  readonly host: Host;
  readonly engine: Engine;
  dispose(): Promise<void>;
}

/** Rejects with `UploaderError` when the data folder cannot be used (`data-dir-locked`, `journal-newer` …). */
export async function composeEngine(
  settings: EngineSettings,
  ports: { readonly vault: SecretVault; readonly clock: Clock; readonly logger: Logger },
): Promise<EngineComposition> {
  const { dataDir, workersDir, sandboxWorkerFile, samplesDir } = settings;
  const { vault, clock, logger } = ports;
  const opened: Disposable[] = [];
  const closeAll = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part.dispose();
  };
  try {
    opened.push(lockDataDir(dataDir, clock));
    const transport = createTransport();
    opened.push(transport);
    const config = { dataDir, workersDir, resumeOnStart: true, watch: 'saved' } as const;
    const engine = await createEngine(config, { vault, transport, clock, logger, random: Math.random });
    opened.push(engine);
    // Below the engine, so that it ends after it: it holds its last words.
    opened.splice(-1, 0, createStatusFile({ engine, dataDir, pid: process.pid, clock, logger }));
    const sandbox = createSandboxControl({ workerPath: sandboxWorkerFile, dataDir });
    opened.push(sandbox);
    const app: Snapshot['app'] = { version: settings.version, host: 'desktop', platform: process.platform, dataDir, vault: vault.kind };
    const host = createHost({ engine, sandbox, app, samplesDir, clock, logger });
    opened.push(host);
    return { host, engine, dispose: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
