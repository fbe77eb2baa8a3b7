import { MultiBar, type SingleBar } from 'cli-progress';
import type { Transfer, TransferFile } from '../../../shared/contract/transfers.ts';
import { failureLine, failureLines } from '../terminal/failure-text.ts';
import { bytesText, countText, durationText } from '../terminal/number-text.ts';
import { cut, printable } from '../terminal/text-table.ts';
import { fileText, outcomeLines } from './upload-texts.ts';
import { createStateChanges, type UploadReporter } from './upload-reporter.ts';

const nameWidth = 28;
const percentScale = 1_000;

/** A bar for each file on its way and one for all of them, with lines above for what has ended. */
export function createBarReporter(terminal: NodeJS.WritableStream): UploadReporter {
  const changes = createStateChanges();
  const fileBars = new Map<string, SingleBar>();
  let area: { readonly bars: MultiBar; readonly total: SingleBar } | undefined;

  /** Leaves the terminal as it was: also when the process is ended in the middle. */
  const stop = (): void => {
    process.off('exit', stop);
    area?.bars.stop();
    area = undefined;
    fileBars.clear();
  };

  const say = (text: string): void => {
    if (area) area.bars.log(`${text}\n`);
    else terminal.write(`${text}\n`);
  };
  const open = (): { readonly bars: MultiBar; readonly total: SingleBar } => {
    // Signals are the program's own business: it waits for the requests in flight first.
    const bars = new MultiBar({
      format: '{name} {bar} {share} {detail}',
      stream: terminal,
      barsize: 24,
      gracefulExit: false,
      fps: 8,
      linewrap: false,
    });
    process.once('exit', stop);
    return { bars, total: bars.create(percentScale, 0, { name: label('total'), share: '', detail: '' }) };
  };

  return {
    noticed: (notice) => failureLines('Note', notice).forEach(say),
    planned: ({ name, assumption }) => say(`${printable(name)}: ${printable(assumption)}`),
    refused: ({ name, failure }) => say(`${printable(name)}: refused, nothing of it was sent: ${failureLine(failure)}`),
    moved: (transfer) => {
      const isRunning = transfer.state === 'running';
      if (isRunning) area ??= open();
      for (const file of changes(transfer)) {
        const text = fileText(file);
        if (text !== undefined && file.state !== 'sending') say(text);
      }
      if (area) {
        for (const file of transfer.files) drawFile(area.bars, fileBars, `${transfer.id}/${file.id}`, file);
        area.total.update(scaled(transfer.bytesRead, transfer.bytesTotal), { share: share(transfer), detail: pace(transfer) });
      }
      if (!isRunning) stop();
    },
    ended: (outcome) => {
      stop();
      outcomeLines(outcome).forEach(say);
    },
  };
}

function drawFile(bars: MultiBar, fileBars: Map<string, SingleBar>, key: string, file: TransferFile): void {
  const moving = file.state === 'sending' || file.state === 'waiting';
  const bar = fileBars.get(key) ?? (moving ? bars.create(percentScale, 0, { name: label(file.name), share: '', detail: '' }) : undefined);
  if (!bar) return;
  if (!moving) {
    bars.remove(bar);
    fileBars.delete(key);
    return;
  }
  fileBars.set(key, bar);
  const rejected = file.ledger.rowsRejected === 0 ? '' : `, ${countText(file.ledger.rowsRejected)} rejected`;
  bar.update(scaled(file.bytesRead, file.sizeBytes), {
    share: share(file),
    detail: `${countText(file.ledger.rowsConfirmed)} rows${rejected}`,
  });
}

const label = (name: string): string => cut(printable(name), nameWidth).padEnd(nameWidth);
const scaled = (part: number, whole: number): number =>
  whole <= 0 ? percentScale : Math.min(percentScale, Math.floor((part / whole) * percentScale));

const share = (item: { readonly bytesRead: number; readonly sizeBytes?: number; readonly bytesTotal?: number }): string =>
  `${Math.floor(scaled(item.bytesRead, item.sizeBytes ?? item.bytesTotal ?? 0) / 10)} %`.padStart(5);

function pace({ rowsPerSecond, bytesPerSecond, bytesTotal, bytesRead, failure, ledger }: Transfer): string {
  if (failure) return `waiting (${failure.code})`;
  const left = bytesPerSecond > 0 ? `, ${durationText(Math.max(0, bytesTotal - bytesRead) / bytesPerSecond)} left` : '';
  return `${countText(ledger.rowsConfirmed)} rows, ${countText(rowsPerSecond)} rows/s, ${bytesText(bytesPerSecond)}/s${left}`;
}
