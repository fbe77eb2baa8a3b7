import type { CliOutput } from '../cli-context.ts';
import { failureLine, failureLines } from '../terminal/failure-text.ts';
import { printable } from '../terminal/text-table.ts';
import { fileText, outcomeLines, progressText } from './upload-texts.ts';
import { createPacer, createStateChanges, type UploadReporter } from './upload-reporter.ts';

/** Milliseconds between two lines about the progress; few, because they end up in logs. */
const progressEveryMs = 10_000;

/** Plain lines, for logs and pipes. */
export function createLineReporter(output: CliOutput, monotonic: () => number): UploadReporter {
  const changes = createStateChanges();
  const isTime = createPacer(monotonic, progressEveryMs);
  // The first line about progress comes after the first interval: at the start there is nothing to tell.
  isTime();
  return {
    noticed: (notice) => failureLines('Note', notice).forEach((line) => output.note(line)),
    planned: ({ name, assumption }) => output.line(`${printable(name)}: ${printable(assumption)}`),
    refused: ({ name, failure }) => output.line(`${printable(name)}: refused, nothing of it was sent: ${failureLine(failure)}`),
    moved: (transfer) => {
      for (const text of changes(transfer).map(fileText)) if (text !== undefined) output.line(text);
      if (transfer.state === 'running' && isTime()) output.line(progressText(transfer));
    },
    ended: (outcome) => outcomeLines(outcome).forEach((line) => output.line(line)),
  };
}
