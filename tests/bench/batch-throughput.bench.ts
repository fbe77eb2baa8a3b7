/**
 * A large CSV by the batch route: parsed, validated, made JSON, hashed, signed, sent and journalled, beside
 * `split | gzip -1 | curl` of the same file to the same sink. BENCH_BYTES sets the size of the file (default 2 GB).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeCsv } from './generated-csv.ts';
import { measure } from './measured-process.ts';

const here = path.resolve('tests/bench');
const secrets = { FINEO_API_KEY: 'bench', AWS_ACCESS_KEY_ID: 'AKIDBENCH', AWS_SECRET_ACCESS_KEY: 'bench-secret' };

async function run() {
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  const sink = spawn(process.execPath, [path.join(here, 'sink.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = (await once(sink.stdout, 'data')) as [Buffer];
    const { root } = JSON.parse(line.toString()) as { root: string };
    const file = path.join(folder, 'measurements.csv');
    const rows = await writeCsv(file, Number(process.env['BENCH_BYTES'] ?? 2_000_000_000));
    const megabytes = statSync(file).size / 1e6;

    const args = [
      'dist/cli.js',
      'upload',
      file,
      '--root',
      root,
      '--route',
      'batch',
      '--metric-type',
      'weather',
      '--json',
      '--data-dir',
      path.join(folder, 'data'),
    ];
    const ours = await measure(process.execPath, args, { ...process.env, ...secrets });
    const summary = JSON.parse(ours.output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
    if (ours.exitCode !== 0 || summary['rowsConfirmed'] !== rows) throw new Error(`the upload failed: ${ours.output.slice(-2_000)}`);

    const filter = `gzip -1 | curl -sS -o /dev/null -X PUT -H 'Content-Type: application/gzip' --data-binary @- ${root}/batch/part`;
    const peer = await measure('split', ['-C', '5000000', `--filter=${filter}`, file]);
    if (peer.exitCode !== 0) throw new Error(`split failed: ${peer.output}`);

    const half = ours.memoryBytes.slice(Math.floor(ours.memoryBytes.length / 4));
    const flat = Math.max(...half) / Math.max(1, Math.min(...half));
    return [
      {
        metric: 'source per second',
        ours: megabytes / ours.seconds,
        peer: megabytes / peer.seconds,
        ratio: peer.seconds / ours.seconds,
        unit: 'MB/s',
        note: `${String(Math.round(megabytes))} MB, ${String(rows)} rows; peer: split | gzip -1 | curl`,
      },
      { metric: 'rows per second', ours: rows / ours.seconds, unit: 'rows/s' },
      { metric: 'processor time', ours: ours.cpuSeconds, unit: 's', note: `${(ours.cpuSeconds / ours.seconds).toFixed(2)} cores` },
      {
        metric: 'peak memory',
        ours: ours.peakBytes / 1e6,
        unit: 'MB',
        note: `largest / smallest in the last three quarters: ${flat.toFixed(2)}`,
      },
    ];
  } finally {
    sink.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'A large CSV by the batch route', run };
