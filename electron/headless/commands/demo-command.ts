import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { limitsSchema } from '../../../shared/contract/connections.ts';
import { listSamples } from '../../api/samples.ts';
import type { SandboxControl } from '../../api/sandbox-control.ts';
import type { Engine } from '../../engine/engine.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Clock } from '../../engine/ports.ts';
import { createSandboxControl } from '../../sandbox/control.ts';
import type { CliContext, EngineSession } from '../cli-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { countedText } from '../terminal/number-text.ts';
import { textTable } from '../terminal/text-table.ts';
import { planFile, type SendPlan } from '../upload/file-plan.ts';
import { createReporter, rejectsPathsOf, sendFiles } from '../upload/upload-command.ts';
import { parseFlags } from '../upload/upload-options.ts';
import { exitCodeOfUpload, type UploadOutcome } from '../upload/upload-outcome.ts';
import type { UploadReporter } from '../upload/upload-reporter.ts';

const flagsSchema = z.object({ json: z.boolean().optional() });

/** Rows of each table that are shown. */
const shownRows = 3;
/** The sandbox takes batches in at its own time, as the service does; so long is waited for the last row. */
const storedWithinMs = 15_000;

/** `demo`: everything the product does, against a sandbox of its own. 0 when every row read is stored. */
export async function runDemo(given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const folder = await mkdtemp(path.join(tmpdir(), 'fineo-demo-'));
  const sandbox = createSandboxControl({
    workerPath: path.join(context.bundleDir, 'sandbox-worker.js'),
    dataDir: path.join(folder, 'sandbox'),
  });
  try {
    const session = await context.openEngine({ dataDir: path.join(folder, 'data'), secrets: 'memory' });
    try {
      return await demonstrate(session, sandbox, flags.json ?? false, context);
    } finally {
      await session.close();
    }
  } finally {
    await sandbox.dispose();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function demonstrate(
  { engine, clock }: EngineSession,
  sandbox: SandboxControl,
  json: boolean,
  context: CliContext,
): Promise<ExitCode> {
  const startedAt = context.monotonic();
  const say = (text: string): void => (json ? undefined : context.output.line(text));
  const access = await sandbox.start();
  say(`The sandbox listens at ${access.root}. It speaks the API of Fineo and keeps what it gets.\n`);
  const { root, stage, region, secrets } = access;
  const connection = await engine.addConnection(
    { name: 'sandbox', root, stage, region, limits: limitsSchema.parse({}), secrets },
    { isSandbox: true },
  );

  const reporter = await createReporter({ json }, context);
  const plans = await planSamples(engine, path.join(context.bundleDir, 'samples'), reporter);
  const transfer = await sendFiles(engine, connection, plans, { route: 'batch', again: false, limits: {} }, context.interruption, reporter);
  const outcome: UploadOutcome = {
    transfers: [transfer],
    refused: [],
    notBegun: 0,
    rejectsPaths: await rejectsPathsOf(engine, [transfer]),
    interrupted: context.interruption.aborted && transfer.state !== 'done',
    seconds: (context.monotonic() - startedAt) / 1_000,
  };
  const stored = await waitUntilStored(sandbox, transfer.ledger.rowsConfirmed, clock, context.interruption);
  say('');
  await showTables(sandbox, json, context);
  reporter.ended(outcome);
  const exitCode = exitCodeOfUpload(outcome);
  if (exitCode !== exitCodes.done || stored === transfer.ledger.rowsRead) {
    if (exitCode === exitCodes.done) say(`Every row is stored: ${countedText(stored, 'row')} in the sandbox.`);
    return exitCode;
  }
  context.output.note(`Only ${stored} of ${countedText(transfer.ledger.rowsRead, 'row')} are stored in the sandbox.`);
  return exitCodes.attention;
}

async function planSamples(engine: Engine, folder: string, reporter: UploadReporter): Promise<readonly SendPlan[]> {
  const plans: SendPlan[] = [];
  for (const { path: file, name } of await listSamples(folder)) {
    const inspection = await engine.inspect({ path: file });
    // A file whose rows do not name their table goes to one that is called as the file is.
    const metricType = inspection.missing.includes('metricType') ? name.replace(/\..*$/, '') : undefined;
    const plan = planFile(inspection, { mapping: undefined, metricType });
    if (plan.kind === 'refuse') throw new UploaderError(plan.failure.code, plan.failure.message, plan.failure.context);
    reporter.planned(plan);
    plans.push(plan);
  }
  if (plans.length === 0) throw new UploaderError('no-files', 'the sample files are not beside the program; build it anew');
  return plans;
}

/** Rows in the sandbox's tables, once they are as many as expected or it has taken too long. */
async function waitUntilStored(sandbox: SandboxControl, expected: number, clock: Clock, interruption: AbortSignal): Promise<number> {
  const until = clock.monotonic() + storedWithinMs;
  for (;;) {
    const stored = (await sandbox.tables()).tables.reduce((sum, { rows }) => sum + rows, 0);
    if (stored >= expected || clock.monotonic() > until || interruption.aborted) return stored;
    await clock.sleep(50, interruption);
  }
}

async function showTables(sandbox: SandboxControl, json: boolean, { output }: CliContext): Promise<void> {
  for (const { name, rows: count, columns } of (await sandbox.tables()).tables) {
    const { rows } = await sandbox.rows({ table: name, offset: 0, limit: shownRows });
    if (json) {
      output.object({ kind: 'table', name, rows: count, columns, first: rows });
      continue;
    }
    output.line(`Table ${name}, ${countedText(count, 'row')}:`);
    const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))].slice(0, 7);
    const cells = rows.map((row) => [new Date(row.timestamp).toISOString(), ...fields.map((field) => row.fields[field] ?? '')]);
    textTable([{ title: 'timestamp' }, ...fields.map((title) => ({ title }))], cells, 24).forEach((line) => output.line(`  ${line}`));
    output.line('');
  }
}
