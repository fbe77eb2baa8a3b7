import { z } from 'zod';
import type { CheckFile, CheckJob, CheckReport, RoutePlan } from '../../../shared/contract/check.ts';
import { errorTexts } from '../../../shared/model/error-texts.ts';
import type { Engine } from '../../engine/engine.ts';
import { systemClock } from '../../engine/system-clock.ts';
import { withEngine, type CliContext } from '../cli-context.ts';
import { commandConnection, destinationOrNone } from '../command-connection.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLines, failureObject } from '../terminal/failure-text.ts';
import { findingLines } from '../terminal/finding-lines.ts';
import { printable, textTable } from '../terminal/text-table.ts';
import { expandFiles } from '../upload/expand-files.ts';
import { givenMapping, planFile, type FilePlan, type MappingChoice } from '../upload/file-plan.ts';
import { namedMapping, readMappingFile } from '../upload/mapping-file.ts';
import { parseUploadOptions, type UploadOptions } from '../upload/upload-options.ts';

const noDestination = z.looseObject({ to: z.string().optional(), root: z.string().optional() });

/** `check`: what would become of every row, by the options of `upload`; a destination is not needed, its schema then not looked at. */
export async function runCheck(files: readonly string[], given: unknown, context: CliContext): Promise<ExitCode> {
  const flags = noDestination.parse(given);
  // Without a destination the options are those of a dry run.
  const isBare = flags.to === undefined && flags.root === undefined;
  const options = parseUploadOptions(files, isBare ? { ...flags, dryRun: true } : flags, context.env);
  const paths = await expandFiles(options.files, context.cwd);
  const mapping = options.mappingFile === undefined ? undefined : await readMappingFile(options.mappingFile);
  return withEngine(context, options.dataDir, async (engine) => {
    const choice: MappingChoice = { mapping, ...namedMapping(engine, options), metricType: options.metricType };
    const connection = await commandConnection(engine, isBare ? destinationOrNone({}) : options.destination, context);
    const plans: FilePlan[] = [];
    const wanted = givenMapping(choice);
    for (const path of paths) plans.push(planFile(await engine.inspect({ path, ...(wanted ? { mapping: wanted } : {}) }), choice));
    const refused = plans.filter((plan) => plan.kind === 'refuse');
    const toCheck = plans.filter((plan) => plan.kind === 'send');
    for (const plan of refused) showRefusal(plan.path, plan.failure, options, context);
    if (toCheck.length === 0) return exitCodes.attention;
    const checkId = engine.startCheck({
      // Who accepts rejected rows has the others sent, whatever the mapping says.
      files: toCheck.map(({ path, mapping: used }) => ({ path, mapping: options.acceptRejects ? { ...used, rejects: undefined } : used })),
      limits: options.limits,
      ...(connection === undefined ? {} : { connectionId: connection.id }),
    });
    const job = await followed(engine, checkId, context, options);
    const found = new Map(toCheck.map(({ path, inspection }) => [path, findingLines(inspection)]));
    report(job, found, options, context);
    if (job.state === 'cancelled') return exitCodes.interrupted;
    const isClean = (file: CheckFile): boolean =>
      file.state === 'done' &&
      file.report?.rowsRejected === 0 &&
      file.report.rowsMalformed === 0 &&
      file.report.columns.every(({ dropped }) => dropped === 0);
    return refused.length === 0 && job.files.every(isClean) ? exitCodes.done : exitCodes.attention;
  });
}

const askEveryMs = 100;
const tellEveryMs = 1_000;

/** Waits for the end of a check and says how far it is; an interruption ends it. */
async function followed(engine: Engine, checkId: string, context: CliContext, { json }: UploadOptions): Promise<CheckJob> {
  let told = context.monotonic();
  for (;;) {
    const job = engine.check(checkId);
    if (job.state !== 'running') return job;
    if (context.interruption.aborted) engine.cancelCheck(checkId);
    const now = context.monotonic();
    if (now - told >= tellEveryMs) {
      told = now;
      const sum = (of: (file: CheckFile) => number): number => job.files.reduce((total, file) => total + of(file), 0);
      const progress = { bytesRead: sum(({ bytesRead }) => bytesRead), rowsRead: sum(({ rowsRead }) => rowsRead) };
      if (json) context.output.object({ kind: 'progress', ...progress });
      else context.output.note(`${progress.rowsRead.toLocaleString('en')} rows looked at`);
    }
    await systemClock.sleep(askEveryMs);
  }
}

function showRefusal(path: string, failure: CheckFile['failure'], { json }: UploadOptions, { output }: CliContext): void {
  if (failure === undefined) return;
  if (json) output.object({ kind: 'file', path, state: 'refused', failure: failureObject(failure) });
  else failureLines(printable(path), failure).forEach((line) => output.line(line));
}

type Found = ReadonlyMap<string, ReturnType<typeof findingLines>>;

/** @param findings of each file, by its path */
function report(job: CheckJob, findings: Found, options: UploadOptions, context: CliContext): void {
  const { output } = context;
  for (const file of job.files) {
    const { report: found, failure, ...about } = file;
    if (failure !== undefined || found === undefined) showRefusal(file.path, failure, options, context);
    else if (options.json) output.object({ kind: 'file', ...about, report: found, findings: findings.get(file.path) ?? [] });
    else fileLines(file, found).forEach((line) => output.line(line));
  }
  if (options.json) {
    const sum = (of: (report: CheckReport) => number): number =>
      job.files.reduce((total, { report: found }) => total + (found === undefined ? 0 : of(found)), 0);
    output.object({
      kind: 'summary',
      state: job.state,
      files: job.files.length,
      rowsRead: sum(({ rowsRead }) => rowsRead),
      rowsFit: sum(({ rowsFit }) => rowsFit),
      rowsRejected: sum(({ rowsRejected }) => rowsRejected),
      rowsMalformed: sum(({ rowsMalformed }) => rowsMalformed),
      routes: job.routes,
      schemaReadAt: job.schemaReadAt ?? null,
      schemaFailure: job.schemaFailure === undefined ? null : failureObject(job.schemaFailure),
    });
    return;
  }
  if (job.schemaFailure !== undefined) {
    failureLines('The schema could not be read, so what depends on it was not checked', job.schemaFailure).forEach((line) =>
      output.line(line),
    );
  }
  routeLines(job.routes).forEach((line) => output.line(line));
}

const count = (value: number): string => value.toLocaleString('en');

function fileLines(file: CheckFile, found: CheckReport): readonly string[] {
  const speed = found.seconds > 0 ? `, ${(file.sizeBytes / 1e6 / found.seconds).toFixed(0)} MB/s` : '';
  const lines = [
    `${printable(file.name)}: ${count(found.rowsRead)} rows in ${found.seconds.toFixed(1)} s${speed}`,
    `  ${count(found.rowsFit)} would be sent and stored, ${count(found.rowsRejected)} not sent, ${count(found.rowsMalformed)} refused by the service`,
  ];
  lines.push(...rejectsLines(file, found));
  if (file.state === 'cancelled') lines.push('  ended early: this is what was seen until then');
  if (!found.isSchemaKnown) lines.push('  the schema is not known: metric types, types and unknown fields cannot be checked');
  for (const pattern of found.unreadablePatterns)
    lines.push(`  the pattern ${pattern} of the schema is not known here; times that only it reads cannot be checked`);
  if (found.times !== undefined) lines.push(`  times from ${timeText(found.times.first)} to ${timeText(found.times.last)}`);
  for (const { code, rows, examples } of found.reasons) {
    lines.push(`  ${count(rows)} × ${errorTexts[code].title} (${code})`);
    for (const { line, column, reason } of examples.slice(0, 3)) {
      lines.push(`      line ${String(line)}${column === '' ? '' : `, ${printable(column)}`}: ${printable(reason)}`);
    }
  }
  for (const { metric, rows, isKnown } of found.metrics.slice(0, 20)) {
    lines.push(`  ${count(rows)} rows to ${printable(metric)}${isKnown === false ? ', which the schema does not have' : ''}`);
  }
  const odd = found.columns.filter(({ dropped, unknown }) => dropped > 0 || unknown > 0);
  const rows = odd.map(({ name, type, values, dropped, unknown, example }) => [
    `  ${printable(name)}`,
    type ?? 'no field',
    count(values),
    dropped > 0
      ? `${count(dropped)} dropped, such as “${printable(example?.text ?? '')}” in line ${String(example?.line ?? 0)}`
      : `${count(unknown)} unknown`,
  ]);
  if (rows.length > 0)
    lines.push(...textTable([{ title: '  Field' }, { title: 'Type' }, { title: 'Values', align: 'right' }, { title: '' }], rows, 110));
  return lines;
}

/** What the mapping's policy for rejected rows would do with the file. */
function rejectsLines({ rejects }: CheckFile, { rowsRejected }: CheckReport): readonly string[] {
  const rows = rowsRejected === 1 ? '1 row' : `${count(rowsRejected)} rows`;
  const from = rejects === undefined || rejects.after === 1 ? '' : ` from ${count(rejects.after)} on`;
  switch (rejects?.outcome) {
    case undefined:
    case 'sent':
      return [];
    case 'left-out':
      return [`  the file would be sent without ${rowsRejected === 1 ? 'it' : 'them'}`];
    case 'held':
      return [`  would be held: ${rows} rejected, and its mapping holds the file${from}; --accept-rejects sends it without them`];
    case 'stopped':
      return [
        `  would be stopped: ${rows} rejected, and its mapping stops ${from === '' ? 'at the first' : `at number ${count(rejects.after)}`}; what stands behind is held, by the route s3 all of it`,
      ];
  }
}

const timeText = (millis: number): string => (Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : String(millis));

const routeLines = (routes: readonly RoutePlan[]): readonly string[] =>
  routes.map(
    ({ route, requests, bytes, seconds, boundBy, recommended, reason }) =>
      `${recommended ? '→' : ' '} ${route}: ${count(requests)} requests, ${(bytes / 1e6).toFixed(1)} MB, at least ${seconds.toFixed(1)} s (bound by ${boundBy}); ${reason}`,
  );
