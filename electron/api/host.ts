import type { Snapshot } from '../../shared/contract/contract.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import { isSavedConnection } from '../../shared/model/environment-connection.ts';
import { assertNever } from '../engine/errors.ts';
import type { EngineEvent } from '../engine/engine.ts';
import type { Disposable } from '../engine/ports.ts';
import { answerRequest, carryWith, toFailure } from './answer-request.ts';
import type { Channel } from './channel.ts';
import { createEventFeed } from './event-feed.ts';
import { checkHandlers } from './handlers/check-handlers.ts';
import { connectionHandlers } from './handlers/connection-handlers.ts';
import { fileHandlers } from './handlers/file-handlers.ts';
import { folderHandlers } from './handlers/folder-handlers.ts';
import { historyHandlers } from './handlers/history-handlers.ts';
import { mappingHandlers } from './handlers/mapping-handlers.ts';
import { sandboxHandlers } from './handlers/sandbox-handlers.ts';
import { schemaHandlers } from './handlers/schema-handlers.ts';
import { uploadHandlers } from './handlers/upload-handlers.ts';
import type { Handlers, HostParts } from './host-parts.ts';
import { createSandboxLink, sandboxConnectionId } from './sandbox-link.ts';

/** Serves the contract (`shared/contract/contract.ts`) to any number of clients. */
export interface Host extends Disposable {
  /** Answers the requests of this channel and posts it every event from now on, until either side ends it. */
  connect(channel: Channel): Disposable;
  /** Closes all channels. Engine and sandbox stay as they are: whoever made them ends them. */
  dispose(): void;
}

/** How many transfers that no longer run a snapshot holds. */
const recentTransfers = 20;

/**
 * There is one revision: every event carries the next one, and a snapshot says which it contains. What needs the
 * sandbox starts it: an upload or a test that is asked for, an upload that goes on from an earlier run, and a folder that is watched for it.
 */
export function createHost(parts: HostParts): Host {
  const { engine, sandbox: control, clock, logger } = parts;
  const channels = new Set<Channel>();
  const link = createSandboxLink(engine, control);
  const feed = createEventFeed(
    (event) => {
      for (const channel of channels) channel.post({ kind: 'event', event });
    },
    clock,
    logger,
  );

  const snapshot = async (): Promise<Snapshot> => ({
    // First everything pending goes out: else it would come later and set the client back.
    revision: feed.flush(),
    app: parts.app,
    connections: engine.listConnections().filter(isSavedConnection),
    transfers: [...engine.recentTransfers(recentTransfers)],
    folders: [...engine.listFolders()],
    flow: engine.flow(),
    sandbox: link.status(),
    notices: [...engine.notices],
  });

  const handlers: Handlers = {
    'state.snapshot': snapshot,
    ...connectionHandlers(engine, link),
    ...fileHandlers(engine, parts.samplesDir),
    ...uploadHandlers(engine, link),
    ...folderHandlers(engine, link),
    ...historyHandlers(engine, link),
    ...checkHandlers(engine),
    ...mappingHandlers(engine),
    ...schemaHandlers(engine, link),
    ...sandboxHandlers(control, link),
  };
  const carry = carryWith(handlers);

  const onEngineEvent = (event: EngineEvent): void => {
    switch (event.kind) {
      case 'transfer':
        feed.push({ kind: 'transfer', transfer: event.transfer }, `transfer ${event.transfer.id}`);
        return;
      case 'connections':
        feed.push({ kind: 'connections', connections: event.connections.filter(isSavedConnection) }, 'connections');
        // Whether the sandbox has a connection is a part of its status.
        feed.push({ kind: 'sandbox', sandbox: link.status() }, 'sandbox');
        return;
      case 'folder':
        feed.push({ kind: 'folder', folder: event.folder }, `folder ${event.folder.id}`);
        return;
      case 'watched-file':
        // The page asks for the files it shows.
        return;
      case 'folder-removed':
        feed.push({ kind: 'folder-removed', id: event.id }, `folder ${event.id}`);
        return;
      case 'flow':
        feed.push({ kind: 'flow', flow: event.flow }, 'flow');
        return;
      case 'notice':
        feed.push({ kind: 'notice', at: clock.now(), notice: event.notice });
        return;
      default:
        assertNever(event);
    }
  };
  const subscriptions = [
    engine.subscribe(onEngineEvent),
    control.subscribe(() => {
      feed.push({ kind: 'sandbox', sandbox: link.status() }, 'sandbox');
    }),
  ];

  const toSandbox = ({ state, connectionId }: Transfer): boolean => state === 'running' && connectionId === sandboxConnectionId;
  const isWatchedForSandbox = engine.listFolders().some(({ connectionId }) => connectionId === sandboxConnectionId);
  if (isWatchedForSandbox || engine.recentTransfers(recentTransfers).some(toSandbox)) {
    link.ensureFor(sandboxConnectionId).catch((error: unknown) => {
      feed.push({ kind: 'notice', at: clock.now(), notice: toFailure(error, 'sandbox.start', logger) });
    });
  }

  const connect = (channel: Channel): Disposable => {
    const leave = (): void => void channels.delete(channel);
    channels.add(channel);
    channel.onClose(leave);
    channel.onMessage((message) => {
      void answerRequest(message, carry, logger).then((answer) => {
        if (channels.has(channel)) channel.post(answer);
      });
    });
    return {
      dispose: () => {
        leave();
        channel.close();
      },
    };
  };

  return {
    connect,
    dispose: () => {
      for (const subscription of subscriptions) void subscription.dispose();
      feed.dispose();
      for (const channel of [...channels]) channel.close();
      channels.clear();
    },
  };
}
