#!/usr/bin/env node
/** The command line: `node dist/cli.js`. Parses, runs one command, ends with its exit code. */
import '../engine/small-heap.ts';
import { CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import type { CliContext } from './cli-context.ts';
import { exitCodeOf, exitCodes, type ExitCode } from './exit-codes.ts';
import { createProgram, exitCodeOfParser } from './program.ts';
import { failureLines, failureObject, failureOf } from './terminal/failure-text.ts';
import { createProcessInput, createProcessOutput } from './terminal/process-io.ts';

const output = createProcessOutput(process.stdout, process.stderr);
const interruption = new AbortController();
const wantsJson = process.argv.includes('--json');

const context: CliContext = {
  version: manifest.version,
  cwd: process.cwd(),
  env: process.env,
  output,
  input: createProcessInput(process.stdin, process.stderr),
  interruption: interruption.signal,
  monotonic: () => performance.now(),
  bundleDir: __dirname,
  openEngine: async (options) => (await import('./engine-session.ts')).openEngineSession(__dirname, options),
};

/** An expected failure says what to do; anything else is shown as the bug it is, with where it happened. */
function report(thrown: unknown): ExitCode {
  const failure = failureOf(thrown);
  if (wantsJson) output.object(failureObject(failure));
  failureLines('Error', failure).forEach((line) => output.note(line));
  if (failure.code === 'input-invalid') output.note('See: fineo-uploader --help');
  if (failure.code === 'internal' && thrown instanceof Error) {
    (thrown.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .forEach((line) => output.note(line));
  }
  return exitCodeOf(failure.code);
}

async function end(code: ExitCode): Promise<never> {
  await output.flush();
  process.exit(code);
}

function endOnSignals(): void {
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
      interruption.abort();
    });
  }
  process.on('uncaughtException', (error) => void end(report(error)));
  process.on('unhandledRejection', (reason) => void end(report(reason)));
}

async function runCommand(args: readonly string[]): Promise<ExitCode> {
  let chosen: (() => Promise<ExitCode>) | undefined;
  try {
    createProgram(context, (run) => {
      chosen = run;
    }).parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return exitCodeOfParser(error);
  }
  return chosen ? chosen() : exitCodes.done;
}

endOnSignals();
runCommand(process.argv.slice(2))
  .catch(report)
  .then(end)
  .catch(() => process.exit(exitCodes.bug));
