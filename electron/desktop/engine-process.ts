/** Entry of the process that runs the engine: opens it, and connects clients to it as the main process brings them. */
import '../engine/small-heap.ts';
import { createFileLogger } from '../api/file-logger.ts';
import { toFailure } from '../api/answer-request.ts';
import { createRefusingHost } from '../api/refusing-host.ts';
import { systemClock } from '../engine/system-clock.ts';
import { assertNever } from '../engine/errors.ts';
import type { Host } from '../api/host.ts';
import type { Engine } from '../engine/engine.ts';
import { composeEngine } from './engine-composition.ts';
import { toEngineSchema, type ToMain } from './engine-messages.ts';
import { engineSettingsSchema } from './engine-settings.ts';
import { createPortChannel, type ClientPort } from './port-channel.ts';
import { reportToShell } from './shell-reports.ts';
import { createVaultClient } from './vault-client.ts';

const settings = engineSettingsSchema.parse(JSON.parse(process.argv.at(-1) ?? ''));
const logger = createFileLogger({ dataDir: settings.dataDir, clock: systemClock });
const tellMain = (message: ToMain): void => process.parentPort.postMessage(message);
const vault = createVaultClient(settings.vault, tellMain, (secret) => logger.redact(secret));

interface Opened {
  readonly host: Host;
  /** Absent where it cannot be opened; the host says why. */
  readonly engine?: Engine;
  dispose(): Promise<void>;
}

const open = async (): Promise<Opened> => {
  try {
    const composition = await composeEngine(settings, { vault, clock: systemClock, logger });
    logger.info('the engine is open', { version: settings.version, pid: process.pid });
    const reports = reportToShell(composition.engine, systemClock, tellMain);
    return {
      ...composition,
      dispose: async () => {
        await reports.dispose();
        await composition.dispose();
      },
    };
  } catch (error) {
    const reason = toFailure(error, 'engine', logger);
    logger.warn('the engine cannot be opened', { code: reason.code });
    const host = createRefusingHost(reason, logger);
    return { host, dispose: async () => host.dispose() };
  }
};
const opening = open();

const connect = async (port: ClientPort): Promise<void> => {
  const { host } = await opening;
  host.connect(createPortChannel(port));
};

const drain = async (): Promise<void> => {
  const composition = await opening;
  await composition.dispose();
  logger.info('the engine is closed');
  await logger.dispose();
  process.exit(0);
};

/** Where the engine could not be opened there is nothing to pause. */
const steer = async (action: 'pause' | 'resume' | 'wake'): Promise<void> => {
  const { engine } = await opening;
  try {
    if (action === 'wake') engine?.wake();
    else await engine?.[action]({ scope: 'all' });
  } catch (error) {
    toFailure(error, action, logger);
  }
};

/** A bug: the log keeps it, the main process starts another engine. */
const fail = (error: unknown): void => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  logger.error('the engine failed', { error: name, detail: message, stack: stack ?? '' });
  // What is logged is written when the process exits.
  process.exit(1);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

process.parentPort.on('message', ({ data, ports }) => {
  const message = toEngineSchema.parse(data);
  switch (message.kind) {
    case 'connect': {
      const [port] = ports;
      if (port !== undefined) void connect(port);
      return;
    }
    case 'are-you-alive':
      tellMain({ kind: 'alive' });
      return;
    case 'vault':
      vault.receive(message);
      return;
    case 'pause':
    case 'resume':
    case 'wake':
      void steer(message.kind);
      return;
    case 'drain':
      void drain();
      return;
    default:
      assertNever(message);
  }
});
void opening.then(() => tellMain({ kind: 'ready' }));
