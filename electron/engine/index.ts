import { join } from 'node:path';
import type { Connection } from '../../shared/contract/connections.ts';
import type { Engine, EngineEvent } from './engine.ts';
import { Checks } from './checks.ts';
import { Connections } from './connections.ts';
import type { Clock, Disposable, Logger, Random, SecretVault, Transport } from './ports.ts';
import { ReaderPool } from './reader-pool.ts';
import { ConnectionStore } from './record/connection-store.ts';
import { openDatabase } from './record/database.ts';
import { History } from './record/history.ts';
import { Journal } from './record/journal.ts';
import { ReplayStore } from './record/replay-store.ts';
import { Replays } from './replays.ts';
import { SchemaStore } from './record/schema-store.ts';
import { measuredSpeed } from './measured-speed.ts';
import { Rejects } from './rejects.ts';
import { Schemas } from './schemas.ts';
import { Uploads } from './uploads.ts';
import { Destinations } from './destinations.ts';

export type { Engine, EngineEvent } from './engine.ts';

export interface EngineConfig {
  /** Journal, rejects and staged files live here; created when missing. One engine at a time. */
  readonly dataDir: string;
  /** The bundled reader worker (`dist/reader-worker.js`). */
  readonly readerWorkerPath: string;
  /** Go on by itself with transfers that were running when the last run ended. Default: false. */
  readonly resumeOnStart?: boolean;
  /** Milliseconds to wait for the answer to a request, the sending of its body included. Default: 120,000. */
  readonly requestTimeoutMs?: number;
}

export interface EnginePorts {
  readonly vault: SecretVault;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
}

const notYet = (): Promise<never> => Promise.reject(new Error('not there yet'));

/** A person corrects how a file is read in steps of seconds; after that the memory is worth more than a quick start. */
const inspectorIdleMs = 3_000;

/** So many of the newest transfers say how fast a connection is. */
const measuredTransfers = 50;

/** Threads that read files to be sent. */
const readerThreads = 2;

/**
 * Opens the journal and makes what an earlier run left behind ready to be continued.
 * Throws `UploaderError`: `journal-newer`, `disk-full`. One engine at a time may use a data folder; the hosts see to that.
 */
export async function createEngine(config: EngineConfig, ports: EnginePorts): Promise<Engine> {
  const { database, notices } = openDatabase(config.dataDir, ports.clock.now());
  const journal = new Journal(database);
  const history = new History(database);
  const store = new ConnectionStore(database);
  const listeners = new Set<(event: EngineEvent) => void>();
  const emit = (event: EngineEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const readers = new ReaderPool(config.readerWorkerPath, readerThreads);
  /** Files are looked at by a thread that would otherwise wait, else by one more, so that neither waits for the other. */
  const spare = new ReaderPool(config.readerWorkerPath, 1, { afterMs: inspectorIdleMs, clock: ports.clock });
  const inspectors = (): ReaderPool => (readers.isBusy ? spare : readers);
  const destinations: Destinations = new Destinations({
    ...ports,
    credentials: ports.vault,
    schemaOf: async ({ id: connectionId }) => (await schemas.get({ connectionId, refresh: true })).schema,
  });
  const connections: Connections = new Connections(store, ports.vault, destinations, () => {
    emit({ kind: 'connections', connections: store.list() });
  });
  const schemas: Schemas = new Schemas({
    ...ports,
    credentials: ports.vault,
    store: new SchemaStore(database),
    connection: (id) => connections.known(id),
  });
  const onBug = (error: unknown): void => {
    ports.logger.error('unexpected failure', { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  const checks = new Checks({
    readers: inspectors,
    connection: (id) => connections.known(id),
    schema: (connectionId) => schemas.get({ connectionId, refresh: true }),
    measured: (connectionId) => measuredSpeed(history.recent(measuredTransfers), connectionId),
    onBug,
  });
  const rejects = new Rejects(journal, history);
  const uploads = new Uploads({
    ...ports,
    credentials: ports.vault,
    journal,
    readers,
    inspectors,
    rejectsDir: join(config.dataDir, 'rejects'),
    requestTimeoutMs: config.requestTimeoutMs,
    connection: (id) => store.get(id),
    destination: (connection: Connection, mappings) => destinations.open(connection, mappings),
    transfer: (id) => history.transfer(id),
    emit: (transfer) => {
      emit({ kind: 'transfer', transfer });
    },
    onBug: (error) => {
      ports.logger.error('unexpected failure in a transfer', {
        detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    },
  });
  const replays = new Replays({
    journal,
    history,
    store: new ReplayStore(database),
    rejectsDir: join(config.dataDir, 'rejects'),
    start: (input) => uploads.start(input),
  });
  for (const notice of notices) ports.logger.warn(notice.message, { code: notice.code });
  if (config.resumeOnStart === true) await uploads.resumeInterrupted();
  else uploads.holdInterrupted();

  return {
    notices,
    subscribe(listener): Disposable {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    listConnections: () => store.list(),
    addConnection: (input, options) => connections.add(input, options),
    updateConnection: (input) => connections.update(input),
    removeConnection: (id) => connections.remove(id, history.recent(0)),
    testConnection: (id) => connections.test(id),
    startCheck: (input) => checks.start(input),
    check: (checkId) => checks.get(checkId),
    cancelCheck: (checkId) => {
      checks.cancel(checkId);
    },
    schema: (input) => schemas.get(input),
    changeSchema: (input) => schemas.change(input),
    async inspect(input) {
      const mapping = input.mapping;
      return inspectors().inspect({ path: input.path, format: input.format, mapping, maxEventBytes: 375_000 });
    },
    startUpload: (input) => uploads.start(input),
    cancel: (transferId) => uploads.cancel(transferId),
    retry: (transferId) => uploads.retry(transferId),
    replay: (transferId) => replays.start(transferId),
    finished: (transferId) => uploads.finished(transferId),
    recentTransfers: (limit) => history.recent(limit).map((transfer) => uploads.current(transfer.id) ?? transfer),
    transfer: (transferId) => uploads.current(transferId),
    history: (query) => history.list(query),
    batches: (query) => history.batches(query),
    rejects: (query) => rejects.list(query),
    listFolders: () => [],
    addFolder: notYet,
    updateFolder: notYet,
    removeFolder: notYet,
    previewFolder: notYet,
    folderFiles: () => ({ files: [], total: 0 }),
    decideFolder: notYet,
    rescanFolder: notYet,
    afterPlan: notYet,
    dismissRisk: () => undefined,
    folderSettled: notYet,
    flow: () => ({
      paused: false,
      connections: [],
      rowsPerSecond: 0,
      bytesPerSecond: 0,
      rowsQueued: 0,
      today: { rowsConfirmed: 0, rowsRejected: 0, bytesSent: 0, requests: 0 },
    }),
    pause: notYet,
    resume: notYet,
    wake: () => undefined,
    async dispose() {
      await checks.dispose();
      await uploads.dispose();
      await Promise.all([readers.dispose(), spare.dispose()]);
      await ports.transport.dispose();
      listeners.clear();
      journal.close();
    },
  };
}
