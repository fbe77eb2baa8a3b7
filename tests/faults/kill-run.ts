/**
 * Uploads a file with the command line, kills it again and again, and counts what the sandbox holds in the end. By hand:
 * `node tests/faults/kill-run.ts --kills 50 --route batch|stream --seed 1`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { spawnCli, type CliProcess, type EndedProcess } from '../fakes/cli-process.ts';
import { countStored, writeCsvFile, type StoredCounts } from '../fakes/generated-csv.ts';
import { seeded } from '../fakes/seeded.ts';

export interface KillRunOptions {
  readonly route: 'batch' | 'stream';
  readonly kills: number;
  readonly seed: number;
  readonly rows: number;
  /** No more kills after so many milliseconds. */
  readonly budgetMs?: number;
}

export interface KillRunReport extends StoredCounts {
  readonly route: 'batch' | 'stream';
  readonly rows: number;
  readonly kills: number;
  readonly possiblyRepeated: number;
  readonly exitCode: number | null;
  readonly summary: Readonly<Record<string, unknown>> | undefined;
  /** Rows that can be under way at once: a kill can repeat so many. */
  readonly rowsInFlight: number;
  readonly stderr: string;
}

const concurrency = 4;
/** By each route: requests of the whole file, requests a second, characters that make a row longer. */
const paces = {
  stream: { requests: (rows: number) => rows / 500, rate: 60, padding: 0 },
  batch: { requests: (rows: number) => rows / 13_000, rate: 4, padding: 330 },
} as const;

/** Looks every few milliseconds; also ends when the process does. */
async function reach(run: CliProcess, isReached: () => boolean): Promise<void> {
  while (!isReached() && !run.hasEnded()) await delay(3);
}

/** A moment: while it starts, after some requests, or when nearly everything is stored. */
async function awaitMoment(
  run: CliProcess,
  sandbox: Sandbox,
  random: () => number,
  kind: number,
  step: number,
  nearlyAll: number,
): Promise<void> {
  const begun = sandbox.status().requests;
  if (kind < 0.15) {
    await Promise.race([delay(random() * 700), run.ended]);
    return;
  }
  const requests = 1 + Math.floor(random() * 2 * step);
  await reach(run, kind > 1 ? () => sandbox.status().rows >= nearlyAll : () => sandbox.status().requests >= begun + requests);
  await Promise.race([delay(random() * 120), run.ended]);
}

export async function killRun({ route, kills, seed, rows, budgetMs = Infinity }: KillRunOptions): Promise<KillRunReport> {
  const random = seeded(seed).next;
  const folder = mkdtempSync(path.join(tmpdir(), 'kill-run-'));
  const pace = paces[route];
  const sandbox = await startSandbox({ dataDir: path.join(folder, 'service') });
  try {
    const file = path.join(folder, 'rows.csv');
    writeCsvFile(file, { rows, padding: pace.padding });
    // Every other answer comes late: what is applied and not yet answered is where a kill does most harm.
    sandbox.setFaults([{ kind: 'latency', delayMs: 60, rate: 0.5 }]);
    const { root, region, secrets } = sandbox.access;
    const env = { FINEO_API_KEY: secrets.apiKey, AWS_ACCESS_KEY_ID: secrets.accessKeyId, AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey };
    const target = ['--root', root, '--region', region, '--route', route, '--metric-type', 'rows', '--concurrency', String(concurrency)];
    const start = (rate: number, burst: number): CliProcess =>
      spawnCli(
        ['upload', file, ...target, '--rate', String(rate), '--burst', String(burst), '--data-dir', path.join(folder, 'data'), '--json'],
        { env },
      );
    const step = (pace.requests(rows) * 0.85) / kills;
    const until = performance.now() + budgetMs;
    let killed = 0;
    let ended: EndedProcess | undefined;
    while (killed < kills && ended === undefined && performance.now() < until) {
      const run = start(pace.rate, 2);
      // The last tenth of the kills is for the end of the file.
      const isLate = killed >= kills * 0.9;
      await awaitMoment(run, sandbox, random, isLate ? 2 : random(), step, rows * (0.96 + random() * 0.04));
      run.kill();
      const result = await run.ended;
      if (result.code === null) killed += 1;
      else ended = result;
    }
    ended ??= await start(1_000, 100).ended;
    return {
      ...countStored(sandbox, 'rows', rows),
      ...{ route, rows, kills: killed, exitCode: ended.code, summary: ended.summary, stderr: ended.stderr },
      possiblyRepeated: Number(ended.summary?.['possiblyRepeated']),
      rowsInFlight: concurrency * Math.ceil(rows / pace.requests(rows)),
    };
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      route: { type: 'string', default: 'batch' },
      seed: { type: 'string', default: '1' },
      rows: { type: 'string', default: '200000' },
    },
  });
  const route = values.route === 'stream' ? 'stream' : 'batch';
  const report = await killRun({ route, kills: Number(values.kills), seed: Number(values.seed), rows: Number(values.rows) });
  console.log(JSON.stringify(report, undefined, 2));
  const { lost, repeated, possiblyRepeated, exitCode } = report;
  if (lost > 0 || exitCode !== 0 || repeated > (route === 'stream' ? possiblyRepeated : 0)) process.exitCode = 1;
}
