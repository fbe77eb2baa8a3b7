import type { Clock, Disposable, Logger, SecretVault } from '../engine/ports.ts';
import { toMainSchema, type News, type ShellStatus, type ToEngine } from './engine-messages.ts';
import { answerVaultRequest } from './vault-server.ts';

/** A process of the engine that was started. `Port` is a `MessagePortMain`. */
export interface EngineProcess<Port> {
  postMessage(message: ToEngine, transfer?: Port[]): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
  /** At once, also when it hangs or is suspended. */
  kill(): void;
}

/** Something that wants to talk to the engine: the page. */
export interface EngineClient<Port> {
  /** Hands over the client's end of the pipe. */
  give(port: Port): void;
}

export interface EngineSupervisorOptions<Port> {
  readonly fork: () => EngineProcess<Port>;
  readonly createPipe: () => { readonly port1: Port; readonly port2: Port };
  readonly vault: SecretVault;
  readonly onStatus?: (status: ShellStatus) => void;
  readonly onNews?: (news: News) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps one engine process running. One that ends by itself, or no longer answers, is replaced after a pause that grows
 * from 250 ms to 30 s; the ports of its clients close with it, whereupon they ask for new ones.
 */
export interface EngineSupervisor<Port> extends Disposable {
  start(): void;
  /** Makes a pipe between client and engine, as soon as there is an engine. */
  connect(client: EngineClient<Port>): void;
  /** Does nothing while there is no engine: it starts with what was saved. */
  tell(action: 'pause' | 'resume' | 'wake'): void;
  /** Asks the engine to end what runs, and ends it after 15 s if it has not. */
  dispose(): Promise<void>;
}

const firstPauseMs = 250;
const longestPauseMs = 30_000;
/** One that ran that long has not failed because of how it was started. */
const provenAfterMs = 60_000;
const drainLimitMs = 15_000;
const heartbeatMs = 10_000;
/** Counted in questions, not in time: while the computer sleeps none is asked. */
const maxMissedAnswers = 6;

export function createEngineSupervisor<Port>(options: EngineSupervisorOptions<Port>): EngineSupervisor<Port> {
  const { fork, createPipe, vault, clock, logger } = options;
  const ending = new AbortController();
  let running: EngineProcess<Port> | undefined;
  let isReady = false;
  let failures = 0;
  let missedAnswers = 0;
  let waiting: EngineClient<Port>[] = [];
  let onExit: (() => void) | undefined;

  const start = (): void => {
    if (running !== undefined || ending.signal.aborted) return;
    const startedAt = clock.monotonic();
    const process = fork();
    running = process;
    isReady = false;
    missedAnswers = 0;
    process.onMessage((message) => void receive(process, message));
    process.onExit((code) => {
      if (running !== process) return;
      running = undefined;
      isReady = false;
      onExit?.();
      if (!ending.signal.aborted) void restart(code, clock.monotonic() - startedAt);
    });
    void watch(process);
  };

  const restart = async (code: number, ranMs: number): Promise<void> => {
    failures = ranMs >= provenAfterMs ? 1 : failures + 1;
    const pauseMs = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
    logger.error('the engine ended unexpectedly and is started again', { code, pauseMs, failures });
    await clock.sleep(pauseMs, ending.signal);
    start();
  };

  /** Ends an engine that hangs; what follows is the same as when it crashes. */
  const watch = async (process: EngineProcess<Port>): Promise<void> => {
    const isWatched = (): boolean => running === process && !ending.signal.aborted;
    while (isWatched()) {
      await clock.sleep(heartbeatMs, ending.signal);
      if (!isWatched()) return;
      if (missedAnswers >= maxMissedAnswers) {
        logger.error('the engine no longer answers and is ended', { missedAnswers });
        process.kill();
        return;
      }
      missedAnswers += 1;
      process.postMessage({ kind: 'are-you-alive' });
    }
  };

  const receive = async (process: EngineProcess<Port>, message: unknown): Promise<void> => {
    const parsed = toMainSchema.safeParse(message);
    if (!parsed.success || running !== process) {
      if (!parsed.success) logger.error('a message of the engine process was not understood');
      return;
    }
    switch (parsed.data.kind) {
      case 'ready':
        isReady = true;
        for (const client of waiting.splice(0)) connect(client);
        return;
      case 'alive':
        missedAnswers = 0;
        return;
      case 'status':
        options.onStatus?.(parsed.data);
        return;
      case 'news':
        options.onNews?.(parsed.data);
        return;
      case 'vault': {
        const answer = await answerVaultRequest(vault, parsed.data, logger);
        if (running === process) process.postMessage(answer);
        return;
      }
    }
  };

  const connect = (client: EngineClient<Port>): void => {
    if (running === undefined || !isReady) {
      // The newest question counts: a client has one pipe.
      waiting = [...waiting.filter((other) => other !== client), client];
      return;
    }
    const { port1, port2 } = createPipe();
    running.postMessage({ kind: 'connect' }, [port1]);
    client.give(port2);
  };

  const dispose = async (): Promise<void> => {
    if (ending.signal.aborted) return;
    ending.abort();
    const process = running;
    if (process === undefined) return;
    const limit = new AbortController();
    const ended = new Promise<'ended'>((resolve) => {
      onExit = () => resolve('ended');
    });
    process.postMessage({ kind: 'drain' });
    const outcome = await Promise.race([ended, clock.sleep(drainLimitMs, limit.signal).then(() => 'late' as const)]);
    limit.abort();
    if (outcome === 'ended') return;
    logger.warn('the engine did not end in time and is ended', { limitMs: drainLimitMs });
    process.kill();
  };

  const tell = (action: 'pause' | 'resume' | 'wake'): void => {
    if (isReady) running?.postMessage({ kind: action });
  };

  return { start, connect, tell, dispose };
}
