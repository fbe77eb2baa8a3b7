/** A watched folder with its sandbox, and the built command line that watches it, in processes that can be stopped and killed. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../electron/sandbox/server.ts';
import { faultSchema, type Fault } from '../../shared/contract/sandbox.ts';
import type { Route } from '../../shared/model/route.ts';
import { spawnCli, type CliProcess, type CliProcessOptions, type EndedProcess, type JsonLine } from './cli-process.ts';
import { storedIds } from './generated-csv.ts';
import { possiblyRepeatedOf } from './journal-counts.ts';
import { engineFolder, type EngineFolder } from './running-engine.ts';
import { until } from './until.ts';

/** What a line has to hold; `path` is compared with the end of the line's. */
export type LineLike = Readonly<Record<string, unknown>>;

export interface WatchRun extends CliProcess {
  readonly lines: readonly JsonLine[];
  /** The first line of this kind after the first `skip` lines, as soon as it is there. Rejects when the process ends without it. */
  told(wanted: LineLike, options?: { readonly skip?: number; readonly deadlineMs?: number }): Promise<JsonLine>;
  /** SIGTERM; what was begun is brought to an end. */
  stop(): Promise<EndedProcess>;
  /** SIGKILL. */
  crash(): Promise<void>;
}

export interface WatchWishes extends Pick<CliProcessOptions, 'node' | 'runAs' | 'wrapper' | 'env'> {
  /** Of the service; the sandbox by default. */
  readonly root?: string;
  readonly route?: Route;
  /** More arguments. */
  readonly args?: readonly string[];
}

export interface Accounts {
  readonly lost: readonly number[];
  /** Ids that are there more often than they should, as often as they are too many. */
  readonly repeated: number;
  /** Ids that nobody wrote. */
  readonly strange: readonly number[];
}

export interface WatchPlace {
  readonly work: EngineFolder;
  /** The watched folder. */
  readonly inbox: string;
  readonly dataDir: string;
  readonly sandbox: Sandbox;
  /** Path in the watched folder. */
  at(name: string): string;
  write(name: string, content: string | Uint8Array): string;
  append(name: string, content: string | Uint8Array): void;
  /** Writes of the stream and batch routes only, unless a path is given. */
  faults(...faults: readonly (Omit<Fault, 'rate'> & { readonly rate?: number })[]): void;
  watch(wishes?: WatchWishes): WatchRun;
  /** Runs until all that is there was dealt with. */
  once(wishes?: WatchWishes): Promise<EndedProcess>;
  /** Resolves when the sandbox holds so many rows. */
  stored(rows: number, deadlineMs?: number): Promise<void>;
  /** Compares what is stored with the ids that should be, each as often as it is in the list. */
  accounts(ids: Iterable<number>): Accounts;
  texts(field: string): readonly (string | undefined)[];
  /** Rows that the journal says may be there twice. */
  possiblyRepeated(): number;
  /** Closes the sandbox and starts it again with its data, at the same address. */
  outage(meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const isLike = (line: JsonLine, wanted: LineLike): boolean =>
  Object.entries(wanted).every(([key, value]) =>
    key === 'path' && typeof value === 'string' ? String(line[key]).endsWith(value) : line[key] === value,
  );

export const idRange = (first: number, rows: number): readonly number[] => Array.from({ length: rows }, (_, index) => first + index);

export function accountsOf(stored: ReadonlyMap<number, number>, ids: Iterable<number>): Accounts {
  const wanted = new Map<number, number>();
  for (const id of ids) wanted.set(id, (wanted.get(id) ?? 0) + 1);
  const lost: number[] = [];
  let repeated = 0;
  for (const [id, times] of wanted) {
    const there = stored.get(id) ?? 0;
    if (there < times) lost.push(id);
    repeated += Math.max(0, there - times);
  }
  return { lost, repeated, strange: [...stored.keys()].filter((id) => !wanted.has(id)) };
}

export const allOnce: Accounts = { lost: [], repeated: 0, strange: [] };

function watchRun(args: readonly string[], options: CliProcessOptions): WatchRun {
  const lines: JsonLine[] = [];
  const run = spawnCli(args, { ...options, onLine: (line) => lines.push(line) });
  const lastWords = (): string =>
    lines
      .slice(-12)
      .map((line) => JSON.stringify(line))
      .join('\n');
  return {
    ...run,
    lines,
    async told(wanted, { skip = 0, deadlineMs = 30_000 } = {}) {
      let found: JsonLine | undefined;
      const look = (): boolean => (found = lines.slice(skip).find((line) => isLike(line, wanted))) !== undefined || run.hasEnded();
      await until(`a line like ${JSON.stringify(wanted)}`, look, { deadlineMs, told: lastWords });
      if (found !== undefined) return found;
      const { code, stderr } = await run.ended;
      found = lines.slice(skip).find((line) => isLike(line, wanted));
      if (found === undefined) throw new Error(`ended with ${String(code)} without ${JSON.stringify(wanted)}: ${stderr}\n${lastWords()}`);
      return found;
    },
    stop() {
      run.kill('SIGTERM');
      return run.ended;
    },
    async crash() {
      run.kill('SIGKILL');
      await run.ended;
    },
  };
}

export async function watchPlace(
  options: { readonly sandbox?: Partial<SandboxOptions>; readonly route?: Route } = {},
): Promise<WatchPlace> {
  const work = engineFolder();
  const inbox = work.at('inbox');
  const dataDir = work.at('data');
  mkdirSync(inbox);
  const start = (port = 0): Promise<Sandbox> => startSandbox({ dataDir: work.at('service'), port, ...options.sandbox });
  let sandbox = await start();
  const runs: WatchRun[] = [];
  const at = (name: string): string => path.join(inbox, name);
  const write = (name: string, content: string | Uint8Array): string => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  const watch = ({
    root = sandbox.access.root,
    route = options.route ?? 'stream',
    args = [],
    env = {},
    ...how
  }: WatchWishes = {}): WatchRun => {
    const { apiKey, accessKeyId, secretAccessKey } = sandbox.access.secrets;
    const run = watchRun(
      [
        ...['watch', inbox, '--root', root, '--region', sandbox.access.region, '--route', route, '--metric-type', 'rows'],
        ...['--data-dir', dataDir, '--json', ...args],
      ],
      { ...how, env: { FINEO_API_KEY: apiKey, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...env } },
    );
    runs.push(run);
    return run;
  };
  return {
    ...{ work, inbox, dataDir, at, write, watch },
    get sandbox() {
      return sandbox;
    },
    append: (name, content) => appendFileSync(at(name), content),
    faults: (...faults) =>
      sandbox.setFaults(
        faults
          .flatMap((fault) =>
            fault.path === undefined ? ['/stream/event', '/upload/data/'].map((at) => ({ ...fault, path: at })) : [fault],
          )
          .map((fault) => faultSchema.parse(fault)),
      ),
    once: ({ args = [], ...wishes } = {}) => watch({ ...wishes, args: ['--once', ...args] }).ended,
    stored: (rows, deadlineMs = 30_000) =>
      until(`${String(rows)} stored rows`, () => sandbox.status().rows >= rows, {
        deadlineMs,
        told: () => `(${String(sandbox.status().rows)} are there; last line: ${JSON.stringify(runs.at(-1)?.lines.at(-1))})`,
      }),
    accounts: (ids) => accountsOf(storedIds(sandbox, 'rows'), ids),
    texts: (field) => sandbox.rows({ table: 'rows', offset: 0, limit: Number.MAX_SAFE_INTEGER }).rows.map(({ fields }) => fields[field]),
    possiblyRepeated: () => possiblyRepeatedOf(dataDir),
    async outage(meanwhile) {
      const port = Number(new URL(sandbox.access.root).port);
      await sandbox.close();
      await meanwhile();
      sandbox = await start(port);
    },
    async close() {
      for (const run of runs) if (!run.hasEnded()) await run.crash();
      await sandbox.close();
      work.remove();
    },
  };
}
