/** A command line without a process: what it writes is kept, what it asks for is given. */
import type { CliContext, CliOutput } from '../../electron/headless/cli-context.ts';
import type { Engine } from '../../electron/engine/engine.ts';

export interface RecordedOutput {
  readonly output: CliOutput;
  /** Lines of standard output. */
  readonly lines: readonly string[];
  /** Lines of standard error. */
  readonly notes: readonly string[];
}

export function recordedOutput(): RecordedOutput {
  const lines: string[] = [];
  const notes: string[] = [];
  const output: CliOutput = {
    line: (text) => void lines.push(text),
    object: (value) => void lines.push(JSON.stringify(value)),
    note: (text) => void notes.push(text),
    terminal: undefined,
  };
  return { output, lines, notes };
}

export interface RecordedCli extends RecordedOutput {
  readonly context: CliContext;
  readonly interrupt: () => void;
  /** Data folders that were opened and closed again. */
  readonly closed: readonly string[];
}

/** Every data folder is the one of `engine`; standard input is `stdin`, and what a person answers is `answers`. */
export function recordedCli(given: {
  readonly engine?: Partial<Engine>;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly answers?: readonly string[];
}): RecordedCli {
  const recorded = recordedOutput();
  const interruption = new AbortController();
  const closed: string[] = [];
  const answers = [...(given.answers ?? [])];
  let now = 0;
  const context: CliContext = {
    version: '0.0.0',
    cwd: process.cwd(),
    env: given.env ?? {},
    output: recorded.output,
    input: {
      isTerminal: given.answers !== undefined,
      readAll: () => Promise.resolve(given.stdin ?? ''),
      askSecret: () => Promise.resolve(answers.shift() ?? ''),
    },
    interruption: interruption.signal,
    monotonic: () => (now += 10),
    bundleDir: '/nowhere',
    openEngine: ({ dataDir }) =>
      Promise.resolve({
        engine: engineWith(given.engine ?? {}),
        clock: { now: () => 0, monotonic: () => now, sleep: () => Promise.resolve() },
        logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
        vault: 'memory' as const,
        close: async () => void closed.push(dataDir),
      }),
  };
  return { ...recorded, context, interrupt: () => interruption.abort(), closed };
}

/** An engine of which only `parts` may be used; anything else is a mistake of the test or of what it tests. */
function engineWith(parts: Partial<Engine>): Engine {
  return new Proxy({ notices: [], subscribe: () => ({ dispose: () => undefined }), ...parts } as Engine, {
    get: (target, name): unknown => {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`the engine was asked for ${String(name)}, which this test does not expect`);
    },
  });
}
