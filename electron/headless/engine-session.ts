import { createFileLogger } from '../api/file-logger.ts';
import { lockDataDir } from '../api/data-dir-lock.ts';
import { createStatusFile } from '../api/status-file.ts';
import { createEngine } from '../engine/index.ts';
import { createTransport } from '../engine/send/transport.ts';
import { systemClock } from '../engine/system-clock.ts';
import type { EngineSession, EngineSessionOptions } from './cli-context.ts';
import { createFileVault } from './file-vault.ts';
import { createMemoryVault, createRunVault } from './run-vault.ts';

/** Name of the log of the command line, in the data folder. */
const logName = 'command-line';

/** Locks the data folder and opens the engine on it. See `CliContext.openEngine`. */
export async function openEngineSession(
  bundleDir: string,
  { dataDir, secrets, resume = false, watch = 'asked', tellsStatus = false }: EngineSessionOptions,
): Promise<EngineSession> {
  const clock = systemClock;
  const lock = lockDataDir(dataDir, clock);
  const logger = createFileLogger({ dataDir, clock, name: logName });
  try {
    const vault = secrets === 'memory' ? createMemoryVault() : createRunVault(createFileVault({ dataDir, clock, logger }));
    const engine = await createEngine(
      { dataDir, workersDir: bundleDir, resumeOnStart: resume, watch },
      { vault, transport: createTransport(), clock, logger, random: Math.random },
    );
    const status = tellsStatus ? createStatusFile({ engine, dataDir, pid: process.pid, clock, logger }) : undefined;
    return {
      ...{ engine, clock, logger, vault: vault.kind },
      close: async () => {
        try {
          await engine.dispose();
        } finally {
          await status?.dispose();
          await logger.dispose();
          lock.dispose();
        }
      },
    };
  } catch (error) {
    await logger.dispose();
    lock.dispose();
    throw error;
  }
}
