import type { Folder } from '../../../shared/contract/folders.ts';
import { failureLines } from '../terminal/failure-text.ts';
import { cut } from '../terminal/text-table.ts';
import { createPacer } from '../upload/upload-reporter.ts';
import { createChange, type WatchReporter } from './watch-reporter.ts';
import { connectionLines, folderText, riskLines, statusLine, watchedFileText, watchOutcomeLines } from './watch-texts.ts';

/** Milliseconds between two drawings. */
const drawEveryMs = 100;
const clearLine = '\r\u001b[K';

/** Lines for what happens, and below them one line that says how it stands. */
export function createTerminalWatchReporter(
  terminal: Pick<NodeJS.WriteStream, 'write' | 'columns'>,
  monotonic: () => number,
  mode: Folder['mode'],
): WatchReporter {
  const isNews = createChange();
  const isTime = createPacer(monotonic, drawEveryMs);
  let status = '';

  const draw = (): void => void terminal.write(`${clearLine}${cut(status, Math.max(20, terminal.columns - 1))}`);
  const say = (line: string): void => {
    terminal.write(`${clearLine}${line}\n`);
    if (status !== '') draw();
  };
  return {
    noticed: (notice) => failureLines('Note', notice).forEach(say),
    folder: (folder) => {
      status = statusLine(folder);
      const isCalm = folder.state === 'idle' || folder.state === 'sending';
      const text = folderText(folder);
      if (isNews(isCalm ? 'calm' : text) && !isCalm) say(text);
      else if (isTime() || isCalm) draw();
    },
    file: (file) => {
      const text = watchedFileText(file, mode);
      if (text !== undefined) say(text);
    },
    atRisk: (risk) => riskLines(risk).forEach(say),
    connection: (flow) => connectionLines(flow).forEach(say),
    ended: (outcome) => {
      if (status !== '') terminal.write(clearLine);
      status = '';
      watchOutcomeLines(outcome).forEach(say);
    },
  };
}
