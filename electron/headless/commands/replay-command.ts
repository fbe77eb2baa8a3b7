import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { commandConnection, connectionFlagShapes, destinationOrNone } from '../command-connection.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLines } from '../terminal/failure-text.ts';
import { parseFlags } from '../upload/upload-options.ts';

const flagsSchema = z.object({
  ...connectionFlagShapes,
  giveUp: z.boolean().default(false),
  json: z.boolean().default(false),
  dataDir: z.string().min(1).optional(),
});

/**
 * `replay <transfer>`: sends its rejected rows as they stand in the files of rejects by now, or goes on with a replay of them that was
 * held; `--give-up` ends that one.
 */
export async function runReplay(transferId: string, given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const destination = destinationOrNone(flags);
  const { output, interruption } = context;
  return withEngine(context, resolveDataDir(flags.dataDir, context.env), async (engine) => {
    if (flags.giveUp) {
      await engine.giveUpReplay(transferId);
      const left = await leftOf(engine, transferId);
      if (flags.json) output.object({ kind: 'replay-given-up', transferId, ...left });
      else left.pathsLeft.forEach((path) => output.line(`Rows that are left, to be corrected: ${path}`));
      return exitCodes.done;
    }
    // A transfer over an address of the command line has no saved secrets: they come from the environment again.
    await commandConnection(engine, destination, context);
    const { transferId: replayId, rows, continued } = await engine.replay(transferId);
    const cancel = (): void => {
      engine.cancel(replayId).catch(() => undefined);
    };
    interruption.addEventListener('abort', cancel, { once: true });
    const replay = await engine.finished(replayId);
    interruption.removeEventListener('abort', cancel);
    const { rowsConfirmed, rowsRejected, rowsHeld } = replay.ledger;
    const left = await leftOf(engine, transferId);
    const confirmedLater = engine.transfer(transferId)?.confirmedLater ?? 0;
    if (flags.json) {
      output.object({
        kind: 'replay',
        transferId,
        replayTransferId: replayId,
        state: replay.state,
        rows,
        continued,
        rowsConfirmed,
        rowsRejected,
        rowsHeld,
        confirmedLater,
        ...left,
      });
    } else {
      if (continued) output.line('An earlier replay of these rows that was held goes on.');
      output.line(
        `${String(rows)} rows sent once more: ${String(rowsConfirmed)} confirmed, ${String(rowsRejected)} rejected, ${String(rowsHeld)} held`,
      );
      output.line(`Of the rejected rows of ${transferId}, ${String(confirmedLater)} are confirmed by now.`);
      left.pathsLeft.forEach((path) => output.line(`Rows that are left, to be corrected: ${path}`));
      if (replay.failure !== undefined) failureLines('Held', replay.failure).forEach((line) => output.note(line));
    }
    if (interruption.aborted) return exitCodes.interrupted;
    if (replay.failure !== undefined) return exitCodeOf(replay.failure.code);
    return rowsRejected + rowsHeld > 0 || rowsConfirmed < rows ? exitCodes.attention : exitCodes.done;
  });
}

/** What a replay would send by now, and where it stands. */
async function leftOf(engine: Engine, transferId: string) {
  const { total, files } = await engine.openRejects({ transferId, offset: 0, limit: 1 });
  return { rowsLeft: total, pathsLeft: files.map(({ path }) => path) };
}
