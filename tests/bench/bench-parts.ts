/** What the benchmarks of watched folders share: a sink of their own, and the command line that watches. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startMeasured, type RunningProcess } from './measured-process.ts';

const here = path.resolve('tests/bench');
const secrets = { FINEO_API_KEY: 'bench', AWS_ACCESS_KEY_ID: 'AKIDBENCH', AWS_SECRET_ACCESS_KEY: 'bench-secret' };

export interface SinkProcess {
  readonly root: string;
  /** Answer of the sink, as JSON. */
  ask(what: 'counts' | 'arrivals'): Promise<unknown>;
  /** Rows that came so far. */
  rows(): Promise<number>;
  stop(): void;
}

export async function startSink(file: 'sink.ts' | 'recording-sink.ts', args: readonly string[] = []): Promise<SinkProcess> {
  const child = spawn(process.execPath, [path.join(here, file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { root } = JSON.parse(line.toString()) as { readonly root: string };
  const ask = async (what: string): Promise<unknown> => (await fetch(`${root}/${what}`)).json();
  return {
    root,
    ask,
    rows: async () => ((await ask('counts')) as { readonly rows: number }).rows,
    stop: () => void child.kill(),
  };
}

export interface WatchProcess extends RunningProcess {
  /** What it has said; `at`: of `performance.now()`. */
  readonly lines: readonly { readonly at: number; readonly line: Readonly<Record<string, unknown>> }[];
  readonly startedAt: number;
}

export function startWatching(folder: string, root: string, dataDir: string, args: readonly string[] = []): WatchProcess {
  const lines: { readonly at: number; readonly line: Readonly<Record<string, unknown>> }[] = [];
  const startedAt = performance.now();
  const started = startMeasured(
    process.execPath,
    ['dist/cli.js', 'watch', folder, '--root', root, '--metric-type', 'rows', '--json', '--data-dir', dataDir, ...args],
    {
      env: { ...process.env, ...secrets },
      onLine: (text) => {
        if (text.startsWith('{')) lines.push({ at: performance.now(), line: JSON.parse(text) as Readonly<Record<string, unknown>> });
      },
    },
  );
  return { ...started, lines, startedAt };
}

/** Looks until it holds; ends with an error when the process has gone or the time is out. */
export async function reach(
  what: string,
  run: RunningProcess,
  holds: () => boolean | Promise<boolean>,
  { deadlineMs = 600_000, everyMs = 20 }: { readonly deadlineMs?: number; readonly everyMs?: number } = {},
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (run.child.exitCode !== null) throw new Error(`ended before ${what}: ${(await run.measured).output.slice(-2_000)}`);
    if (performance.now() > end) {
      const { output } = await run.stop('SIGKILL');
      throw new Error(`not reached in ${String(deadlineMs / 1_000)} s: ${what}: ${output.slice(-2_000)}`);
    }
    await delay(everyMs);
  }
}

/** Milliseconds from its start to the first word that the folder has been looked through. */
export function scannedAfterMs({ lines, startedAt }: WatchProcess): number | undefined {
  const first = lines.find(({ line }) => line['kind'] === 'folder' && line['state'] !== 'scanning');
  return first === undefined ? undefined : first.at - startedAt;
}
