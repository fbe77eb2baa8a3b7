/**
 * The check of a large CSV: every row parsed, its time read, its values looked at by type, beside papaparse alone on the same file.
 * And the same file sent by the batch route to a sink on this computer, at full speed: a check is to be over long before.
 * BENCH_CHECK_BYTES sets the size of the file (default 1 GB).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeCsv } from './generated-csv.ts';
import { startSink } from './bench-parts.ts';
import { measure } from './measured-process.ts';

const secrets = { FINEO_API_KEY: 'bench', AWS_ACCESS_KEY_ID: 'AKIDBENCH', AWS_SECRET_ACCESS_KEY: 'bench-secret' };

async function sendAll(file: string, rows: number, dataDir: string) {
  const sink = await startSink('sink.ts');
  try {
    const args = ['dist/cli.js', 'upload', file, '--root', sink.root, '--route', 'batch', '--metric-type', 'weather', '--json'];
    const sent = await measure(process.execPath, [...args, '--data-dir', dataDir], { ...process.env, ...secrets });
    const summary = JSON.parse(sent.output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
    if (sent.exitCode !== 0 || summary['rowsConfirmed'] !== rows) throw new Error(`the upload failed: ${sent.output.slice(-2_000)}`);
    return sent;
  } finally {
    sink.stop();
  }
}

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
    const sent = await sendAll(file, rows, path.join(folder, 'sent'));
    return [
      {
        metric: 'source per second, beside sending the same file',
        ours: megabytes / ours.seconds,
        peer: megabytes / sent.seconds,
        ratio: sent.seconds / ours.seconds,
        unit: 'MB/s',
        note: 'peer: upload by the batch route to a sink, without a bound',
      },
      {
        metric: 'source per second of processor, beside sending',
        ours: megabytes / ours.cpuSeconds,
        peer: megabytes / sent.cpuSeconds,
        ratio: sent.cpuSeconds / ours.cpuSeconds,
        unit: 'MB/s',
        note: 'says the same on a machine that others use as well',
      },
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
