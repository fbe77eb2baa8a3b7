import type { Failure } from '../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../shared/error-codes.ts';
import type { ConnectionFlow } from '../../../shared/contract/flow.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/ports.ts';
import { interrupted } from '../commands/server-options.ts';

export interface WatchEnd {
  readonly folderId: string;
  readonly connectionId: string;
  /** End when everything that is there has been dealt with, or cannot be delivered. */
  readonly once: boolean;
  /** Ends it at any time. */
  readonly interruption: AbortSignal;
}

/** With `once`, a service that cannot be reached for so long ends it; an upload gives up as late. */
const patienceMs = 60_000;
const isFailing: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['server-unreachable', 'server-failing', 'server-timeout']);

/**
 * Resolves when the watch is to end. With `once`, and when nothing passes to the service any more, to the reason: keys that are
 * refused at once, a service that cannot be reached or fails after a minute.
 */
export async function watchUntilEnd(
  engine: Pick<Engine, 'subscribe' | 'folderSettled' | 'flow'>,
  clock: Clock,
  { folderId, connectionId, once, interruption }: WatchEnd,
): Promise<Failure | undefined> {
  if (!once) {
    await interrupted(interruption);
    return undefined;
  }
  const ending = new AbortController();
  const end = (): void => ending.abort();
  interruption.addEventListener('abort', end, { once: true });
  if (interruption.aborted) end();
  let patience: AbortController | undefined;
  let blockedBy: Failure | undefined;

  const giveUp = (reason: Failure): void => {
    if (ending.signal.aborted) return;
    blockedBy = reason;
    end();
  };
  const waitFor = async (reason: Failure): Promise<void> => {
    const waiting = new AbortController();
    patience = waiting;
    await clock.sleep(patienceMs, AbortSignal.any([waiting.signal, ending.signal]));
    if (!waiting.signal.aborted) giveUp(reason);
  };
  const look = (connections: readonly ConnectionFlow[]): void => {
    const flow = connections.find((connection) => connection.connectionId === connectionId);
    if (flow?.state === 'blocked' && flow.reason !== undefined) giveUp(flow.reason);
    else if (flow?.state === 'waiting' && flow.reason !== undefined && isFailing.has(flow.reason.code)) {
      if (patience === undefined) void waitFor(flow.reason);
    } else {
      patience?.abort();
      patience = undefined;
    }
  };

  const subscription = engine.subscribe((event) => {
    if (event.kind === 'flow') look(event.flow.connections);
  });
  try {
    look(engine.flow().connections);
    await engine.folderSettled(folderId, ending.signal);
    return blockedBy;
  } finally {
    end();
    interruption.removeEventListener('abort', end);
    await subscription.dispose();
  }
}
