import { z } from 'zod';
import type { WatchedFile } from '../../../shared/contract/folders.ts';
import { isAlive, readStatusReport, type StatusReport } from '../../api/status-report.ts';
import type { CliContext } from '../cli-context.ts';
import { resolveDataDir } from '../data-dir.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { failureLine } from '../terminal/failure-text.ts';
import { countedText, countText, durationText } from '../terminal/number-text.ts';
import { printable } from '../terminal/text-table.ts';
import { parseFlags } from '../upload/upload-options.ts';
import { folderObject, riskObject, watchedFileObject } from '../watch/json-watch-reporter.ts';
import { connectionLines, folderText, riskLines, statusLine } from '../watch/watch-texts.ts';

const flagsSchema = z.object({ json: z.boolean().optional(), dataDir: z.string().min(1).optional() });

/** Files of a folder that are listed without `--json`. */
const shownFiles = 20;

/** `status`: what a running `watch`, `serve` or app on this data folder does; it need not stop for it. */
export async function showStatus(
  given: unknown,
  { env, output }: Pick<CliContext, 'env' | 'output'>,
  now: number = Date.now(),
): Promise<ExitCode> {
  const flags = parseFlags(flagsSchema, given);
  const dataDir = resolveDataDir(flags.dataDir, env);
  const report = await readStatusReport(dataDir);
  if (report === undefined) {
    if (flags.json) output.object({ kind: 'status', known: false, dataDir });
    output.note(`Nothing is known: no watch, serve or app has told of itself in ${dataDir}. --data-dir names another folder.`);
    return exitCodes.usage;
  }
  const alive = isAlive(report, now);
  if (flags.json) statusObjects(report, alive).forEach((object) => output.object(object));
  else statusLines(report, alive, now).forEach((line) => output.line(line));
  return needsAttention(report, alive) ? exitCodes.attention : exitCodes.done;
}

/** Somebody has to do something, or it ended without being asked to. */
export function needsAttention({ folders, flow, endedAt }: StatusReport, alive: boolean): boolean {
  if (!alive && endedAt === undefined) return true;
  if (flow.connections.some(({ state }) => state === 'blocked')) return true;
  return folders.some(
    ({ folder: { state, counts, atRisk, question } }) =>
      state === 'attention' || state === 'missing' || counts.held + counts.unreadable + atRisk.length > 0 || question !== undefined,
  );
}

function statusObjects(report: StatusReport, alive: boolean): readonly Readonly<Record<string, unknown>>[] {
  const { pid, startedAt, updatedAt, endedAt, flow, folders } = report;
  return [
    { kind: 'status', known: true, running: alive, pid, startedAt, updatedAt, ...(endedAt === undefined ? {} : { endedAt }), flow },
    ...folders.flatMap(({ folder, files }) => [
      folderObject(folder),
      ...folder.atRisk.map((risk) => ({ ...riskObject(risk), folderId: folder.id })),
      ...files.map((file) => ({ ...watchedFileObject(file), folderId: folder.id })),
    ]),
  ];
}

export function statusLines(report: StatusReport, alive: boolean, now: number): readonly string[] {
  const { pid, startedAt, updatedAt, endedAt, flow, folders } = report;
  const ago = (at: number): string => durationText(Math.max(0, now - at) / 1_000);
  const head = alive
    ? `Running (process ${pid}) for ${ago(startedAt)}; as of ${ago(updatedAt)} ago:`
    : endedAt !== undefined
      ? `Not running; ended ${ago(endedAt)} ago. As it stood then:`
      : `Not running: process ${pid} ended without being asked to. As of ${ago(updatedAt)} ago:`;
  const today = `Today: ${countedText(flow.today.rowsConfirmed, 'row')} confirmed, ${countText(flow.today.rowsRejected)} rejected`;
  const troubles = flow.connections.filter(({ state, paused }) => state !== 'ready' || paused);
  return [
    head,
    ...(flow.paused ? ['Everything is paused.'] : []),
    ...troubles.flatMap((connection) => connectionLines(connection)),
    ...(folders.length === 0
      ? ['No folder is watched.']
      : folders.flatMap(({ folder, files }) => [
          folderText(folder),
          `  ${statusLine(folder)}`,
          ...folder.atRisk.flatMap(riskLines).map((line) => `  ${line}`),
          ...fileLines(files),
        ])),
    today,
  ];
}

function fileLines(files: readonly WatchedFile[]): readonly string[] {
  const shown = files.slice(0, shownFiles);
  const rest = files.length - shown.length;
  return [
    ...shown.map(({ path, state, reason }) => `  ${printable(path)}: ${state}${reason === undefined ? '' : `: ${failureLine(reason)}`}`),
    ...(rest > 0 ? [`  and ${countedText(rest, 'more file', 'more files')}; --json lists them`] : []),
  ];
}
