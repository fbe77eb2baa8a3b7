/**
 * From the append of a row to its arrival at the server: a watched folder with its default settings, 100 rows a second over
 * 20 files. BENCH_SECONDS sets for how long (default 30).
 */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reach, startSink, startWatching } from './bench-parts.ts';

const files = 20;
const rowsPerSecond = 100;
const seconds = Number(process.env['BENCH_SECONDS'] ?? 30);

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  const inbox = path.join(folder, 'inbox');
  mkdirSync(inbox);
  const sink = await startSink('recording-sink.ts');
  try {
    const at = (file: number): string => path.join(inbox, `logger-${String(file)}.csv`);
    const row = (id: number): string => `${String(Date.now())},${String(id)},${(20 + Math.sin(id / 100) * 5).toFixed(3)},ok\n`;
    for (let file = 0; file < files; file += 1) writeFileSync(at(file), `timestamp,id,temperature,state\n${row(file)}`);
    const watching = startWatching(inbox, sink.root, path.join(folder, 'data'));
    await reach('the first rows', watching, async () => (await sink.rows()) >= files);
    const writtenAt = new Map<number, bigint>();
    const begun = performance.now();
    const total = rowsPerSecond * seconds;
    for (let index = 0; index < total; index += 1) {
      const due = begun + (index * 1_000) / rowsPerSecond;
      if (due > performance.now()) await delay(due - performance.now());
      const id = files + index;
      writtenAt.set(id, process.hrtime.bigint());
      appendFileSync(at(index % files), row(id));
    }
    await reach('all rows', watching, async () => (await sink.rows()) >= files + total, { deadlineMs: 30_000 });
    const { ids, times, requests } = (await sink.ask('arrivals')) as { ids: number[]; times: string[]; requests: number };
    const measured = await watching.stop('SIGTERM');
    const latencies = ids
      .flatMap((id, index) => {
        const written = writtenAt.get(id);
        return written === undefined ? [] : [Number(BigInt(times[index] ?? '0') - written) / 1e6];
      })
      .sort((one, other) => one - other);
    const percentile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN;
    const note = `${String(latencies.length)} rows, ${String(rowsPerSecond)} a second over ${String(files)} files; ${String(requests)} requests`;
    return [
      { metric: 'append → received, p50', ours: percentile(0.5), unit: 'ms', note },
      { metric: 'append → received, p99', ours: percentile(0.99), unit: 'ms' },
      { metric: 'append → received, longest', ours: percentile(1), unit: 'ms' },
      { metric: 'processor', ours: (measured.cpuSeconds / measured.seconds) * 100, unit: '% of a core' },
      { metric: 'peak memory', ours: measured.peakBytes / 1e6, unit: 'MB' },
    ];
  } finally {
    sink.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'A watched folder: how soon a row arrives', run };
