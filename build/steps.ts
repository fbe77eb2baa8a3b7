/** Runs the steps of a check or a test run as processes of their own and reports on them. */
import { spawn } from 'node:child_process';
import { root } from './repository.ts';

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** After that many milliseconds the step is ended and has failed. */
  readonly timeoutMs?: number;
  /** Shows the output as it comes instead of only when the step fails. */
  readonly live?: boolean;
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
}

/** A step that this Node runs: `file` is a script of the repository or of a tool. */
export const nodeStep = (name: string, file: string, args: readonly string[] = [], rest: Partial<Step> = {}): Step => ({
  name,
  command: process.execPath,
  args: [file, ...args],
  ...rest,
});

export function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(step.command, step.args, {
      cwd: root,
      env: { ...process.env, ...step.env },
      stdio: step.live === true ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      timeout: step.timeoutMs ?? 300_000,
      killSignal: 'SIGKILL',
    });
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const end = (passed: boolean): void => {
      resolve({ name: step.name, passed, seconds: (performance.now() - startedAt) / 1000, output });
    };
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code, signal) => {
      if (signal !== null) output += `\nended by ${signal}\n`;
      end(code === 0);
    });
  });
}

/** Runs `steps`, at most `width` at a time, and prints a line for each; the output of what failed follows its line. */
export async function runSteps(steps: readonly Step[], width: number): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  const queue = [...steps];
  const worker = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const result = await runStep(step);
      results.push(result);
      console.log(`${result.passed ? '  ok  ' : ' FAIL '} ${result.name.padEnd(24)} ${result.seconds.toFixed(1).padStart(6)} s`);
      if (!result.passed && result.output.trim() !== '') console.log(indent(lastLines(result.output, 200)));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

const lastLines = (text: string, count: number): string => {
  const lines = text.trimEnd().split('\n');
  return lines.length <= count ? lines.join('\n') : [`… ${String(lines.length - count)} lines before`, ...lines.slice(-count)].join('\n');
};

const indent = (text: string): string => text.replace(/^/gm, '       ');
