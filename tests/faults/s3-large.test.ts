/**
 * A file with holes and patterns, by way of a bucket: in constant memory, and identical when it is read back. Against a real S3 server.
 * S3_LARGE_BYTES sets its size: 48 MB here, 5 GB with `S3_LARGE_BYTES=5e9`, which takes some minutes and 11 GB of disk.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingS3Server, startS3Server, type S3Server } from '../../build/s3-server.ts';
import { measure } from '../bench/measured-process.ts';
import { bucketReader, fileDigest } from '../fakes/bucket-reader.ts';
import { distDir, type JsonLine } from '../fakes/cli-process.ts';
import { gzipReaders } from '../fakes/gzip-readers.ts';

const bucket = 'large-files-of-tests';
const missing = missingS3Server();
const mostBytes = 200_000_000;
const stretchBytes = 8 * 1024 * 1024;
const bytes = Math.ceil(Number(process.env['S3_LARGE_BYTES'] ?? 48_000_000) / stretchBytes) * stretchBytes;

/** Each stretch begins with rows that no other one has; a hole follows, which takes no room on the disk and is a row of its own. */
async function writeWithHoles(path: string): Promise<number> {
  const file = await open(path, 'w');
  let rows = 0;
  try {
    for (let at = 0, stretch = 0; at < bytes; at += stretchBytes, stretch += 1) {
      let text = at === 0 ? 'timestamp,stretch,value\n' : '\n';
      for (let row = 0; row < 20_000; row += 1)
        text += `${String(1_700_000_000_000 + row)},${String(stretch)},${String((row * 7919) % 1_009)}\n`;
      await file.write(text, at);
      rows += 20_001;
    }
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
  return rows;
}

describe.skipIf(missing !== undefined)(`a large file${missing === undefined ? '' : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-large-'));
  const file = join(folder, 'holes.csv');
  let rows = 0;
  let expected = '';
  let server: S3Server;

  beforeAll(async () => {
    rows = await writeWithHoles(file);
    expected = await fileDigest(file);
    server = await startS3Server([bucket]);
  }, 400_000);
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  it.each([0, 1])(
    'takes no more memory than a small one and is identical when it is read back, at level %d',
    async (level) => {
      const args = [
        ...[join(distDir, 'cli.js'), 'upload', file, '--json', '--route', 's3', '--no-reference', '--bucket', bucket],
        ...['--prefix', `level-${String(level)}`, '--s3-endpoint', server.endpoint, '--gzip-level', String(level)],
        ...['--data-dir', join(folder, `data-${String(level)}`)],
      ];
      const env = { PATH: process.env['PATH'], AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey };
      const { exitCode, output, peakBytes, seconds, cpuSeconds } = await measure(process.execPath, args, env);
      expect(exitCode, output).toBe(0);
      const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '{}') as JsonLine;
      expect(summary).toMatchObject({ rowsRead: rows, rowsConfirmed: rows, rowsHeld: 0 });
      console.log(
        `${String(bytes)} bytes at level ${String(level)}: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ` +
          `${(peakBytes / 1e6).toFixed(0)} MB at most, ${String(summary['bytesSent'])} bytes sent`,
      );
      if (process.platform === 'linux') expect(peakBytes).toBeLessThanOrEqual(mostBytes);
      const reader = bucketReader(server, bucket);
      const [key = '', ...others] = await reader.keys(`level-${String(level)}`);
      expect(others).toEqual([]);
      expect(await reader.digest(key)).toBe(expected);
      if (level === 0) return;
      const saved = join(folder, 'object.gz');
      await reader.save(key, saved);
      expect(statSync(saved).size).toBeLessThan(bytes);
      for (const gzipReader of gzipReaders.filter(({ isThere }) => isThere)) {
        expect([gzipReader.name, await gzipReader.digest(saved, folder)]).toEqual([gzipReader.name, expected]);
      }
    },
    1_800_000,
  );
});
