/**
 * Many small files beside one large one that holds the same rows, each followed from its beginning into stream requests.
 * BENCH_FILES sets how many (default 1,000), BENCH_ROWS how many rows each has (default 1,000).
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reach, startSink, startWatching } from './bench-parts.ts';

const files = Number(process.env['BENCH_FILES'] ?? 1_000);
const rowsEach = Number(process.env['BENCH_ROWS'] ?? 1_000);
const total = files * rowsEach;
const header = 'timestamp,id,temperature,state\n';

function rowsOf(file: number): string {
  let text = '';
  for (let id = file * rowsEach; id < (file + 1) * rowsEach; id += 1)
    text += `${String(1_600_000_000_000 + id)},${String(id)},${(20 + (id % 500) / 100).toFixed(3)},ok\n`;
  return text;
}

async function follow(folder: string, name: string, write: (inbox: string) => void) {
  const inbox = path.join(folder, name);
  mkdirSync(inbox);
  write(inbox);
  const sink = await startSink('sink.ts', ['count-objects']);
  try {
    const watching = startWatching(inbox, sink.root, path.join(folder, `${name}-data`), ['--rate', '100000', '--burst', '100000']);
    await reach('all rows', watching, async () => (await sink.rows()) >= total, { deadlineMs: 600_000 });
    const seconds = (performance.now() - watching.startedAt) / 1_000;
    const { cpuSeconds, peakBytes } = await watching.stop('SIGTERM');
    return { rowsPerSecond: total / seconds, cpuSeconds, peakBytes };
  } finally {
    sink.stop();
  }
}

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  try {
    const many = await follow(folder, 'many', (inbox) => {
      for (let file = 0; file < files; file += 1) writeFileSync(path.join(inbox, `f${String(file)}.csv`), header + rowsOf(file));
    });
    const one = await follow(folder, 'one', (inbox) => {
      const at = path.join(inbox, 'all.csv');
      writeFileSync(at, header);
      for (let file = 0; file < files; file += 1) writeFileSync(at, rowsOf(file), { flag: 'a' });
    });
    const note = `${String(files)} files of ${String(rowsEach)} rows; peer: one file of the same rows, from the start of the process on`;
    return [
      {
        ...{ metric: 'rows per second', ours: many.rowsPerSecond, peer: one.rowsPerSecond, unit: 'rows/s', note },
        ratio: many.rowsPerSecond / one.rowsPerSecond,
      },
      { metric: 'processor time', ours: many.cpuSeconds, peer: one.cpuSeconds, unit: 's' },
      { metric: 'peak memory', ours: many.peakBytes / 1e6, peer: one.peakBytes / 1e6, unit: 'MB' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'Many small files beside a large one', run };
