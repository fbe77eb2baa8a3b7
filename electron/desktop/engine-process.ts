/** Entry of the process that runs the engine: opens it, and connects clients to it as the main process brings them. */
import { createFileLogger } from '../api/file-logger.ts';
import { toFailure } from '../api/answer-request.ts';
import { createRefusingHost } from '../api/refusing-host.ts';
import { systemClock } from '../engine/system-clock.ts';
import { assertNever } from '../engine/errors.ts';
import { composeEngine, type EngineComposition } from './engine-composition.ts';
import { toEngineSchema, type ToMain } from './engine-messages.ts';
import { engineSettingsSchema } from './engine-settings.ts';
import { createPortChannel, type ClientPort } from './port-channel.ts';
import { createVaultClient } from './vault-client.ts';

const settings = engineSettingsSchema.parse(JSON.parse(process.argv.at(-1) ?? ''));
const logger = createFileLogger({ dataDir: settings.dataDir, clock: systemClock });
const tellMain = (message: ToMain): void => process.parentPort.postMessage(message);
const vault = createVaultClient(settings.vault, tellMain, (secret) => logger.redact(secret));

const open = async (): Promise<EngineComposition> => {
  try {
    const composition = await composeEngine(settings, { vault, clock: systemClock, logger });
    logger.info('the engine is open', { version: settings.version, pid: process.pid });
    return composition;
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
    case 'drain':
      void drain();
      return;
    default:
      assertNever(message);
  }
});
void opening.then(() => tellMain({ kind: 'ready' }));
