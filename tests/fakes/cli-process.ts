/** The built command line as a process of its own that can be killed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Folder of the built command line: `dist/`, or the one that the environment names. */
export const distDir = path.resolve(import.meta.dirname, '../..', process.env['UPLOADER_DIST'] ?? 'dist');

export type JsonLine = Readonly<Record<string, unknown>>;

export interface EndedProcess {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON lines; a line that was cut off by a kill is left out. */
  readonly lines: readonly JsonLine[];
  /** The last line, when it is a summary. */
  readonly summary: JsonLine | undefined;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedProcess>;
  /** True as soon as the process is gone. */
  readonly hasEnded: () => boolean;
  kill(signal?: NodeJS.Signals): void;
}

export interface CliProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Which Node runs it; this one by default. */
  readonly node?: string;
  /** Another user's id (root only). */
  readonly runAs?: number;
  /** A command that starts it, such as one that sets limits. */
  readonly wrapper?: readonly string[];
  readonly onLine?: (line: JsonLine) => void;
}

/** The Nodes at hand: the one that runs the tests, and the system's when there is one. */
export const nodes: readonly string[] = [...new Set([process.execPath, ...(existsSync('/usr/bin/node') ? ['/usr/bin/node'] : [])])];

function parsed(line: string): JsonLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as JsonLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the command line; nothing of the environment of the tests reaches it but the path. */
export function spawnCli(
  args: readonly string[],
  { env = {}, stdin = '', node = process.execPath, runAs, wrapper = [], onLine }: CliProcessOptions = {},
): CliProcess {
  const [command = node, ...rest] = [...wrapper, node, path.join(distDir, 'cli.js'), ...args];
  const child = spawn(command, rest, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    ...(runAs === undefined ? {} : { uid: runAs, gid: runAs }),
  });
  const lines: JsonLine[] = [];
  let stdout = '';
  let stderr = '';
  let gone = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout += `${line}\n`;
    const object = parsed(line);
    if (object === undefined) return;
    lines.push(object);
    onLine?.(object);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  child.once('exit', () => (gone = true));
  const ended = new Promise<EndedProcess>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const last = lines.at(-1);
      resolve({ code, stdout, stderr, lines, summary: last?.['kind'] === 'summary' ? last : undefined });
    });
  });
  return { child, ended, hasEnded: () => gone, kill: (signal = 'SIGKILL') => void child.kill(signal) };
}

export const runCli = (args: readonly string[], options?: CliProcessOptions): Promise<EndedProcess> => spawnCli(args, options).ended;
