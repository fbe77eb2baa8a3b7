/** What every command gets from the process it runs in; tests give their own. */
import type { Engine } from '../engine/engine.ts';
import type { Clock, Logger, SecretVault } from '../engine/ports.ts';

export interface CliOutput {
  /** A line on standard output. With `--json` only `object` writes there. */
  line(text: string): void;
  /** An object on standard output, as JSON in one line. */
  object(value: Readonly<Record<string, unknown>>): void;
  /** A line on standard error: what goes wrong and what is said by the way. */
  note(text: string): void;
  /** Standard output when a person watches it: progress bars are drawn there. */
  readonly terminal: NodeJS.WriteStream | undefined;
}

export interface CliInput {
  /** True when a person can be asked. */
  readonly isTerminal: boolean;
  /** All of standard input. */
  readAll(): Promise<string>;
  /** Asks on the terminal without showing what is typed. */
  askSecret(question: string): Promise<string>;
}

/** An engine on a data folder that no other process uses meanwhile. */
export interface EngineSession {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly vault: SecretVault['kind'];
  close(): Promise<void>;
}

export interface EngineSessionOptions {
  readonly dataDir: string;
  /** `saved`: secrets are kept in the data folder, those of the environment aside. `memory`: none is ever written. */
  readonly secrets: 'saved' | 'memory';
  /** Go on with what an earlier run left; else that waits for the same `upload` to be run again. */
  readonly resume?: boolean;
  /** `saved`: every folder that was saved is watched from the start. Default: only those that are asked for. */
  readonly watch?: 'saved' | 'asked';
  /** Keep `status.json` up to date, for `status`. */
  readonly tellsStatus?: boolean;
}

export interface CliContext {
  readonly version: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: CliOutput;
  readonly input: CliInput;
  /** Aborts at the first Ctrl+C or request to end; a second one ends the process at once. */
  readonly interruption: AbortSignal;
  /** Milliseconds; only differences mean something. */
  readonly monotonic: () => number;
  /** Folder of the bundle, with the workers, the interface and the samples beside it. */
  readonly bundleDir: string;
  /** Throws `data-dir-locked` when another process uses the folder, `journal-newer`, `disk-full`. */
  readonly openEngine: (options: EngineSessionOptions) => Promise<EngineSession>;
}

/** Runs `use` with an engine and closes it whatever happens. */
export async function withEngine<T>(context: CliContext, dataDir: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const session = await context.openEngine({ dataDir, secrets: 'saved' });
  try {
    return await use(session.engine);
  } finally {
    await session.close();
  }
}
