import { beforeEach, describe, expect, it } from 'vitest';
import { createEngineSupervisor, type EngineProcess, type EngineSupervisor } from '../../../electron/desktop/engine-supervisor.ts';
import type { News, ShellStatus, ToEngine } from '../../../electron/desktop/engine-messages.ts';
import { UploaderError } from '../../../electron/engine/errors.ts';
import type { SecretVault } from '../../../electron/engine/ports.ts';
import { ManualClock } from '../../fakes/manual-clock.ts';
import { recordedLogger } from '../../fakes/recorded-logger.ts';
import { shellStatus } from '../../fakes/shell-status.ts';

interface ScriptedProcess extends EngineProcess<string> {
  readonly got: (ToEngine & { readonly ports?: readonly string[] })[];
  say(message: unknown): void;
  exit(code: number): void;
  killed: boolean;
  /** Answers that it is alive. */
  responsive: boolean;
}

let processes: ScriptedProcess[];
let clock: ManualClock;
let supervisor: EngineSupervisor<string>;
let vault: SecretVault;
let heard: (ShellStatus | News)[];

function scriptedProcess(): ScriptedProcess {
  const messageListeners: ((message: unknown) => void)[] = [];
  const exitListeners: ((code: number) => void)[] = [];
  const process: ScriptedProcess = {
    got: [],
    killed: false,
    responsive: true,
    postMessage: (message, ports) => {
      process.got.push({ ...message, ...(ports === undefined ? {} : { ports }) });
      if (message.kind === 'are-you-alive' && process.responsive) process.say({ kind: 'alive' });
    },
    onMessage: (listener) => void messageListeners.push(listener),
    onExit: (listener) => void exitListeners.push(listener),
    say: (message) => {
      for (const listener of messageListeners) listener(message);
    },
    exit: (code) => {
      for (const listener of exitListeners) listener(code);
    },
    kill: () => {
      process.killed = true;
      process.exit(9);
    },
  };
  processes.push(process);
  return process;
}
const current = (): ScriptedProcess => {
  const last = processes.at(-1);
  if (last === undefined) throw new Error('no process was started');
  return last;
};

beforeEach(() => {
  processes = [];
  clock = new ManualClock();
  let pipes = 0;
  const secrets = new Map<string, Awaited<ReturnType<SecretVault['get']>>>();
  vault = {
    kind: 'memory',
    get: async (id) => secrets.get(id),
    set: async (id, credentials) => void secrets.set(id, credentials),
    delete: async (id) => void secrets.delete(id),
  };
  const createPipe = () => {
    pipes += 1;
    return { port1: `engine-end-${String(pipes)}`, port2: `page-end-${String(pipes)}` };
  };
  heard = [];
  const hear = (message: ShellStatus | News): void => void heard.push(message);
  const options = { fork: scriptedProcess, createPipe, vault, clock, logger: recordedLogger() };
  supervisor = createEngineSupervisor({ ...options, onStatus: hear, onNews: hear });
  supervisor.start();
});

describe('a page that asks for the engine', () => {
  const client = () => {
    const ports: string[] = [];
    return { ports, give: (port: string) => void ports.push(port) };
  };

  it('gets its end of a pipe whose other end the engine has', async () => {
    const page = client();
    current().say({ kind: 'ready' });
    await clock.settle();
    supervisor.connect(page);
    expect(page.ports).toEqual(['page-end-1']);
    expect(current().got).toEqual([{ kind: 'connect', ports: ['engine-end-1'] }]);
  });

  it('before the engine is ready gets it then, and once however often it asked', async () => {
    const page = client();
    supervisor.connect(page);
    supervisor.connect(page);
    expect(page.ports).toEqual([]);
    current().say({ kind: 'ready' });
    await clock.settle();
    expect(page.ports).toEqual(['page-end-1']);
  });

  it('after a crash gets the new engine', async () => {
    const page = client();
    current().say({ kind: 'ready' });
    await clock.settle();
    current().exit(1);
    supervisor.connect(page);
    await clock.advance(250);
    expect(processes).toHaveLength(2);
    current().say({ kind: 'ready' });
    await clock.settle();
    expect(page.ports).toEqual(['page-end-1']);
    expect(processes[0]?.got).toEqual([]);
  });
});

describe('the shell around the engine', () => {
  it('hears how it stands and what is new, and nothing that is not right', async () => {
    const status = shellStatus({ folders: 2 });
    const news = { kind: 'news', about: 'uploaded', files: 1, name: 'a.csv' };
    for (const message of [status, news, { ...status, folders: -1 }, { ...news, path: '/etc' }]) current().say(message);
    await clock.settle();
    expect(heard).toEqual([status, news]);
  });

  it('steers it when it is there', async () => {
    supervisor.tell('pause');
    current().say({ kind: 'ready' });
    await clock.settle();
    supervisor.tell('resume');
    supervisor.tell('wake');
    expect(current().got).toEqual([{ kind: 'resume' }, { kind: 'wake' }]);
  });
});

describe('an engine that ends by itself', () => {
  it('is started again, later each time, and never later than half a minute', async () => {
    const pauses = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    for (const [index, pause] of pauses.entries()) {
      current().exit(1);
      await clock.advance(pause - 1);
      expect(processes).toHaveLength(index + 1);
      await clock.advance(1);
      expect(processes).toHaveLength(index + 2);
    }
  });

  it('after a minute of work is started again quickly', async () => {
    for (const pause of [250, 500, 1_000]) {
      current().exit(1);
      await clock.advance(pause);
    }
    await clock.advance(60_000);
    current().exit(1);
    await clock.advance(250);
    expect(processes).toHaveLength(5);
  });

  it('is not started again while the app ends', async () => {
    const ended = supervisor.dispose();
    current().exit(0);
    await ended;
    await clock.advance(60_000);
    expect(processes).toHaveLength(1);
  });
});

describe('an engine that hangs', () => {
  it('is ended and started again after a minute without an answer', async () => {
    current().responsive = false;
    await clock.advance(60_000);
    expect(current().killed).toBe(false);
    await clock.advance(10_250);
    expect(processes[0]?.killed).toBe(true);
    expect(processes).toHaveLength(2);
  });

  it('but answers in time is left alone', async () => {
    await clock.advance(3_600_000);
    expect(processes).toHaveLength(1);
  });
});

describe('ending', () => {
  it('asks the engine to end and waits until it has', async () => {
    const ended = supervisor.dispose();
    expect(current().got.at(-1)).toEqual({ kind: 'drain' });
    current().exit(0);
    await ended;
    expect(current().killed).toBe(false);
  });

  it('does not wait longer than 15 seconds', async () => {
    const ended = supervisor.dispose();
    await clock.advance(15_000);
    await ended;
    expect(current().killed).toBe(true);
  });
});

describe('the vault', () => {
  const credentials = { apiKey: 'key', accessKeyId: 'id', secretAccessKey: 'secret' };

  it('is there for the engine', async () => {
    current().say({ kind: 'vault', id: 1, action: 'set', connectionId: 'plant', credentials });
    current().say({ kind: 'vault', id: 2, action: 'get', connectionId: 'plant' });
    current().say({ kind: 'vault', id: 3, action: 'delete', connectionId: 'plant' });
    current().say({ kind: 'vault', id: 4, action: 'get', connectionId: 'plant' });
    await clock.settle();
    expect(current().got).toEqual([
      { kind: 'vault', id: 1 },
      { kind: 'vault', id: 2, credentials },
      { kind: 'vault', id: 3 },
      { kind: 'vault', id: 4 },
    ]);
  });

  it('that fails says so with a code', async () => {
    vault.get = () => Promise.reject(new UploaderError('vault-unavailable', 'locked'));
    current().say({ kind: 'vault', id: 1, action: 'get', connectionId: 'plant' });
    await clock.settle();
    expect(current().got).toMatchObject([{ kind: 'vault', id: 1, failure: { code: 'vault-unavailable' } }]);
  });

  it('does nothing for a message that is not right', async () => {
    for (const message of [null, 'ready', { kind: 'vault', id: 1, action: 'dump' }, { kind: 'vault', id: 1, action: 'get' }])
      current().say(message);
    await clock.settle();
    expect(current().got).toEqual([]);
  });
});
