import { appendFileSync, mkdirSync } from 'node:fs';
import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Disposable, Logger } from '../engine/ports.ts';
import { createRedaction } from './redaction.ts';

export interface FileLoggerOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  /** The file is `<dataDir>/logs/<name>.log`. Each process has its own, since each rotates it. Default `uploader`. */
  readonly name?: string;
  /** Default 5,000,000. */
  readonly maxBytes?: number;
  /** Rotated files that are kept, `<name>.1.log` the newest. Default 3. */
  readonly keep?: number;
}

/** Writes JSON lines `{time, level, message, …context}`, a little later than they are said. */
export interface FileLogger extends Logger, Disposable {
  readonly file: string;
  /** Takes this text out of everything that is logged from now on. */
  redact(secret: string): void;
  flush(): Promise<void>;
  dispose(): Promise<void>;
}

type Level = 'info' | 'warn' | 'error';
type Context = Readonly<Record<string, string | number | boolean>>;

const flushDelayMs = 200;
/** Lines that are kept while the disk refuses them. */
const maxPendingLines = 5_000;

/** A logger never fails its caller: what cannot be written is counted, and the count is logged when it can. */
export function createFileLogger(options: FileLoggerOptions): FileLogger {
  const { clock, name = 'uploader', maxBytes = 5_000_000, keep = 3 } = options;
  const folder = path.join(options.dataDir, 'logs');
  const file = path.join(folder, `${name}.log`);
  const aside = (generation: number): string => path.join(folder, `${name}.${generation}.log`);
  const redaction = createRedaction();
  const timer = new AbortController();
  let pending: string[] = [];
  let dropped = 0;
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();

  const line = (level: Level, message: string, context: Context): string => {
    const entries = Object.entries(context).map(([key, value]) => [key, redaction.value(key, value)] as const);
    const own = { time: new Date(clock.now()).toISOString(), level, message: redaction.text(message) };
    // Named first to stand first, and again so that no context takes their place.
    return `${JSON.stringify({ ...own, ...Object.fromEntries(entries), ...own })}\n`;
  };

  const log = (level: Level, message: string, context: Context = {}): void => {
    if (pending.length >= maxPendingLines) {
      dropped += 1;
      return;
    }
    pending.push(line(level, message, context));
    if (scheduled) return;
    scheduled = true;
    void clock.sleep(flushDelayMs, timer.signal).then(() => {
      scheduled = false;
      return flush();
    });
  };

  const take = (): string => {
    const lines = dropped > 0 ? [...pending, line('warn', 'lines of this log were lost', { lines: dropped })] : pending;
    pending = [];
    dropped = 0;
    return lines.join('');
  };

  const write = async (): Promise<void> => {
    const count = pending.length;
    if (count === 0) return;
    const text = take();
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if ((await sizeOf(file)) + Buffer.byteLength(text) > maxBytes) await rotate();
      await appendFile(file, text, { mode: 0o600 });
    } catch {
      dropped += count;
    }
  };

  const rotate = async (): Promise<void> => {
    for (let generation = keep - 1; generation >= 1; generation -= 1) await moveIfThere(aside(generation), aside(generation + 1));
    await moveIfThere(file, aside(1));
  };

  const flush = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };

  const flushAtExit = (): void => {
    if (pending.length === 0) return;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const text = take();
      // Rotation is left to the next run.
      appendFileSync(file, text, { mode: 0o600 });
    } catch {
      // The process ends: there is nobody left to tell.
    }
  };
  process.once('exit', flushAtExit);

  return {
    file,
    info: (message, context) => log('info', message, context),
    warn: (message, context) => log('warn', message, context),
    error: (message, context) => log('error', message, context),
    redact: (secret) => redaction.add(secret),
    flush,
    dispose: async () => {
      process.off('exit', flushAtExit);
      timer.abort();
      await flush();
    },
  };
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;

async function moveIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}
