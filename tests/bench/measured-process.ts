import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

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

const field = (text: string, name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0) * 1_024;

/** Runs a command to its end and measures it through /proc. */
export async function measure(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Measured> {
  const begun = performance.now();
  const child = spawn(command, [...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000)));
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
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
  clearInterval(timer);
  return { seconds: (performance.now() - begun) / 1_000, peakBytes, cpuSeconds, exitCode, output, memoryBytes };
}
