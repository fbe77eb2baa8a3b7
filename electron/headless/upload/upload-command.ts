import path from 'node:path';
import type { Connection, Secrets } from '../../../shared/contract/connections.ts';
import type { Transfer } from '../../../shared/contract/transfers.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { findConnection, useEnvironmentConnection } from '../destination.ts';
import { readEnvironmentSecrets } from '../environment-secrets.ts';
import type { ExitCode } from '../exit-codes.ts';
import { reportDryRun } from './dry-run.ts';
import { expandFiles } from './expand-files.ts';
import { givenMapping, planFile, type FilePlan, type MappingChoice, type SendPlan } from './file-plan.ts';
import { createJsonReporter } from './json-reporter.ts';
import { createLineReporter } from './line-reporter.ts';
import { namedMapping, readMappingFile } from './mapping-file.ts';
import type { UploadOptions } from './upload-options.ts';
import { exitCodeOfUpload, type UploadOutcome } from './upload-outcome.ts';
import type { UploadReporter } from './upload-reporter.ts';

/** The engine lists at most so many files of a transfer; larger runs are made of several, so that each file is told. */
const filesPerTransfer = 100;

/** `upload`: from the arguments to the exit code. Expected failures are thrown as `UploaderError`. */
export async function runUpload(options: UploadOptions, context: CliContext): Promise<ExitCode> {
  const startedAt = context.monotonic();
  const files = await expandFiles(options.files, context.cwd);
  const mapping = options.mappingFile === undefined ? undefined : await readMappingFile(options.mappingFile);
  const given: MappingChoice = {
    ...{ mapping, metricType: options.metricType, untouched: options.objectStore?.untouched === true },
    neededColumn: options.directStream?.partitionKey,
  };
  const withoutService = options.objectStore?.reference === false || options.directStream !== undefined;
  const secrets = options.destination.kind === 'environment' && !options.dryRun ? requireSecrets(context, withoutService) : undefined;

  return withEngine(context, options.dataDir, async (engine) => {
    const choice = { ...given, ...namedMapping(engine, options) };
    const saved =
      options.destination.kind === 'saved' ? findConnection(engine.listConnections(), options.destination.connection) : undefined;
    if (options.dryRun) {
      const plans = await planFiles(engine, files, choice, context.interruption, () => {});
      return reportDryRun(
        await Promise.all(plans.map((plan) => previewAsSent(engine, plan))),
        files.length,
        options.json,
        context,
        startedAt,
      );
    }
    const connection = saved ?? (await environmentConnection(engine, options, secrets));
    const reporter = await createReporter(options, context);
    for (const notice of engine.notices) reporter.noticed(notice);
    const outcome = await uploadAll(engine, connection, files, choice, options, context, reporter, startedAt);
    reporter.ended(outcome);
    return exitCodeOfUpload(outcome);
  });
}

async function uploadAll(
  engine: Engine,
  connection: Connection,
  files: readonly string[],
  choice: MappingChoice,
  options: SendOptions,
  context: Pick<CliContext, 'interruption' | 'monotonic'>,
  reporter: UploadReporter,
  startedAt: number,
): Promise<UploadOutcome> {
  const { interruption } = context;
  const plans = await planFiles(engine, files, choice, interruption, (plan) =>
    plan.kind === 'send' ? reporter.planned(plan) : reporter.refused(plan),
  );
  const toSend = plans.filter((plan) => plan.kind === 'send');
  const transfers: Transfer[] = [];
  let begun = 0;
  for (let from = 0; from < toSend.length && !interruption.aborted; from += filesPerTransfer) {
    const part = toSend.slice(from, from + filesPerTransfer);
    begun += part.length;
    transfers.push(await sendFiles(engine, connection, part, options, interruption, reporter));
  }
  const refused = plans.filter((plan) => plan.kind === 'refuse');
  const notBegun = files.length - refused.length - begun;
  return {
    transfers,
    refused,
    notBegun,
    rejectsPaths: await rejectsPathsOf(engine, transfers),
    interrupted: interruption.aborted && (notBegun > 0 || transfers.some(({ state }) => state === 'cancelled' || state === 'held')),
    seconds: (context.monotonic() - startedAt) / 1_000,
  };
}

/** Looks at each file and decides about it; stops early when interrupted. */
async function planFiles(
  engine: Engine,
  files: readonly string[],
  choice: MappingChoice,
  interruption: AbortSignal,
  onPlan: (plan: FilePlan) => void,
): Promise<readonly FilePlan[]> {
  const plans: FilePlan[] = [];
  const mapping = givenMapping(choice);
  for (const file of files) {
    if (interruption.aborted) break;
    const plan = planFile(await engine.inspect({ path: file, ...(mapping ? { mapping } : {}) }), choice);
    plans.push(plan);
    onPlan(plan);
  }
  return plans;
}

/** The plan with a preview made by the mapping that would be used, where that is not the suggested one. */
async function previewAsSent(engine: Engine, plan: FilePlan): Promise<FilePlan> {
  if (plan.kind === 'refuse' || plan.mapping === plan.inspection.suggestion) return plan;
  const inspection = await engine.inspect({ path: plan.path, mapping: plan.mapping });
  return inspection.refusal ? { kind: 'refuse', path: plan.path, name: plan.name, failure: inspection.refusal } : { ...plan, inspection };
}

export type SendOptions = Pick<UploadOptions, 'route' | 'again' | 'limits'> &
  Partial<Pick<UploadOptions, 'objectStore' | 'directStream' | 'acceptRejects'>>;

/** One transfer, from start to end; an interruption cancels it and waits for the requests in flight. */
export async function sendFiles(
  engine: Engine,
  connection: Connection,
  plans: readonly SendPlan[],
  { route, again, limits, objectStore, directStream, acceptRejects = false }: SendOptions,
  interruption: AbortSignal,
  reporter: Pick<UploadReporter, 'moved'>,
): Promise<Transfer> {
  let transferId: string | undefined;
  const subscription = engine.subscribe((event) => {
    if (event.kind === 'transfer' && event.transfer.id === transferId) reporter.moved(event.transfer);
  });
  let cancelled: Promise<{ readonly reason: unknown } | undefined> | undefined;
  const cancel = (): void => {
    // That it has ended by itself meanwhile is no failure; a bug comes out below.
    if (transferId !== undefined)
      cancelled ??= engine.cancel(transferId).then(
        () => undefined,
        (reason: unknown) => ({ reason }),
      );
  };
  try {
    const files = plans.map(({ path: file, mapping, mappingRef }) => ({ path: file, mapping, mappingRef }));
    const how = { route, again, limits, objectStore, directStream, acceptRejects };
    transferId = await engine.startUpload({ files, connectionId: connection.id, ...how });
    interruption.addEventListener('abort', cancel, { once: true });
    if (interruption.aborted) cancel();
    const first = engine.transfer(transferId);
    if (first) reporter.moved(first);
    const ended = await engine.finished(transferId);
    const failed = await cancelled;
    if (failed && !(failed.reason instanceof UploaderError))
      throw new Error('the transfer could not be cancelled', { cause: failed.reason });
    reporter.moved(ended);
    return ended;
  } finally {
    interruption.removeEventListener('abort', cancel);
    await subscription.dispose();
  }
}

/** The files with the rejected rows of these transfers. */
export async function rejectsPathsOf(engine: Engine, transfers: readonly Transfer[]): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { id, ledger } of transfers) {
    if (ledger.rowsRejected > 0) paths.push(...(await engine.rejects({ transferId: id, offset: 0, limit: 1 })).paths);
  }
  return [...new Set(paths)].map((file) => path.resolve(file));
}

export async function environmentConnection(
  engine: Engine,
  { destination, limits }: Pick<UploadOptions, 'destination' | 'limits'>,
  secrets: Secrets | undefined,
  bucket?: Connection['objectStore'],
): Promise<Connection> {
  if (destination.kind !== 'environment' || !secrets)
    throw new UploaderError('input-invalid', 'a destination is missing: --to <connection> or --root <url>');
  return useEnvironmentConnection(engine, destination.endpoint, secrets, limits, bucket);
}

/** Throws `input-invalid`, naming the variables that are not set. */
export function requireSecrets({ env }: Pick<CliContext, 'env'>, withoutService = false): Secrets {
  const read = readEnvironmentSecrets(env);
  if (read.kind === 'complete') return read.secrets;
  const { accessKeyId, secretAccessKey } = read.found.objectStore ?? read.found;
  // A bucket of which nobody is told, or a stream, needs no key of the service.
  if (withoutService && accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { apiKey: 'none', accessKeyId, secretAccessKey, ...read.found };
  }
  const names = read.missing.join(', ');
  throw new UploaderError('input-invalid', `with --root the credentials come from the environment; not set: ${names}`, { missing: names });
}

export async function createReporter({ json }: Pick<UploadOptions, 'json'>, { output, monotonic }: CliContext): Promise<UploadReporter> {
  if (json) return createJsonReporter(output, monotonic);
  if (!output.terminal) return createLineReporter(output, monotonic);
  // Loaded only where there is a terminal to draw on.
  const { createBarReporter } = await import('./bar-reporter.ts');
  return createBarReporter(output.terminal);
}
