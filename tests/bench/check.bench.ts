/**
 * The check of a large CSV: every row parsed, its time read, its values looked at by type, beside papaparse alone on the same file.
 * BENCH_CHECK_BYTES sets the size of the file (default 1 GB).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeCsv } from './generated-csv.ts';
import { measure } from './measured-process.ts';

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  try {
    const file = path.join(folder, 'measurements.csv');
    const rows = await writeCsv(file, Number(process.env['BENCH_CHECK_BYTES'] ?? 1_000_000_000));
    const megabytes = statSync(file).size / 1e6;
    const args = ['dist/cli.js', 'check', file, '--metric-type', 'weather', '--json', '--data-dir', path.join(folder, 'data')];
    const ours = await measure(process.execPath, args);
    const summary = JSON.parse(ours.output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
    if (ours.exitCode !== 0 || summary['rowsFit'] !== rows) throw new Error(`the check failed: ${ours.output.slice(-2_000)}`);
    const peer = await measure(process.execPath, [path.resolve('tests/bench/papaparse-alone.ts'), file]);
    const read = JSON.parse(peer.output.trim()) as { readonly rows: number };
    if (read.rows < rows) throw new Error(`papaparse read ${String(read.rows)} rows`);
    return [
      {
        metric: 'source per second',
        ours: megabytes / ours.seconds,
        peer: megabytes / peer.seconds,
        ratio: peer.seconds / ours.seconds,
        unit: 'MB/s',
        note: `${String(Math.round(megabytes))} MB, ${String(rows)} rows; peer: papaparse alone`,
      },
      {
        metric: 'source per second of processor',
        ours: megabytes / ours.cpuSeconds,
        peer: megabytes / peer.cpuSeconds,
        ratio: peer.cpuSeconds / ours.cpuSeconds,
        unit: 'MB/s',
        note: 'says the same on a machine that others use as well',
      },
      { metric: 'peak memory', ours: ours.peakBytes / 1e6, peer: peer.peakBytes / 1e6, unit: 'MB' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'The check of a large CSV', run };
