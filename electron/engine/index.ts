import { join } from 'node:path';
import type { Connection } from '../../shared/contract/connections.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Engine, EngineEvent } from './engine.ts';
import type { EngineConfig, EnginePorts } from './engine-config.ts';
import { Checks } from './checks.ts';
import { Connections } from './connections.ts';
import type { Disposable } from './ports.ts';
import { ReaderPool } from './reader-pool.ts';
import { ConnectionStore } from './record/connection-store.ts';
import { openDatabase } from './record/database.ts';
import { History } from './record/history.ts';
import { Journal } from './record/journal.ts';
import { MappingStore } from './record/mapping-store.ts';
import { NamedMappings } from './named-mappings.ts';
import { ObjectHistory } from './record/object-history.ts';
import { FolderScanner } from './folder-scanner.ts';
import { FolderStore } from './record/folder-store.ts';
import { TailReader } from './tail-reader.ts';
import { FlowControl } from './watch/flow-control.ts';
import { RowHashes } from './watch/row-hashes.ts';
import { openRowsFiles } from './watch/rows-files.ts';
import { WatchedFolders } from './watch/watched-folders.ts';
import { WholeFiles } from './watch/whole-files.ts';
import { ReplayStore } from './record/replay-store.ts';
import { Replays } from './replays.ts';
import { GivenBackRows } from './given-back-rows.ts';
import { SeenFieldStore } from './record/seen-field-store.ts';
import { SentFiles } from './record/sent-files.ts';
import { SchemaStore } from './record/schema-store.ts';
import { fieldTypesOf } from './schema/known-field-types.ts';
import { measuredSpeed } from './measured-speed.ts';
import { Rejects } from './rejects.ts';
import { Samples } from './samples.ts';
import { Schemas } from './schemas.ts';
import { answerTimestamp } from './timestamp-answer.ts';
import { Uploads } from './uploads.ts';
import { Destinations } from './destinations.ts';

export type { Engine, EngineEvent } from './engine.ts';

/** A person corrects how a file is read in steps of seconds; after that the memory is worth more than a quick start. */
const readerIdleMs = 3_000;

/** Requests of followed files that the history keeps line by line once they are settled. */
const settledKept = 20_000;
/** So many of the newest transfers say how fast a connection is. */
const measuredTransfers = 50;

/** So many of the newest versions of files are looked through for fields that the schema does not have. */
const sampledVersions = 200;

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
  const objectHistory = new ObjectHistory(database);
  const store = new ConnectionStore(database);
  const listeners = new Set<(event: EngineEvent) => void>();
  const emit = (event: EngineEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const readerWorker = join(config.workersDir, 'reader-worker.js');
  const idleEnd = { afterMs: readerIdleMs, clock: ports.clock };
  const readers = new ReaderPool(readerWorker, readerThreads, idleEnd);
  /** Files are looked at by a thread that would otherwise wait, else by one more, so that neither waits for the other. */
  const spare = new ReaderPool(readerWorker, 1, idleEnd);
  const inspectors = (): ReaderPool => (readers.isBusy ? spare : readers);
  const folderStore = new FolderStore(database);
  const destinations: Destinations = new Destinations(
    {
      ...ports,
      credentials: ports.vault,
      schemaOf: async ({ id: connectionId }) => (await schemas.get({ connectionId, refresh: true })).schema,
    },
    (id) => flow.isConnectionPaused(id),
  );
  const connections: Connections = new Connections(
    store,
    ports.vault,
    destinations,
    () => {
      emit({ kind: 'connections', connections: store.list() });
      folders.connectionsChanged();
    },
    (id) => folderStore.list().some(({ settings }) => settings.connectionId === id),
  );
  const onBug = (error: unknown): void => {
    ports.logger.error('unexpected failure', { detail: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  };
  const schemas: Schemas = new Schemas({
    ...ports,
    credentials: ports.vault,
    store: new SchemaStore(database),
    connection: (id) => connections.known(id),
  });
  const seenFields = new SeenFieldStore(database);
  const checks = new Checks({
    seenFields,
    readers: inspectors,
    connection: (id) => connections.known(id),
    schema: (connectionId) => schemas.get({ connectionId, refresh: true }),
    measured: (connectionId) => measuredSpeed(history.recent(measuredTransfers), connectionId),
    now: () => ports.clock.now(),
    onBug,
  });
  const sentFiles = new SentFiles(database);
  const samples = new Samples({
    readers: inspectors,
    schema: (connectionId) => schemas.get({ connectionId, refresh: false }),
    seen: (connectionId) => seenFields.of(connectionId),
    kept: (connectionId) => schemas.kept(connections.known(connectionId)),
    files: (connectionId) => [...sentFiles.newest(connectionId, sampledVersions), ...checks.filesFor(connectionId)],
    maxEventBytes: (connectionId) => connections.known(connectionId).limits.maxEventBytes,
  });
  const replayStore = new ReplayStore(database);
  const rejectsDir = join(config.dataDir, 'rejects');
  const givenBack = new GivenBackRows({ journal, history, store: replayStore, rejectsDir });
  const rejects = new Rejects(journal, history, replayStore, givenBack);
  const pipeline = {
    ...ports,
    credentials: ports.vault,
    ...{ journal, seenFields, readers },
    rejectsDir,
    requestTimeoutMs: config.requestTimeoutMs,
  };
  const mappings = new NamedMappings({
    store: new MappingStore(database),
    now: () => ports.clock.now(),
    foldersOf: (id) => folders.usersOf(id),
    onChange: (id) => {
      folders.mappingChanged(id).catch(onBug);
    },
  });
  const tell = (transfer: Transfer): void => {
    emit({ kind: 'transfer', transfer });
    if (transfer.state === 'running') return;
    // What a replay confirmed shows in the transfer that rejected it; of files that are followed their folder tells.
    for (const id of replayStore.originsOf(transfer.id)) {
      const origin = journal.filesOf(id).some(({ folderId }) => folderId !== undefined) ? undefined : uploads.current(id);
      if (origin !== undefined) emit({ kind: 'transfer', transfer: origin });
    }
  };
  const uploads: Uploads = new Uploads({
    ...pipeline,
    inspectors,
    connection: (id) => store.get(id),
    destination: (connection: Connection, mappings) => destinations.open(connection, mappings),
    transfer: (id) => history.transfer(id),
    mappings,
    emit: tell,
    onBug,
  });
  const rowsDir = join(config.dataDir, 'rows');
  const scanner = new FolderScanner(join(config.workersDir, 'folder-worker.js'), ports.clock);
  const tailReader = new TailReader(join(config.workersDir, 'tail-worker.js'));
  const folders: WatchedFolders = new WatchedFolders({
    ...pipeline,
    store: folderStore,
    ...{ scanner, tailReader, inspectors, emit, mappings },
    rowsDir,
    connection: (id) => store.get(id),
    openDestination: (connection, mappings) => destinations.open(connection, mappings),
    openFiles: async (run, used, destination) =>
      run.settings.mode === 'rows' ? openRowsFiles(run, used, destination) : new WholeFiles(run, used, uploads, destination),
    isPaused: (folder) => flow.isFolderPaused(folder),
    onBug,
  });
  const flow: FlowControl = new FlowControl({
    store: folderStore,
    ...{ history, clock: ports.clock },
    connections: () => store.list(),
    lane: (id) => destinations.lane(id),
    folders: () => folders.list(),
    transfers: () => history.recent(0).map((transfer) => uploads.current(transfer.id) ?? transfer),
    onPause: () => {
      destinations.pausesChanged();
      folders.pausesChanged();
    },
    emit: (now) => {
      emit({ kind: 'flow', flow: now });
    },
  });
  const replays = new Replays({
    journal,
    history,
    store: replayStore,
    ...{ rejectsDir, givenBack },
    ...{ uploads, tell },
    now: () => ports.clock.now(),
  });
  journal.pruneSettled(settledKept);
  new RowHashes(rowsDir).keepOnly(journal.versionsWithRows());
  for (const notice of notices) ports.logger.warn(notice.message, { code: notice.code });
  if (config.resumeOnStart === true) await uploads.resumeInterrupted();
  else uploads.holdInterrupted();
  if (config.watch === 'saved') folders.startAll();
  flow.run().catch(onBug);

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
    testBucket: (id, given) => connections.testBucket(id, given),
    bucketPolicies: (id, given) => connections.bucketPolicies(id, given),
    mappings,
    startCheck: (input) => checks.start(input),
    check: (checkId) => checks.get(checkId),
    cancelCheck: (checkId) => {
      checks.cancel(checkId);
    },
    schema: (input) => schemas.get(input),
    changeSchema: (input) => schemas.change(input),
    explainTimestamp: (input) => answerTimestamp(input, ports.clock.now()),
    simulate: (input) => samples.simulate(input),
    unknownFields: (connectionId) => samples.unknown(connectionId),
    async inspect({ path, format, mapping, connectionId }) {
      const schema = connectionId === undefined ? undefined : schemas.kept(connections.known(connectionId))?.schema;
      return inspectors().inspect({ path, format, mapping, schema, fieldTypes: fieldTypesOf(schema), maxEventBytes: 375_000 });
    },
    startUpload: (input) => uploads.start(input),
    cancel: (transferId) => replays.cancel(transferId),
    async retry(transferId, options) {
      // A folder has to know of its own files.
      const isOfFolder = options?.acceptRejects === true && journal.filesOf(transferId).some((file) => folders.letGoOn(file));
      if (!isOfFolder) await uploads.retry(transferId, options);
    },
    replay: (transferId) => replays.start(transferId),
    giveUpReplay: (transferId) => replays.giveUp(transferId),
    finished: (transferId) => uploads.finished(transferId),
    recentTransfers: (limit) => history.recent(limit).map((transfer) => uploads.current(transfer.id) ?? transfer),
    transfer: (transferId) => uploads.current(transferId),
    history: (query) => history.list(query),
    batches: (query) => history.batches(query),
    objects: (query) => objectHistory.list(query),
    rejects: (query) => rejects.list(query),
    openRejects: (query) => rejects.open(query),
    openReject: (query) => rejects.row(query),
    saveReject: (input) => rejects.save(input),
    listFolders: () => folders.list(),
    addFolder: (input, options) => folders.add(input, options?.id),
    updateFolder: (input) => folders.update(input),
    removeFolder: (id) => folders.remove(id),
    previewFolder: (input) => folders.preview(input),
    folderFiles: (query) => folders.files(query),
    decideFolder: async (input) => {
      folders.decide(input);
    },
    rescanFolder: async (id) => {
      folders.rescan(id);
    },
    afterPlan: (id) => folders.afterPlan(id),
    dismissRisk: (id, riskId) => {
      folders.dismissRisk(id, riskId);
    },
    folderSettled: (id, signal) => folders.settled(id, signal),
    flow: () => flow.current(),
    pause: async (scope) => {
      flow.setPaused(scope, true);
    },
    resume: async (scope) => {
      flow.setPaused(scope, false);
      folders.retry();
    },
    wake: () => {
      destinations.wake();
      folders.retry();
    },
    async dispose() {
      flow.dispose();
      await checks.dispose();
      await Promise.all([uploads.dispose(), folders.dispose()]);
      await Promise.all([readers.dispose(), spare.dispose(), tailReader.dispose(), scanner.dispose()]);
      await ports.transport.dispose();
      listeners.clear();
      journal.close();
    },
  };
}
