/**
 * What survives of an upload in parts when the uploader is killed or the object store goes away. Against a real S3 server.
 * S3_KILLS sets how often it is killed: 5 times here, 20 with `S3_KILLS=20`, of a file that is larger in proportion.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingS3Server, startS3Server, type S3Server } from '../../build/s3-server.ts';
import { writeCsv } from '../bench/generated-csv.ts';
import { bucketReader, fileDigest } from '../fakes/bucket-reader.ts';
import { runCli, spawnCli, type CliProcess, type EndedProcess } from '../fakes/cli-process.ts';
import { startS3Proxy, type PartSeen, type S3Proxy } from '../fakes/s3-proxy.ts';

const bucket = 'parts-of-tests';
const missing = missingS3Server();
/** An answer that was handed on this shortly before a kill may not have been recorded yet. */
const recordedAfterMs = 250;
const partsAtOnce = 4;
const mostKills = Number(process.env['S3_KILLS'] ?? 5);
const fileBytes = 12_800_000 * mostKills;

/** Numbers in [0, 1), the same ones in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.skipIf(missing !== undefined)(`an upload in parts${missing === undefined ? '' : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 's3-resume-'));
  const serverDir = join(folder, 'server');
  const file = join(folder, 'rows.csv');
  let rows = 0;
  let server: S3Server;
  let proxy: S3Proxy;

  beforeAll(async () => {
    rows = await writeCsv(file, fileBytes);
    server = await startS3Server([bucket], { dir: serverDir });
    proxy = await startS3Proxy(server.endpoint, 100);
  }, 400_000);
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }, 60_000);

  const argsOf = (prefix: string, endpoint = proxy.endpoint): readonly string[] => [
    ...['upload', file, '--json', '--route', 's3', '--no-reference', '--bucket', bucket, '--prefix', prefix, '--s3-endpoint', endpoint],
    ...['--gzip-level', '0', '--data-dir', join(folder, `data-${prefix}`)],
  ];
  const env = () => ({ AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey });

  /**
   * Kills the process in the middle: when one more part has gone to the store and others wait to, or (`atOnce`) so long after it
   * was begun, with none gone.
   */
  async function killAfter(run: CliProcess, moreMs: number, atOnce = false): Promise<void> {
    proxy.partsLeft = atOnce ? 0 : 1;
    await new Promise<void>((resolve) => {
      if (atOnce) setTimeout(resolve, moreMs);
      else proxy.onKept = () => void setTimeout(resolve, moreMs);
      void run.ended.then(() => {
        resolve();
      });
    });
    proxy.onKept = () => undefined;
    run.kill();
    await run.ended;
    proxy.partsLeft = Number.POSITIVE_INFINITY;
  }

  it('goes on after each of several kills, sends only what was in flight again, and is whole in the end', async () => {
    const random = seeded(5);
    const mayRepeat = new Set<number>();
    let kills = 0;
    let last: EndedProcess | undefined;
    while (last === undefined) {
      const run = spawnCli(argsOf('killed'), { env: env() });
      const before = proxy.parts.length;
      if (kills < mostKills) {
        const atOnce = kills % 2 === 1;
        await killAfter(run, random() * (atOnce ? 2_500 : 120), atOnce);
      }
      const killedAt = performance.now();
      const end = await run.ended;
      if (end.code !== null) {
        last = end;
        break;
      }
      kills += 1;
      const isOpen = ({ answeredAt }: PartSeen): boolean => answeredAt === undefined || answeredAt > killedAt - recordedAfterMs;
      for (const part of proxy.parts.slice(before)) if (isOpen(part)) mayRepeat.add(part.number);
    }
    expect(last.code, last.stderr).toBe(0);
    expect(last.summary).toMatchObject({ rowsRead: rows, rowsConfirmed: rows, rowsRejected: 0, rowsHeld: 0 });
    const uploads = new Set(proxy.parts.map(({ uploadId }) => uploadId));
    const times = new Map<number, number>();
    for (const { number } of proxy.parts) times.set(number, (times.get(number) ?? 0) + 1);
    const repeated = [...times].filter(([, count]) => count > 1).map(([number]) => number);
    expect(kills).toBe(mostKills);
    expect(uploads.size).toBe(1);
    expect(repeated.filter((number) => !mayRepeat.has(number))).toEqual([]);
    expect(proxy.parts.length - times.size).toBeLessThanOrEqual(kills * partsAtOnce);
    console.log(
      `${String(kills)} kills: ${String(times.size)} parts, ${String(proxy.parts.length - times.size)} sent again, ` +
        `all of them in flight at a kill (${String(mayRepeat.size)} were)`,
    );
    const reader = bucketReader(server, bucket);
    const [key = '', ...others] = await reader.keys('killed');
    expect(others).toEqual([]);
    expect(await reader.digest(key)).toBe(await fileDigest(file));
  });

  it('sends no object of a file again that lay there before a kill', async () => {
    const args = [...argsOf('pieces'), '--object-mb', '10'];
    const begun = proxy.requests.length;
    const partsBegun = proxy.parts.length;
    const mostKillsHere = 2;
    for (let kills = 1; kills <= mostKillsHere; kills += 1) {
      const run = spawnCli(args, { env: env() });
      let stillToCome = 5;
      await new Promise<void>((resolve) => {
        proxy.onPart = () => {
          stillToCome -= 1;
          if (stillToCome === 0) resolve();
        };
        void run.ended.then(() => {
          resolve();
        });
      });
      proxy.onPart = () => undefined;
      run.kill();
      expect((await run.ended).code).toBeNull();
    }
    const last = await runCli(args, { env: env() });
    expect(last.code, last.stderr).toBe(0);
    expect(last.summary).toMatchObject({ rowsConfirmed: rows, rowsHeld: 0 });
    const reader = bucketReader(server, bucket);
    const keys = [...(await reader.keys('pieces'))].sort();
    expect(keys.length).toBeGreaterThan(5);
    // Each is begun and completed once, but for those that were under way.
    const posts = proxy.requests.slice(begun).filter((request) => request.startsWith('POST'));
    const again = keys.filter((key) => posts.filter((request) => request.endsWith(key)).length > 2);
    expect(again.length).toBeLessThanOrEqual(mostKillsHere);
    expect(proxy.parts.length - partsBegun).toBeLessThanOrEqual(2 * keys.length + mostKillsHere * partsAtOnce);
    let bytes = 0;
    for (const key of keys) bytes += (await reader.text(key)).length;
    const header = (await reader.text(keys[0] ?? '')).indexOf('\n') + 1;
    expect(bytes - (keys.length - 1) * header).toBe(statSync(file).size);
  });

  it('waits while the store is away and goes on when it is back', async () => {
    const port = Number(new URL(server.endpoint).port);
    const run = spawnCli(argsOf('away'), { env: env() });
    await new Promise<void>((resolve) => {
      proxy.onPart = () => {
        resolve();
      };
    });
    proxy.onPart = () => undefined;
    await server.stop();
    server = await startS3Server([], { dir: serverDir, port });
    const first = await run.ended;
    // On a slow machine the store is away longer than is waited for: then the same command goes on.
    const last = first.code === 0 ? first : await runCli(argsOf('away'), { env: env() });
    expect(last.code, last.stderr).toBe(0);
    expect(last.summary).toMatchObject({ rowsConfirmed: rows, rowsHeld: 0 });
    const reader = bucketReader(server, bucket);
    const [key = ''] = await reader.keys('away');
    expect(await reader.digest(key)).toBe(await fileDigest(file));
  });

  it('ends uploads of its own that nobody goes on with', async () => {
    const run = spawnCli(argsOf('orphan'), { env: env() });
    await killAfter(run, 0);
    // Another data folder: what the first one knew is lost.
    rmSync(join(folder, 'data-orphan'), { recursive: true, force: true });
    const before = proxy.requests.length;
    const again = await runCli(argsOf('orphan'), { env: env() });
    expect(again.code, again.stderr).toBe(0);
    expect(proxy.requests.slice(before).filter((request) => request.startsWith('DELETE'))).toHaveLength(1);
  });
});
