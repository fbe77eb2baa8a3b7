import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { createBarReporter } from '../../../../electron/headless/upload/bar-reporter.ts';
import { planFile } from '../../../../electron/headless/upload/file-plan.ts';
import { createJsonReporter } from '../../../../electron/headless/upload/json-reporter.ts';
import { createLineReporter } from '../../../../electron/headless/upload/line-reporter.ts';
import type { UploadOutcome } from '../../../../electron/headless/upload/upload-outcome.ts';
import type { UploadReporter } from '../../../../electron/headless/upload/upload-reporter.ts';
import { recordedOutput } from '../../../fakes/cli-context.ts';
import { inspection, ledger, transfer, transferFile } from '../../../fakes/upload-records.ts';

const plan = planFile(inspection('/files/a.csv'), { mapping: undefined, metricType: 'weather' });
const at = (state: 'sending' | 'done', rows: number) =>
  transfer([transferFile('a.csv', { state, bytesRead: rows * 10, ledger: ledger({ rowsRead: rows, rowsConfirmed: rows }) })], {
    state: state === 'done' ? 'done' : 'running',
  });
const outcome: UploadOutcome = { transfers: [at('done', 100)], refused: [], notBegun: 0, rejectsPaths: [], interrupted: false, seconds: 1 };

/** An upload of a hundred steps, a tenth of a second each. */
function play(reporter: UploadReporter, step: () => void): void {
  reporter.noticed(failure('journal-corrupt', 'put aside'));
  if (plan.kind === 'send') reporter.planned(plan);
  reporter.refused({ path: '/files/b.png', name: 'b.png', failure: failure('file-not-text', 'a picture') });
  for (let rows = 0; rows < 100; rows += 1) {
    reporter.moved(at('sending', rows));
    step();
  }
  reporter.moved(at('done', 100));
  reporter.ended(outcome);
}

describe('JSON lines', () => {
  it('tell every change of state once, progress at a readable pace, and the summary last', () => {
    let now = 0;
    const { output, lines, notes } = recordedOutput();
    play(
      createJsonReporter(output, () => now),
      () => (now += 100),
    );
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.slice(0, 4)).toEqual(['notice', 'plan', 'refused', 'file']);
    expect(kinds.filter((kind) => kind === 'file')).toHaveLength(2);
    expect(kinds.filter((kind) => kind === 'progress')).toHaveLength(20);
    expect(kinds.at(-1)).toBe('summary');
    expect(notes).toEqual([]);
  });
});

describe('plain lines', () => {
  it('stay few, however often the engine tells of progress', () => {
    let now = 0;
    const { output, lines, notes } = recordedOutput();
    play(
      createLineReporter(output, () => now),
      () => (now += 250),
    );
    expect(lines.filter((line) => line.includes(' %,'))).toHaveLength(2);
    expect(lines[0]).toMatch(/^a\.csv: CSV, comma/);
    expect(lines).toContainEqual(expect.stringContaining('b.png: refused'));
    expect(lines).toContain('a.csv: done, 100 rows confirmed');
    expect(notes.join('\n')).toContain('put aside');
  });
});

describe('bars', () => {
  it('are drawn for the file on its way, and leave its result and the ledger behind', () => {
    const terminal = Object.assign(new PassThrough(), {
      isTTY: true,
      columns: 120,
      rows: 40,
      cursorTo: () => true,
      moveCursor: () => true,
      clearLine: () => true,
      clearScreenDown: () => true,
    });
    const drawn: string[] = [];
    terminal.on('data', (chunk: Buffer) => drawn.push(chunk.toString()));
    play(createBarReporter(terminal), () => undefined);
    const text = drawn.join('');
    expect(text).toContain('a.csv: done, 100 rows confirmed');
    expect(text).toContain('100 rows read = 100 confirmed + 0 rejected + 0 held');
  });
});
