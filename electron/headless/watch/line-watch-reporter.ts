import type { Folder } from '../../../shared/contract/folders.ts';
import type { CliOutput } from '../cli-context.ts';
import { failureLines } from '../terminal/failure-text.ts';
import { createPacer } from '../upload/upload-reporter.ts';
import { createChange, type WatchReporter } from './watch-reporter.ts';
import { connectionLines, folderText, riskLines, statusLine, watchedFileText, watchOutcomeLines } from './watch-texts.ts';

/** Milliseconds between two lines about the progress; few, because they end up in logs. */
const progressEveryMs = 60_000;

/** Plain lines, for logs and pipes: what changes for good, and once a minute what has moved. */
export function createLineWatchReporter(output: CliOutput, monotonic: () => number, mode: Folder['mode']): WatchReporter {
  const isNews = createChange();
  const hasMoved = createChange();
  const isTime = createPacer(monotonic, progressEveryMs);
  return {
    noticed: (notice) => failureLines('Note', notice).forEach((line) => output.note(line)),
    folder: (folder) => {
      // With rows coming in, idle and sending alternate; both are told by the progress.
      const isCalm = folder.state === 'idle' || folder.state === 'sending';
      const text = folderText(folder);
      if (isNews(isCalm ? 'calm' : text)) output.line(text);
      else if (hasMoved(String(folder.ledger.rowsRead)) && isTime()) output.line(statusLine(folder));
    },
    file: (file) => {
      const text = watchedFileText(file, mode);
      if (text !== undefined) output.line(text);
    },
    atRisk: (risk) => riskLines(risk).forEach((line) => output.note(line)),
    connection: (flow) => connectionLines(flow).forEach((line) => output.note(line)),
    ended: (outcome) => watchOutcomeLines(outcome).forEach((line) => output.line(line)),
  };
}
