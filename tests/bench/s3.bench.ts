/**
 * A large CSV into a bucket, beside pigz and rclone, to the same S3 server; and compression alone beside pigz.
 * Needs the S3 server of the tests, pigz and rclone, and takes the AWS command line where it is there. BENCH_BYTES sets the size of the file (default 1 GB).
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingS3Server, startS3Server } from '../../build/s3-server.ts';
import { defaultBlockBytes, gzip } from '../../electron/engine/compress/gzip.ts';
import { writeCsv } from './generated-csv.ts';
import { measure, type Measured } from './measured-process.ts';

const bucket = 'bench-bucket';
const mostMegabytes = 200;
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Seconds to compress a file with our compressor in this process, and the bytes that came out. */
async function compress(file: string, level: number): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const begun = performance.now();
  let bytes = 0;
  const source = createReadStream(file, { highWaterMark: defaultBlockBytes });
  for await (const piece of gzip(source as AsyncIterable<Buffer>, { level })) bytes += piece.bytes.length;
  return { seconds: (performance.now() - begun) / 1_000, bytes };
}

async function run() {
  const missing = missingS3Server() ?? (has('pigz') && has('rclone') ? undefined : 'pigz or rclone is missing');
  if (missing !== undefined) throw new Error(missing);
  const folder = mkdtempSync(path.join(tmpdir(), 'uploader-bench-'));
  const server = await startS3Server([bucket]);
  try {
    const file = path.join(folder, 'measurements.csv');
    const rows = await writeCsv(file, Number(process.env['BENCH_BYTES'] ?? 1_000_000_000));
    const megabytes = statSync(file).size / 1e6;
    const config = path.join(folder, 'rclone.conf');
    writeFileSync(
      config,
      `[s3]\ntype = s3\nprovider = Other\naccess_key_id = ${server.accessKeyId}\nsecret_access_key = ${server.secretAccessKey}\n` +
        `endpoint = ${server.endpoint}\nregion = ${server.region}\nforce_path_style = true\n`,
    );
    const { AWS_CA_BUNDLE: _, ...plain } = process.env;
    const env = { ...plain, AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey, RCLONE_CONFIG: config };
    const ours = async (level: number): Promise<Measured> => {
      const target = [
        '--bucket',
        bucket,
        '--s3-endpoint',
        server.endpoint,
        '--prefix',
        `level-${String(level)}`,
        '--gzip-level',
        String(level),
      ];
      const args = [
        'dist/cli.js',
        'upload',
        file,
        '--route',
        's3',
        '--no-reference',
        ...target,
        '--json',
        '--data-dir',
        path.join(folder, 'data'),
      ];
      const found = await measure(process.execPath, args, env);
      const summary = JSON.parse(found.output.trim().split('\n').at(-1) ?? '{}') as Record<string, number>;
      if (found.exitCode !== 0 || summary['rowsConfirmed'] !== rows) throw new Error(`the upload failed: ${found.output.slice(-2_000)}`);
      return found;
    };
    const peer = async (command: string): Promise<Measured> => {
      const found = await measure('bash', ['-o', 'pipefail', '-c', command], env);
      if (found.exitCode !== 0) throw new Error(`${command} failed: ${found.output.slice(-2_000)}`);
      return found;
    };
    const zipped = path.join(folder, 'measurements.csv.gz');
    const row = (metric: string, mine: Measured, theirs: Measured, note: string) => ({
      metric,
      ours: megabytes / mine.seconds,
      peer: megabytes / theirs.seconds,
      ratio: theirs.seconds / mine.seconds,
      unit: 'MB/s',
      note: `${note}; ${mine.seconds.toFixed(1)} s against ${theirs.seconds.toFixed(1)} s; processor time ${mine.cpuSeconds.toFixed(1)} s against ${theirs.cpuSeconds.toFixed(1)} s`,
    });
    const mine1 = await ours(1);
    const rcat = await peer(`pigz -1 -p2 -c ${file} | rclone rcat s3:${bucket}/rcat.csv.gz`);
    const twice = await peer(`pigz -1 -p2 -c ${file} > ${zipped} && rclone copyto ${zipped} s3:${bucket}/copy.csv.gz`);
    const mine0 = await ours(0);
    const copy = await peer(`rclone copyto ${file} s3:${bucket}/plain.csv`);
    const aws = has('aws')
      ? await peer(
          `aws --endpoint-url ${server.endpoint} --region ${server.region} s3 cp --only-show-errors ${file} s3://${bucket}/aws.csv`,
        )
      : undefined;
    const memory = (metric: string, { peakBytes }: Measured) => ({
      ...{ metric, ours: peakBytes / 1e6, peer: mostMegabytes, ratio: mostMegabytes / (peakBytes / 1e6), unit: 'MB' },
      note: 'beside what it may take, whatever the size of the file',
    });
    const alone = await compress(file, 1);
    const pigz = await peer(`pigz -1 -p2 -c ${file} > ${zipped}`);
    return [
      row('source per second, level 1', mine1, rcat, 'peer: pigz -1 | rclone rcat'),
      row('source per second, level 1', mine1, twice, 'peer: pigz -1, then rclone copyto'),
      row('source per second, not compressed', mine0, copy, 'peer: rclone copyto'),
      ...(aws === undefined ? [] : [row('source per second, not compressed', mine0, aws, 'peer: aws s3 cp')]),
      memory('peak memory, level 1', mine1),
      memory('peak memory, not compressed', mine0),
      {
        metric: 'compression alone, level 1',
        ours: megabytes / alone.seconds,
        peer: megabytes / pigz.seconds,
        ratio: pigz.seconds / alone.seconds,
        unit: 'MB/s',
        note: `peer: pigz -1 -p2; ours makes ${(alone.bytes / statSync(file).size).toFixed(3)} of it, pigz ${(statSync(zipped).size / statSync(file).size).toFixed(3)}`,
      },
    ];
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

export default { name: 'A large CSV by the S3 route', run };
