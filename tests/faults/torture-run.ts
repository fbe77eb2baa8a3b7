/**
 * Everything at once: loggers append, rotate, rewrite, create and delete, the service fails in every way it can, the command
 * line that watches is killed again and again. Then all faults end, and it is counted where each row is.
 * By hand: `npm run torture -- --minutes 10 --seed 1 [--seeds 20] [--route stream|batch] [--files 50] [--keep]`
 */
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import type { Route } from '../../shared/model/route.ts';
import type { JsonLine } from '../fakes/cli-process.ts';
import { storedIds } from '../fakes/generated-csv.ts';
import { possiblyRepeatedOf } from '../fakes/journal-counts.ts';
import { seeded } from '../fakes/seeded.ts';
import { drawFaults } from './torture-faults.ts';
import { createTortureFiles, type Operation } from './torture-files.ts';
import { createTortureWatcher } from './torture-watcher.ts';

export interface TortureOptions {
  readonly route: Route;
  readonly seed: number;
  readonly seconds: number;
  readonly files: number;
  /** Keeps files, journal and what was done, when a row was lost or repeated, or the last run ended with something to attend to. */
  readonly keep?: boolean;
  /** How long everything may take to be sent once the faults have ended. */
  readonly drainMs?: number;
}

export interface TortureReport {
  readonly kind: 'torture';
  readonly route: Route;
  readonly seed: number;
  readonly seconds: number;
  readonly operations: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly requests: number;
  readonly written: number;
  readonly stored: number;
  readonly unique: number;
  readonly repeated: number;
  readonly possiblyRepeated: number;
  readonly lost: number;
  /** Ids that are stored and were never written. */
  readonly strange: number;
  /** Of the last run, which goes on until all is confirmed; null when it had to be ended. */
  readonly exitCode: number | null;
  readonly summary: JsonLine | undefined;
  readonly stderr: string;
  /** Some of the lost rows. */
  readonly lostIds: readonly number[];
  readonly repeatedIds: readonly number[];
  /** Where everything was kept. */
  readonly kept: string | undefined;
}

/** Longer than any row stays open; what is settled is read to its last byte, line end or not. */
const settleMs = 5_000;
const openRowMs = 1_000;
/** What the service has of a table is asked for again after so long. */
const staleMs = 1_000;

function count(sandbox: Sandbox, written: ReadonlyMap<number, string>) {
  const times = new Map<number, number>();
  for (const { name } of sandbox.tables()) for (const [id, rows] of storedIds(sandbox, name)) times.set(id, (times.get(id) ?? 0) + rows);
  const stored = [...times.values()].reduce((sum, rows) => sum + rows, 0);
  const lostIds = [...written.keys()].filter((id) => !times.has(id));
  const repeatedIds = [...times].filter(([, rows]) => rows > 1).map(([id]) => id);
  const strange = [...times.keys()].filter((id) => !written.has(id)).length;
  const counts = { written: written.size, stored, unique: times.size, repeated: stored - times.size, lost: lostIds.length, strange };
  return { ...counts, lostIds: lostIds.slice(0, 20), repeatedIds: repeatedIds.slice(0, 20) };
}

export const isGood = ({ route, lost, strange, repeated, possiblyRepeated }: TortureReport): boolean =>
  lost === 0 && strange === 0 && repeated <= (route === 'batch' ? 0 : possiblyRepeated);

export async function tortureRun({ route, seed, seconds, files, keep = false, drainMs = 600_000 }: TortureOptions): Promise<TortureReport> {
  const random = seeded(seed);
  const work = mkdtempSync(path.join(tmpdir(), 'torture-'));
  const [inbox, dataDir] = [path.join(work, 'inbox'), path.join(work, 'data')];
  mkdirSync(inbox);
  writeFileSync(path.join(work, 'mapping.json'), '{"version":1}');
  const sandbox = await startSandbox({ dataDir: path.join(work, 'service') });
  const [operationLog, lineLog] = ['operations.jsonl', 'lines.jsonl'].map((name) => createWriteStream(path.join(work, name)));
  const log = (to: typeof lineLog, entry: object): void => void to?.write(`${JSON.stringify({ ...entry, loggedAt: performance.now() })}\n`);
  const { root, region, secrets } = sandbox.access;
  const globs = ['*.csv', '*.csv.*', '*.ndjson', '*.ndjson.*'].flatMap((glob) => ['--include', glob]);
  const watcher = createTortureWatcher(
    [
      ...['watch', inbox, '--root', root, '--region', region, '--route', route, '--mapping', path.join(work, 'mapping.json'), ...globs],
      ...['--settle-ms', String(settleMs), '--data-dir', dataDir, '--json'],
    ],
    { FINEO_API_KEY: secrets.apiKey, AWS_ACCESS_KEY_ID: secrets.accessKeyId, AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey },
    (line) => log(lineLog, line),
  );
  const operations: Record<string, number> = {};
  const known = new Map<string, { readonly ids: ReadonlySet<number>; readonly at: number }>();
  const writers = createTortureFiles({
    ...{ folder: inbox, files, random },
    now: () => performance.now(),
    stored: (table) => {
      const last = known.get(table);
      if (last !== undefined && performance.now() - last.at < staleMs) return last.ids;
      const ids = new Set(storedIds(sandbox, table).keys());
      known.set(table, { ids, at: performance.now() });
      return ids;
    },
    // A request replaces itself (by the batch route) only as long as its rows are the same, and what has to be sent again is read
    // from the file. What was applied without an answer and is then changed in the file can be told apart by nobody, so rows are
    // changed when they are known to be confirmed.
    isConfirmed: (name, since) => watcher.isConfirmed(name, since),
    onOperation: (operation: Operation) => {
      operations[operation.name] = (operations[operation.name] ?? 0) + 1;
      log(operationLog, operation);
    },
  });
  const begun = performance.now();
  const due = { kill: 0, faults: 0, start: 0 };
  let worksFor = 0;
  let report: TortureReport | undefined;
  try {
    for (let now = begun; now - begun < seconds * 1_000; now = performance.now()) {
      writers.finishRows(openRowMs);
      for (let acts = random.between(0, 4); acts > 0; acts -= 1) writers.act();
      if (now > due.faults) {
        const faults = drawFaults(random, route);
        sandbox.setFaults(faults);
        log(operationLog, { name: 'faults', at: now, faults });
        due.faults = now + random.between(1_500, 5_000);
      }
      if (watcher.isRunning() && now > due.kill) {
        await watcher.kill();
        log(operationLog, { name: 'kill', at: now });
        due.start = now + (random.chance(0.5) ? 0 : random.between(0, 1_500));
      } else if (!watcher.isRunning() && now > due.start) {
        await watcher.start();
        // Some are killed while they start, the others when they have worked for a while, however slow the machine is.
        due.kill = random.chance(0.2) ? now + random.between(50, 700) : Infinity;
        worksFor = random.between(1_500, 9_000);
      } else if (due.kill === Infinity && watcher.hasSpoken()) {
        due.kill = now + worksFor;
      }
      await delay(25);
    }
    writers.finishRows(0);
    sandbox.setFaults([]);
    await watcher.kill();
    const ended = await watcher.drained(drainMs);
    const counts = count(sandbox, writers.written);
    report = {
      ...{ kind: 'torture', route, seed, seconds: Math.round((performance.now() - begun) / 1_000), operations, kills: watcher.kills() },
      ...{ requests: sandbox.status().requests, ...counts, possiblyRepeated: possiblyRepeatedOf(dataDir) },
      ...{ exitCode: ended.code, summary: ended.summary, stderr: ended.stderr.slice(-2_000), kept: undefined },
    };
    if (keep && (!isGood(report) || ended.code !== 0)) report = { ...report, kept: work };
    return report;
  } finally {
    if (watcher.isRunning()) await watcher.kill();
    await sandbox.close();
    for (const stream of [operationLog, lineLog])
      await new Promise<void>((resolve) => (stream === undefined ? resolve() : stream.end(resolve)));
    if (report?.kept === undefined && !(keep && report === undefined)) rmSync(work, { recursive: true, force: true, maxRetries: 5 });
    else console.error(`kept in ${work}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      seeds: { type: 'string', default: '1' },
      route: { type: 'string', default: 'stream' },
      files: { type: 'string', default: '50' },
      keep: { type: 'boolean', default: false },
    },
  });
  const route = values.route === 'batch' ? 'batch' : 'stream';
  const first = Number(values.seed);
  for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
    const report = await tortureRun({ route, seed, seconds: Number(values.minutes) * 60, files: Number(values.files), keep: values.keep });
    console.log(JSON.stringify(report));
    if (!isGood(report)) process.exitCode = 1;
  }
}
