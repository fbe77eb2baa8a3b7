import type { Failure } from '../../shared/contract/common.ts';
import type { CommandInput, CommandName, CommandOutput, HostEvent, Response } from '../../shared/contract/contract.ts';
import { failed, succeeded, type Result } from '../result.ts';
import type { Connect } from './link.ts';

export type LinkState = 'connecting' | 'ready' | 'refused';

export interface EngineClient {
  /** Asks the host. Never rejects: a lost way is the failure `engine-unavailable`. */
  call<N extends CommandName>(command: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>>>;
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Told at once, then at every change. */
  onState(listener: (state: LinkState) => void): () => void;
  dispose(): void;
}

const unavailable: Failure = { code: 'engine-unavailable', message: 'the way to the engine is closed', context: {} };

/**
 * The envelope is checked here; what is inside was made by the same contract on the other side, which is the only
 * peer this way can lead to.
 */
const asResponse = (data: unknown): Response | undefined =>
  typeof data === 'object' &&
  data !== null &&
  'kind' in data &&
  (data.kind === 'result' || data.kind === 'failure' || data.kind === 'event')
    ? (data as Response)
    : undefined;

/** Matches answers to requests and passes on what the host says by itself. */
export const createEngineClient = (connect: Connect): EngineClient => {
  const pending = new Map<number, (result: Result<unknown>) => void>();
  const eventListeners = new Set<(event: HostEvent) => void>();
  const stateListeners = new Set<(state: LinkState) => void>();
  let state: LinkState = 'connecting';
  let nextId = 1;

  const settle = (id: number, result: Result<unknown>) => {
    pending.get(id)?.(result);
    pending.delete(id);
  };
  const become = (next: LinkState) => {
    state = next;
    for (const listener of stateListeners) listener(next);
  };

  const link = connect({
    opened: () => become('ready'),
    closed: (final) => {
      for (const id of [...pending.keys()]) settle(id, failed(unavailable));
      become(final ? 'refused' : 'connecting');
    },
    message: (data) => {
      const response = asResponse(data);
      if (response === undefined) return;
      if (response.kind === 'event') for (const listener of eventListeners) listener(response.event);
      else settle(response.id, response.kind === 'result' ? succeeded(response.output) : failed(response.failure));
    },
  });

  return {
    call: <N extends CommandName>(command: N, input: CommandInput<N>) =>
      new Promise<Result<CommandOutput<N>>>((resolve) => {
        if (state !== 'ready') {
          resolve(failed(unavailable));
          return;
        }
        const id = nextId++;
        pending.set(id, resolve as (result: Result<unknown>) => void);
        link.send({ id, command, input });
      }),
    onEvent: (listener) => {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onState: (listener) => {
      stateListeners.add(listener);
      listener(state);
      return () => stateListeners.delete(listener);
    },
    dispose: () => link.dispose(),
  };
};
