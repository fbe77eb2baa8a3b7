import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Measured {
  readonly seconds: number;
  /** The most memory it had in RAM at once (Linux: VmHWM), in bytes; of the process itself, not of its children. */
  readonly peakBytes: number;
  /** Seconds of processor time, user and system, children that have ended included. */
  readonly cpuSeconds: number;
  readonly exitCode: number;
  readonly output: string;
  /** Memory in RAM, sampled four times a second. */
  readonly memoryBytes: readonly number[];
}

/** A process that is being measured through /proc. */
export interface RunningProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when it has ended. */
  readonly measured: Promise<Measured>;
  /** Seconds of processor time so far. */
  cpuSeconds(): number;
  stop(signal: NodeJS.Signals): Promise<Measured>;
}

const field = (text: string, name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) * 1_024;

/** Starts a command and measures it until its end. `onLine` is told each line of its standard output. */
export function startMeasured(
  command: string,
  args: readonly string[],
  { env = process.env, onLine = () => undefined }: { readonly env?: NodeJS.ProcessEnv; readonly onLine?: (line: string) => void } = {},
): RunningProcess {
  const begun = performance.now();
  const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const pid = child.pid ?? 0;
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  createInterface({ input: child.stdout }).on('line', onLine);
  let peakBytes = 0;
  let cpuSeconds = 0;
  const memoryBytes: number[] = [];
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
      peakBytes = Math.max(peakBytes, field(status, 'VmHWM'));
      memoryBytes.push(field(status, 'VmRSS'));
      const stat =
        readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
          .split(') ')[1]
          ?.split(' ') ?? [];
      cpuSeconds = stat.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
    } catch {
      // It has ended, or this system has no /proc.
    }
  };
  const timer = setInterval(look, 250);
  const measured = new Promise<Measured>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - begun) / 1_000, peakBytes, cpuSeconds, exitCode: code ?? -1, output, memoryBytes });
    });
  });
  return {
    ...{ child, pid, measured },
    cpuSeconds: () => {
      look();
      return cpuSeconds;
    },
    stop(signal) {
      look();
      child.kill(signal);
      return measured;
    },
  };
}

/** Runs a command to its end. */
export const measure = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Measured> =>
  startMeasured(command, args, { env }).measured;
