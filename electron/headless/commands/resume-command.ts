import { z } from 'zod';
import { isSavedConnection } from '../../../shared/model/environment-connection.ts';
import { UploaderError } from '../../engine/errors.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { useEnvironmentConnection } from '../destination.ts';
import type { ExitCode } from '../exit-codes.ts';
import { createReporter, rejectsPathsOf, requireSecrets } from '../upload/upload-command.ts';
import { parseFlags } from '../upload/upload-options.ts';
import { exitCodeOfUpload } from '../upload/upload-outcome.ts';

const flagsSchema = z.object({ json: z.boolean().default(false), dataDir: z.string().min(1).optional() });

/** `resume <transfer>`: goes on with what has not arrived of one that was held, cancelled or cut off. */
export async function runResume(transferId: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const { interruption, monotonic } = context;
  const startedAt = monotonic();
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    const known = engine.transfer(transferId);
    if (known === undefined) throw new UploaderError('transfer-unknown', `there is no transfer ${transferId}`, { transferId });
    // A transfer over an address of the command line has no saved secrets: they come from the environment again.
    const connection = engine.listConnections().find(({ id }) => id === known.connectionId);
    if (connection !== undefined && !isSavedConnection(connection)) {
      const withoutService = known.route !== 'stream' && known.route !== 'batch';
      await useEnvironmentConnection(
        engine,
        connection,
        requireSecrets(context, withoutService),
        connection.limits,
        connection.objectStore,
      );
    }
    const reporter = await createReporter(flags, context);
    const subscription = engine.subscribe((event) => {
      if (event.kind === 'transfer' && event.transfer.id === transferId) reporter.moved(event.transfer);
    });
    const cancel = (): void => {
      engine.cancel(transferId).catch(() => undefined);
    };
    try {
      await engine.retry(transferId);
      interruption.addEventListener('abort', cancel, { once: true });
      if (interruption.aborted) cancel();
      const ended = await engine.finished(transferId);
      reporter.moved(ended);
      const outcome = {
        ...{ transfers: [ended], refused: [], notBegun: 0 },
        rejectsPaths: await rejectsPathsOf(engine, [ended]),
        interrupted: interruption.aborted && (ended.state === 'cancelled' || ended.state === 'held'),
        seconds: (monotonic() - startedAt) / 1_000,
      };
      reporter.ended(outcome);
      return exitCodeOfUpload(outcome);
    } finally {
      interruption.removeEventListener('abort', cancel);
      await subscription.dispose();
    }
  });
}
