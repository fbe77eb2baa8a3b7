/** Runs of the command line on one folder and one journal, one after the other. */
import { spawnCli, type CliProcess, type EndedProcess, type JsonLine } from '../fakes/cli-process.ts';

export interface TortureWatcher {
  /** Rejects when the run before has ended by itself, which it must not. */
  start(): Promise<void>;
  isRunning(): boolean;
  /** Whether the run that is under way has said something: it watches. */
  hasSpoken(): boolean;
  kills(): number;
  /** SIGKILL. Rejects as `start` does. */
  kill(): Promise<void>;
  /** Runs it until everything was dealt with; killed after `drainMs`. */
  drained(drainMs: number): Promise<EndedProcess>;
  /** Whether it has said that it is done with the file, after the time (of `performance.now()`), and nothing else since. */
  isConfirmed(name: string, since: number): boolean;
}

export function createTortureWatcher(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  log: (line: JsonLine) => void,
): TortureWatcher {
  const doneAt = new Map<string, number>();
  let run: CliProcess | undefined;
  let killed = 0;
  let spoke = false;
  const onLine = (line: JsonLine): void => {
    log(line);
    spoke = true;
    if (line['kind'] !== 'file') return;
    const file = String(line['path']);
    if (line['state'] === 'done') doneAt.set(file, performance.now());
    else doneAt.delete(file);
  };
  const start = (more: readonly string[] = []): CliProcess => {
    doneAt.clear();
    spoke = false;
    return (run = spawnCli([...args, ...more], { env, onLine }));
  };
  /** Ends the run there is; nothing but a signal of ours may have done so before. */
  const end = async (): Promise<void> => {
    if (run === undefined) return;
    const endedByItself = run.hasEnded();
    run.kill('SIGKILL');
    const { code, stderr } = await run.ended;
    if (endedByItself) throw new Error(`the command line ended by itself with ${String(code)}: ${stderr}`);
    killed += 1;
    run = undefined;
  };
  return {
    async start() {
      await end();
      start();
    },
    isRunning: () => run?.hasEnded() === false,
    hasSpoken: () => spoke,
    kills: () => killed,
    kill: end,
    async drained(drainMs) {
      const last = start(['--once']);
      const timer = setTimeout(() => last.kill('SIGKILL'), drainMs);
      const ended = await last.ended;
      clearTimeout(timer);
      return ended;
    },
    isConfirmed(name, since) {
      const at = [...doneAt].find(([file]) => file === name || file.endsWith(`/${name}`))?.[1];
      return at !== undefined && at > since;
    },
  };
}
