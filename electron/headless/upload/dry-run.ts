/** `--dry-run`: what would be sent, by the first rows of each file. Nothing is sent and nothing is recorded. */
import type { Failure } from '../../../shared/contract/common.ts';
import type { CliContext } from '../cli-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLine } from '../terminal/failure-text.ts';
import { countedText } from '../terminal/number-text.ts';
import { cut, printable } from '../terminal/text-table.ts';
import { describeFormat, describeMetricType, describeTimestamp } from './assumption-text.ts';
import type { FilePlan, SendPlan } from './file-plan.ts';
import { exitCodeOfUpload, summarise, type UploadOutcome } from './upload-outcome.ts';

/** Rejected rows that are shown of each file. */
const maxProblems = 10;

export function reportDryRun(plans: readonly FilePlan[], files: number, json: boolean, context: CliContext, startedAt: number): ExitCode {
  for (const plan of plans) {
    if (json) context.output.object(previewObject(plan));
    else previewLines(plan).forEach((line) => context.output.line(line));
  }
  const refused = plans.filter((plan) => plan.kind === 'refuse');
  const notBegun = files - plans.length;
  const outcome: UploadOutcome = {
    transfers: [],
    refused,
    notBegun: files - refused.length,
    rejectsPaths: [],
    interrupted: notBegun > 0,
    seconds: (context.monotonic() - startedAt) / 1_000,
  };
  if (json) context.output.object({ ...summarise(outcome) });
  else context.output.line('Dry run: nothing was sent.');
  if (outcome.interrupted) return exitCodes.interrupted;
  if (refused.length > 0) return exitCodeOfUpload({ ...outcome, notBegun: files - refused.length });
  return plans.some((plan) => plan.kind === 'send' && problemsOf(plan).length > 0) ? exitCodes.attention : exitCodes.done;
}

export function previewLines(plan: FilePlan): readonly string[] {
  if (plan.kind === 'refuse') return [`${printable(plan.name)}: would be refused: ${failureLine(plan.failure)}`];
  const problems = problemsOf(plan);
  const rows = plan.inspection.preview.length === 1 ? 'the first row' : `the first ${countedText(plan.inspection.preview.length, 'row')}`;
  const sample = plan.inspection.preview.find(({ event }) => event !== undefined)?.event;
  return [
    `${printable(plan.name)}: ${printable(plan.assumption)}`,
    `  event: ${sample === undefined ? '(none of the first rows makes one)' : cut(printable(sample), 500)}`,
    problems.length === 0 ? `  ${rows}: no problem` : `  ${rows}: ${problems.length} would be rejected`,
    ...problems.slice(0, maxProblems).map(({ line, reject }) => `    line ${line}: ${failureLine(reject)}`),
    ...(problems.length > maxProblems ? [`    and ${problems.length - maxProblems} more`] : []),
  ];
}

function previewObject(plan: FilePlan): Readonly<Record<string, unknown>> {
  const { path, name } = plan;
  if (plan.kind === 'refuse') return { kind: 'refused', path, name, code: plan.failure.code, message: plan.failure.message };
  const { inspection, mapping, assumption } = plan;
  return {
    kind: 'preview',
    ...{ path, name, sizeBytes: inspection.sizeBytes, assumption, mapping },
    ...{
      format: describeFormat(inspection),
      timestamp: describeTimestamp(mapping, inspection),
      metricType: describeMetricType(mapping, inspection),
    },
    columns: inspection.columns.map((column) => column.name),
    event: inspection.preview.find(({ event }) => event !== undefined)?.event ?? null,
    rowsLookedAt: inspection.preview.length,
    problems: problemsOf(plan).map(({ line, reject }) => ({ line, code: reject.code, message: reject.message })),
  };
}

/** Rows of the preview that would be rejected. */
function problemsOf({ inspection }: SendPlan): readonly { readonly line: number; readonly reject: Failure }[] {
  return inspection.preview.flatMap(({ line, reject }) => (reject ? [{ line, reject }] : []));
}
