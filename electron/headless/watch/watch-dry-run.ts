/** `watch --dry-run`: what would be watched and sent, and what would become of the files. Nothing is sent and nothing is recorded. */
import path from 'node:path';
import type { Connection } from '../../../shared/contract/connections.ts';
import type { AfterUpload, FolderPreview } from '../../../shared/contract/folders.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { CliContext } from '../cli-context.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { bytesText, countedText } from '../terminal/number-text.ts';
import { printable } from '../terminal/text-table.ts';
import { previewLines } from '../upload/dry-run.ts';
import { givenMapping, planFile, type FilePlan } from '../upload/file-plan.ts';
import { watchedFolderId, type WatchOptions } from './watch-options.ts';

/** Files whose first rows are looked at. */
const maxPlans = 5;

type AfterPlan = Awaited<ReturnType<Engine['afterPlan']>>;

export async function reportWatchDryRun(
  engine: Engine,
  options: WatchOptions,
  mapping: Mapping | undefined,
  connection: Connection | undefined,
  { output, interruption }: Pick<CliContext, 'output' | 'interruption'>,
): Promise<ExitCode> {
  const { settings } = options;
  const preview = await engine.previewFolder({
    ...{ path: settings.path, include: [...settings.include], exclude: [...settings.exclude], recursive: settings.recursive },
  });
  if (preview.failure) throw new UploaderError(preview.failure.code, preview.failure.message, preview.failure.context);
  const plans: FilePlan[] = [];
  const choice = { mapping, metricType: settings.metricType };
  for (const sample of preview.samples.filter(({ matched }) => matched).slice(0, maxPlans)) {
    if (interruption.aborted) return exitCodes.interrupted;
    const given = givenMapping(choice);
    plans.push(
      planFile(await engine.inspect({ path: path.join(settings.path, sample.path), ...(given ? { mapping: given } : {}) }), choice),
    );
  }
  const after = await afterPlanOf(engine, settings.after, connection && watchedFolderId(settings, connection.id));
  if (options.json) {
    output.object({ kind: 'preview', ...preview, mode: settings.mode, route: settings.route, existing: settings.existing });
    for (const plan of plans) output.object(planObject(plan));
    for (const { path: file, action, to, reason } of after.files) output.object({ kind: 'after', path: file, action, to, reason });
  } else {
    dryRunLines(options, preview, plans, after).forEach((line) => output.line(line));
  }
  return plans.some(({ kind }) => kind === 'refuse') ? exitCodes.attention : exitCodes.done;
}

/** Of a folder that was watched before with the same rule; before that no file is confirmed, so nothing would be done. */
async function afterPlanOf(engine: Engine, after: AfterUpload, folderId: string | undefined): Promise<AfterPlan> {
  const known = engine.listFolders().find(({ id }) => id === folderId);
  if (after.kind === 'keep' || known === undefined || JSON.stringify(known.after) !== JSON.stringify(after)) return { files: [], more: 0 };
  return engine.afterPlan(known.id);
}

function planObject(plan: FilePlan): Readonly<Record<string, unknown>> {
  const { path: file, name } = plan;
  if (plan.kind === 'refuse') return { kind: 'refused', path: file, name, code: plan.failure.code, message: plan.failure.message };
  return { kind: 'plan', path: file, name, assumption: plan.assumption, mapping: plan.mapping };
}

function dryRunLines(
  { settings }: WatchOptions,
  { matched, ignored, bytes, truncated, network, samples }: FolderPreview,
  plans: readonly FilePlan[],
  after: AfterPlan,
): readonly string[] {
  const atLeast = truncated ? 'at least ' : '';
  const what = settings.mode === 'rows' ? 'new rows would be followed' : 'whole files would be sent once they have settled';
  const existing = settings.existing === 'skip' ? '; what is there now would be left out' : '';
  const first = samples.filter((sample) => !sample.matched).slice(0, maxPlans);
  return [
    `${printable(settings.path)}: ${atLeast}${countedText(matched, 'file')} (${bytesText(bytes)}), ${what}, by the ${settings.route} route${existing}`,
    ...(network ? ['  a network drive: changes would be looked for at intervals'] : []),
    ...(ignored > 0 ? [`  ${atLeast}${countedText(ignored, 'file')} would be ignored`] : []),
    ...first.map(({ path: file, rule }) => `    ${printable(file)} (${printable(rule)})`),
    ...plans.flatMap((plan) => previewLines(plan).map((line) => `  ${line}`)),
    ...(matched > plans.length ? [`  and ${countedText(matched - plans.length, 'more file', 'more files')}`] : []),
    ...(settings.after.kind === 'keep'
      ? []
      : [`After their upload, files would be ${settings.after.kind === 'delete' ? 'deleted' : 'moved'}; now:`]),
    ...after.files.map(
      ({ path: file, action, to, reason }) => `  ${action} ${printable(file)}${to === undefined ? '' : ` to ${printable(to)}`} (${reason})`,
    ),
    ...(settings.after.kind !== 'keep' && after.files.length === 0 ? ['  none: no file is confirmed yet'] : []),
    'Dry run: nothing was sent.',
  ];
}
