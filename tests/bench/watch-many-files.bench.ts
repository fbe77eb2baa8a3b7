/**
 * A tree of 100,000 files of two rows each: how long the start takes when nothing is known and when all is, how much memory, and
 * how soon a row that is appended to one of them arrives. BENCH_FILES sets how many.
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reach, scannedAfterMs, startSink, startWatching } from './bench-parts.ts';

const files = Number(process.env['BENCH_FILES'] ?? 100_000);
const perFolder = 500;

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  const inbox = path.join(folder, 'inbox');
  const at = (file: number): string => path.join(inbox, `d${String(Math.floor(file / perFolder))}`, `f${String(file)}.csv`);
  const row = (id: number): string => `${String(1_600_000_000_000 + id)},${String(id)}\n`;
  for (let file = 0; file < files; file += 1) {
    if (file % perFolder === 0) mkdirSync(path.dirname(at(file)), { recursive: true });
    writeFileSync(at(file), `timestamp,id\n${row(file * 2)}${row(file * 2 + 1)}`);
  }
  const sink = await startSink('recording-sink.ts');
  const rate = ['--rate', '100000', '--burst', '100000'];
  const start = () => startWatching(inbox, sink.root, path.join(folder, 'data'), rate);
  try {
    const cold = start();
    await reach('all rows', cold, async () => (await sink.rows()) >= files * 2, { everyMs: 200, deadlineMs: 900_000 });
    const allAfterMs = performance.now() - cold.startedAt;
    await reach('an idle folder', cold, () => cold.lines.some(({ line }) => line['kind'] === 'folder' && line['state'] === 'idle'));
    const first = await cold.stop('SIGTERM');
    await sink.ask('arrivals');

    const known = start();
    await reach('a folder that was looked through', known, () => scannedAfterMs(known) !== undefined);
    const again = await sink.rows();
    const id = files * 2;
    const appendedAt = process.hrtime.bigint();
    appendFileSync(at(Math.floor(files / 3)), row(id));
    await reach('the new row', known, async () => (await sink.rows()) > again, { deadlineMs: 60_000, everyMs: 5 });
    const { ids, times } = (await sink.ask('arrivals')) as { ids: number[]; times: string[] };
    const newRowMs = Number(BigInt(times[ids.indexOf(id)] ?? '0') - appendedAt) / 1e6;
    const second = await known.stop('SIGTERM');
    return [
      {
        ...{ metric: 'start-up scan, nothing known', ours: (scannedAfterMs(cold) ?? NaN) / 1_000, unit: 's' },
        note: `${String(files)} files; all ${String(files * 2)} rows received after ${(allAfterMs / 1_000).toFixed(1)} s`,
      },
      {
        metric: 'start-up scan, all known',
        ours: (scannedAfterMs(known) ?? NaN) / 1_000,
        unit: 's',
        note: `${String(again)} rows sent again`,
      },
      { metric: 'peak memory, nothing known', ours: first.peakBytes / 1e6, unit: 'MB' },
      { metric: 'peak memory, all known', ours: second.peakBytes / 1e6, unit: 'MB' },
      { metric: 'one appended row among them → received', ours: newRowMs, unit: 'ms' },
    ];
  } finally {
    sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'A tree of 100,000 files', run };
