import type { Failure } from '../../../shared/contract/common.ts';
import type { ConnectionFlow } from '../../../shared/contract/flow.ts';
import type { DataAtRisk, Folder, WatchedFile } from '../../../shared/contract/folders.ts';
import { errorTexts } from '../../../shared/model/error-texts.ts';
import { assertNever } from '../../engine/errors.ts';
import { failureLine, failureLines } from '../terminal/failure-text.ts';
import { bytesText, countedText, countText, durationText } from '../terminal/number-text.ts';
import { printable } from '../terminal/text-table.ts';
import { ledgerText } from '../upload/upload-texts.ts';
import type { WatchOutcome } from './watch-outcome.ts';

/** A folder that has come into another state, in one line. */
export function folderText({ name, path, state, reason, counts, watcher }: Folder): string {
  const because = reason === undefined ? '' : `: ${failureLine(reason)}`;
  const shown = printable(name);
  switch (state) {
    case 'scanning':
      return `${shown}: looking through ${printable(path)}`;
    case 'idle':
      return `${shown}: ${countedText(counts.files, 'file')}, everything is sent; waiting for changes${watcher.kind === 'polling' ? ' (looked for at intervals)' : ''}`;
    case 'sending':
      return `${shown}: sending`;
    case 'waiting':
      return `${shown}: waiting${because}`;
    case 'paused':
      return `${shown}: paused${because}`;
    case 'attention':
      return `${shown}: somebody has to look at it${because}`;
    case 'missing':
      return `${shown}: not there${because}`;
    default:
      return assertNever(state);
  }
}

/** What of a file is worth a line of its own in a log; undefined for what comes and goes all the time. */
export function watchedFileText({ path, state, reason, ledger }: WatchedFile, mode: Folder['mode']): string | undefined {
  const name = printable(path);
  const because = reason === undefined ? '' : `: ${failureLine(reason)}`;
  if (state === 'held') return `${name}: held${because}`;
  if (state === 'unreadable') return `${name}: cannot be read${because}`;
  if (state !== 'done' || mode === 'rows') return undefined;
  if (reason !== undefined) return `${name}: ${failureLine(reason)}`;
  const rejected = ledger.rowsRejected === 0 ? '' : `, ${countText(ledger.rowsRejected)} rejected`;
  return `${name}: done, ${countedText(ledger.rowsConfirmed, 'row')} confirmed${rejected}`;
}

const causes: Readonly<Record<DataAtRisk['cause'], string>> = {
  deleted: 'the file was deleted',
  truncated: 'the file was cut off',
  rotated: 'the file was rotated away',
  rewritten: 'the file was written over',
};

/** Rows that are gone: what, why, what to do. */
export function riskLines({ path, rows, bytes, cause }: DataAtRisk): readonly string[] {
  const { title, whatToDo } = errorTexts['rows-at-risk'];
  const estimate = rows === 0 ? '' : `, about ${countedText(rows, 'row')}`;
  return [
    `Data at risk: ${printable(path)}`,
    `  ${title}: ${causes[cause]} with ${bytesText(bytes)} unread${estimate} (rows-at-risk)`,
    `  What to do: ${whatToDo}`,
  ];
}

/** The way to the service has changed; undefined for what is nothing new to anybody. */
export function connectionLines({ state, paused, reason }: ConnectionFlow): readonly string[] {
  if (paused) return ['The connection is paused.'];
  if (reason === undefined) return state === 'ready' ? ['The service is reached.'] : [`The connection is ${state}.`];
  return failureLines(state === 'blocked' ? 'Blocked' : 'Waiting', reason);
}

/** `plant: 3 files · 1,204 rows confirmed · 120 rows/s · sending`, for a line that is drawn anew. */
export function statusLine({ name, counts, ledger, rowsPerSecond, bytesWaiting, state, reason }: Folder): string {
  const parts = [
    `${printable(name)}: ${countedText(counts.files, 'file')}`,
    `${countedText(ledger.rowsConfirmed, 'row')} confirmed`,
    ...(ledger.rowsRejected > 0 ? [`${countText(ledger.rowsRejected)} rejected`] : []),
    ...(ledger.rowsHeld > 0 ? [`${countText(ledger.rowsHeld)} on their way`] : []),
    ...(rowsPerSecond > 0 ? [`${countText(rowsPerSecond)} rows/s`] : []),
    ...(bytesWaiting > 0 ? [`${bytesText(bytesWaiting)} to be read`] : []),
    reason === undefined ? state : `${state} (${reason.code})`,
  ];
  return parts.join(' · ');
}

/** The end of a watch: the ledger of the run, what was moved, and what is to be done. */
export function watchOutcomeLines(outcome: WatchOutcome): readonly string[] {
  const { summary, ledger, held, unreadable, blockedBy, rejectsPaths, interrupted } = outcome;
  const { files, bytesRead, bytesSent, requests, retries, seconds } = summary;
  const sent = `${bytesText(bytesSent)} sent in ${countedText(requests, 'request')} (${countedText(retries, 'retry', 'retries')})`;
  const lines = [ledgerText(ledger), `${countedText(files, 'file')}, ${bytesText(bytesRead)} read, ${sent}, ${durationText(seconds)}`];
  if (ledger.rowsRejected > 0) {
    lines.push(`${countedText(ledger.rowsRejected, 'row')} rejected:`, ...rejectsPaths.map((file) => `  in ${file}`));
    lines.push('  Correct the rows there and upload that file.');
  }
  for (const reason of reasonsOf(held)) lines.push(...failureLines('Held', reason));
  for (const reason of reasonsOf(unreadable)) lines.push(...failureLines('Not readable', reason));
  if (blockedBy !== undefined) lines.push(...failureLines('Not delivered', blockedBy));
  if (ledger.possiblyRepeated > 0) {
    lines.push(`${countedText(ledger.possiblyRepeated, 'row')} may be stored twice: an answer never came, so they were sent once more.`);
  }
  if (interrupted) lines.push('Stopped. The same command, with the same data folder, goes on where it was.');
  return lines;
}

/** The first of each code. */
function reasonsOf(files: readonly WatchedFile[]): readonly Failure[] {
  const byCode = new Map<string, Failure>();
  for (const { reason } of files) if (reason !== undefined && !byCode.has(reason.code)) byCode.set(reason.code, reason);
  return [...byCode.values()];
}
