/** What people read about an upload on the command line. Pure. */
import { errorTexts } from '../../../shared/model/error-texts.ts';
import type { RejectCode } from '../../../shared/error-codes.ts';
import type { Failure } from '../../../shared/contract/common.ts';
import type { Transfer, TransferFile } from '../../../shared/contract/transfers.ts';
import type { Ledger } from '../../../shared/model/ledger.ts';
import { failureLine, failureLines } from '../terminal/failure-text.ts';
import { bytesText, countedText, countText, durationText } from '../terminal/number-text.ts';
import { printable } from '../terminal/text-table.ts';
import { filesOf, ledgerOf, nothingWasNew, summarise, type UploadOutcome } from './upload-outcome.ts';

/** `1,461 rows read = 1,461 confirmed + 0 rejected + 0 held` */
export const ledgerText = (ledger: Ledger): string =>
  `${countedText(ledger.rowsRead, 'row')} read = ${countText(ledger.rowsConfirmed)} confirmed + ${countText(ledger.rowsRejected)} rejected + ` +
  `${countText(ledger.rowsHeld)} held`;

/** What is to be said when a file has come into its state; nothing while it only waits for its turn. */
export function fileText(file: TransferFile): string | undefined {
  const { ledger, failure, state } = file;
  const because = failure ? `: ${failureLine(failure)}` : '';
  const name = printable(file.name);
  switch (state) {
    case 'queued':
      return undefined;
    case 'sending':
      return `${name}: sending, ${bytesText(file.sizeBytes)}`;
    case 'waiting':
      return `${name}: waiting${because}`;
    case 'done':
      return ledger.rowsRejected === 0
        ? `${name}: done, ${countedText(ledger.rowsConfirmed, 'row')} confirmed`
        : `${name}: done, ${countedText(ledger.rowsConfirmed, 'row')} confirmed, ${countText(ledger.rowsRejected)} rejected`;
    case 'held':
      return `${name}: held with ${countText(ledger.rowsConfirmed)} of ${countedText(ledger.rowsRead, 'row')} confirmed${because}`;
    case 'refused':
      return `${name}: refused, nothing of it was sent${because}`;
    case 'cancelled':
      return `${name}: stopped with ${countedText(ledger.rowsConfirmed, 'row')} confirmed`;
    case 'unchanged':
      return `${name}: confirmed before and not changed since, nothing to send`;
  }
}

/** `45 %, 1,200,000 rows, 25,000 rows/s, 38 MB/s, 2 min 05 s left` */
export function progressText(transfer: Transfer): string {
  const { bytesRead, bytesTotal, bytesPerSecond, rowsPerSecond, ledger, failure } = transfer;
  const percent = `${percentOf(bytesRead, bytesTotal)} %, ${countedText(ledger.rowsConfirmed, 'row')} confirmed`;
  if (failure) return `${percent}, waiting: ${errorTexts[failure.code].title}`;
  const left = bytesPerSecond > 0 ? `, ${durationText(Math.max(0, bytesTotal - bytesRead) / bytesPerSecond)} left` : '';
  return `${percent}, ${countText(rowsPerSecond)} rows/s, ${bytesText(bytesPerSecond)}/s${left}`;
}

/** 100 only when it is complete. */
export const percentOf = (part: number, whole: number): number => (whole <= 0 ? 100 : Math.min(100, Math.floor((part / whole) * 100)));

/** The end of an upload: ledger, what was moved, rejects by reason, and what is to be done. */
export function outcomeLines(outcome: UploadOutcome): readonly string[] {
  const { files, bytesRead, bytesSent, requests, retries, seconds } = summarise(outcome);
  const ledger = ledgerOf(outcome);
  const lines = [ledgerText(ledger)];
  const sent = `${bytesText(bytesSent)} sent in ${countedText(requests, 'request')} (${countedText(retries, 'retry', 'retries')})`;
  lines.push(`${countedText(files, 'file')}, ${bytesText(bytesRead)} read, ${sent}, ${durationText(seconds)}`);
  if (nothingWasNew(outcome))
    lines.push('Nothing was sent: every file was confirmed before and has not changed since. --again sends it anew.');
  lines.push(...rejectLines(outcome), ...holdLines(outcome));
  if (ledger.possiblyRepeated > 0) {
    lines.push(`${countedText(ledger.possiblyRepeated, 'row')} may be stored twice: an answer never came, so they were sent once more.`);
  }
  if (outcome.interrupted) lines.push('Stopped. What is confirmed stays so; the same command, with the same data folder, sends the rest.');
  return lines;
}

function rejectLines(outcome: UploadOutcome): readonly string[] {
  const byCode = new Map<RejectCode, number>();
  for (const { code, rows } of filesOf(outcome).flatMap((file) => file.rejects)) byCode.set(code, (byCode.get(code) ?? 0) + rows);
  if (byCode.size === 0) return [];
  const reasons = [...byCode]
    .sort(([, a], [, b]) => b - a)
    .map(([code, rows]) => `  ${countText(rows)} × ${errorTexts[code].title} (${code})`);
  const ids = outcome.transfers.filter(({ ledger }) => ledger.rowsRejected > 0).map(({ id }) => id);
  return [
    'Rejected:',
    ...reasons,
    ...outcome.rejectsPaths.map((path) => `  in ${path}`),
    `  Correct the rows there and upload that file; \`rejects ${ids[0] ?? '<transfer>'}\` shows each with its reason.`,
  ];
}

function holdLines(outcome: UploadOutcome): readonly string[] {
  if (outcome.interrupted) return [];
  const held = outcome.transfers.filter(({ state }) => state === 'held');
  const reasons = new Map<string, Failure>();
  for (const failure of [...held, ...held.flatMap(({ files }) => files.filter(({ state }) => state === 'held'))].map(
    (item) => item.failure,
  )) {
    if (failure && !reasons.has(failure.code)) reasons.set(failure.code, failure);
  }
  if (held.length === 0) return [];
  const next = '  The same command, with the same data folder, sends what is held.';
  return [...[...reasons.values()].flatMap((failure) => failureLines('Held', failure)), next];
}
