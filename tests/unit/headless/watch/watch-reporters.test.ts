import { describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { createLineWatchReporter } from '../../../../electron/headless/watch/line-watch-reporter.ts';
import { createTerminalWatchReporter } from '../../../../electron/headless/watch/terminal-watch-reporter.ts';
import { riskLines, watchedFileText } from '../../../../electron/headless/watch/watch-texts.ts';
import { recordedOutput } from '../../../fakes/cli-context.ts';
import { ledger } from '../../../fakes/upload-records.ts';
import { watchedFile, watchedFolder } from '../../../fakes/watch-records.ts';

describe('plain lines of a watch', () => {
  it('do not fill a log while rows come and go', () => {
    const { output, lines } = recordedOutput();
    let now = 0;
    const reporter = createLineWatchReporter(output, () => now, 'rows');
    for (let rows = 0; rows < 1_000; rows += 1) {
      now += 100;
      reporter.folder(
        watchedFolder({ state: rows % 2 === 0 ? 'sending' : 'idle', ledger: ledger({ rowsRead: rows, rowsConfirmed: rows }) }),
      );
      reporter.file(watchedFile('a.csv', { state: rows % 2 === 0 ? 'sending' : 'done' }));
    }
    expect(lines.length).toBeLessThanOrEqual(4);
    reporter.folder(watchedFolder({ state: 'missing', reason: failure('folder-missing', '/plant is not there') }));
    expect(lines.at(-1)).toContain('/plant is not there');
  });

  it('say of a lost file what, how much and what to do', () => {
    const text = riskLines({ id: 1, path: 'a.csv', at: 0, bytes: 2_000, rows: 40, cause: 'rotated' }).join('\n');
    expect(text).toMatch(/a\.csv[^]*rotated away with 2 kB unread, about 40 rows[^]*What to do:/);
  });

  it('name a whole file when it is done, and what became of it', () => {
    const done = watchedFile('a.csv', { ledger: ledger({ rowsRead: 12, rowsConfirmed: 10, rowsRejected: 2 }) });
    expect(watchedFileText(done, 'files')).toBe('a.csv: done, 10 rows confirmed, 2 rejected');
    expect(watchedFileText(done, 'rows')).toBeUndefined();
    const open = { ...done, reason: failure('after-upload-failed', 'it is open elsewhere') };
    expect(watchedFileText(open, 'files')).toContain('it is open elsewhere');
  });
});

describe('the terminal', () => {
  it('shows one line that is drawn anew, no wider than the window, and what happens above it', () => {
    let text = '';
    let now = 0;
    const terminal = { columns: 40, write: (chunk: string | Uint8Array) => (text += String(chunk)) !== '' };
    const reporter = createTerminalWatchReporter(terminal, () => (now += 1_000), 'rows');
    reporter.folder(watchedFolder({ state: 'sending', ledger: ledger({ rowsRead: 5, rowsConfirmed: 5 }), rowsPerSecond: 3 }));
    reporter.file(watchedFile('a.csv', { state: 'held', reason: failure('schema-drift', 'a column is new') }));
    expect(text.split('\n')).toHaveLength(2);
    expect(text.split('\n')[1]).toMatch(/plant: 0 files · 5 rows confirmed · 3 …$/);
  });
});
