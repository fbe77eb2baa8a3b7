/** Runs the built command line (`dist/cli.js`) as scripts do: a process of its own, its streams, its exit code. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const cli = path.resolve(import.meta.dirname, '../../dist/cli.js');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Objects of standard output; a line that is none fails the test. */
  readonly objects: () => readonly Record<string, unknown>[];
  readonly summary: () => Record<string, unknown>;
}

export interface CliRun {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<CliResult>;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string, run: ChildProcessWithoutNullStreams) => void;
}

/** Starts a command; nothing of the environment of the tests reaches it but the path. */
export function startCli(args: readonly string[], { env = {}, stdin = '', onLine }: CliOptions = {}): CliRun {
  const child = spawn(process.execPath, [cli, ...args], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  let stderr = '';
  const lines: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine?.(line, child);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const objects = () => lines.map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
      const summary = () => {
        const last = objects().at(-1);
        if (last?.['kind'] !== 'summary') throw new Error(`the last line is no summary: ${lines.at(-1) ?? '(none)'}\n${stderr}`);
        return last;
      };
      resolve({ code, stdout: lines.join('\n'), stderr, objects, summary });
    });
  });
  return { child, ended };
}

export const runCli = (args: readonly string[], options?: CliOptions): Promise<CliResult> => startCli(args, options).ended;

const readySchema = z.strictObject({
  kind: z.literal('ready'),
  root: z.url(),
  apiKey: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  region: z.string(),
});

export interface RunningSandbox {
  readonly root: string;
  readonly region: string;
  /** The secrets, as `upload --root` takes them. */
  readonly env: Readonly<Record<'FINEO_API_KEY' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
  /** Rows of each table. */
  tables(): Promise<Readonly<Record<string, number>>>;
  /** Rows of one table, waited for until there are `rows`: batches are taken in a little after they were answered. */
  rowsOf(table: string, rows: number): Promise<number>;
  stop(): Promise<CliResult>;
}

export async function startSandbox(
  dataDir: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSandbox> {
  let told: (line: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => (told = resolve));
  const run = startCli(['sandbox', '--json', '--data-dir', dataDir, ...args], { env, onLine: (line) => told(line) });
  const line = await Promise.race([
    first,
    run.ended.then(({ code, stderr }) => Promise.reject(new Error(`the sandbox ended with ${String(code)}: ${stderr}`))),
  ]);
  const ready = readySchema.parse(JSON.parse(line));
  const tables = async (): Promise<Readonly<Record<string, number>>> => {
    const answer = await fetch(`${ready.root}/sandbox/tables`, { headers: { 'x-api-key': ready.apiKey } });
    const body = z.object({ tables: z.array(z.object({ name: z.string(), rows: z.number() })) }).parse(await answer.json());
    return Object.fromEntries(body.tables.map(({ name, rows }) => [name, rows]));
  };
  return {
    root: ready.root,
    region: ready.region,
    env: { FINEO_API_KEY: ready.apiKey, AWS_ACCESS_KEY_ID: ready.accessKeyId, AWS_SECRET_ACCESS_KEY: ready.secretAccessKey },
    tables,
    rowsOf: async (table, rows) => {
      const until = Date.now() + 20_000;
      let count = (await tables())[table] ?? 0;
      // Each look waits for an answer; there is nothing that tells when the sandbox is done.
      while (count !== rows && Date.now() < until) count = (await tables())[table] ?? 0;
      return count;
    },
    stop: () => {
      run.child.kill('SIGTERM');
      return run.ended;
    },
  };
}

export interface WorkFolder {
  readonly path: string;
  at(name: string): string;
  write(name: string, text: string): string;
  /** Text of every file below, as bytes would be searched. */
  everything(): readonly { readonly file: string; readonly text: string }[];
  remove(): void;
}

export function workFolder(): WorkFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'cli-'));
  const at = (name: string): string => path.join(folder, name);
  return {
    path: folder,
    at,
    write: (name, text) => {
      writeFileSync(at(name), text);
      return at(name);
    },
    everything: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .map((file) => ({ file, text: readFileSync(file, 'latin1') })),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** A CSV file of `rows` rows, a second apart, beginning with `first`. */
export const csvText = (rows: number, first = 0): string =>
  `timestamp,metrictype,machine,temperature\n${Array.from({ length: rows }, (_, index) => {
    const row = first + index;
    return `${1_500_000_000_000 + row * 1_000},machines,m${row % 7},${(row % 900) / 10}\n`;
  }).join('')}`;
