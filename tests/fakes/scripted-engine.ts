import { bucketPolicies } from '../../shared/model/bucket-policy.ts';
import type { Engine, EngineEvent } from '../../electron/engine/engine.ts';
import { UploaderError } from '../../electron/engine/errors.ts';
import { limitsSchema, type Connection } from '../../shared/contract/connections.ts';
import type { Folder } from '../../shared/contract/folders.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import { batches, fakeTransfer, objects, openRejects, productionConnection, rejects, weatherInspection } from './fake-data.ts';
import { fakeAfterPlan, fakeFolder, fakePreview, folderOf, quietFlow, watchedFiles } from './fake-folders.ts';
import { scriptedMappings } from './scripted-mappings.ts';

export interface ScriptedEngine extends Engine {
  /** Names of what was asked, in order, with the part of the input that matters. */
  readonly calls: readonly string[];
  /** Says something by itself. */
  tell(event: EngineEvent): void;
  /** Thrown by everything that is asked from now on, when it is set. */
  failure: Error | undefined;
  transfers: Transfer[];
  /** Overrides what an operation gives, also with what the contract does not allow. */
  readonly script: Partial<Record<keyof Engine, (...args: never[]) => unknown>>;
}

const openRejectAt = (at: number) => {
  const found = openRejects.rejects[at];
  if (found === undefined) throw new UploaderError('not-found', `there is no rejected row ${String(at)}`);
  return found;
};

/** An engine that keeps connections and gives prepared answers. */
export function scriptedEngine(): ScriptedEngine {
  const calls: string[] = [];
  const listeners = new Set<(event: EngineEvent) => void>();
  let connections: Connection[] = [productionConnection];
  let folders: Folder[] = [fakeFolder()];
  const tell = (event: EngineEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const called = (what: string): void => {
    calls.push(what);
    if (engine.failure !== undefined) throw engine.failure;
  };
  const change = (next: Connection[]): void => {
    connections = next;
    tell({ kind: 'connections', connections });
  };
  const known = (id: string): Connection => {
    const found = connections.find((connection) => connection.id === id);
    if (found === undefined) throw new UploaderError('connection-unknown', `there is no connection ${id}`, { connection: id });
    return found;
  };
  const putFolder = (folder: Folder): Folder => {
    folders = [...folders.filter(({ id }) => id !== folder.id), folder];
    tell({ kind: 'folder', folder });
    return folder;
  };
  const knownFolder = (id: string): Folder => {
    const found = folders.find((folder) => folder.id === id);
    if (found === undefined) throw new UploaderError('folder-unknown', `there is no folder ${id}`, { folder: id });
    return found;
  };
  const plain: ScriptedEngine = {
    calls,
    tell,
    failure: undefined,
    transfers: [fakeTransfer({ id: 'transfer-1' })],
    script: {},
    notices: [],
    subscribe: (listener) => {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    listConnections: () => connections,
    addConnection: async (input, options = {}) => {
      called(`addConnection ${options.id ?? input.name}`);
      const { secrets, limits, ...endpoint } = input;
      const savedSecrets = { apiKey: true, keyPair: true, sessionToken: secrets.sessionToken !== undefined };
      const added = {
        ...endpoint,
        id: options.id ?? 'new',
        limits: limitsSchema.parse(limits),
        isSandbox: options.isSandbox ?? false,
        savedSecrets,
      };
      change([...connections, added]);
      return added;
    },
    updateConnection: async (input) => {
      called(`updateConnection ${input.id}${input.secrets === undefined ? '' : ' with secrets'}`);
      const { secrets: _, limits, objectStore, ...endpoint } = input;
      const bucket = objectStore == null ? {} : { objectStore };
      const updated = { ...known(input.id), ...endpoint, ...bucket, limits: limitsSchema.parse(limits) };
      change(connections.map((connection) => (connection.id === input.id ? updated : connection)));
      return updated;
    },
    removeConnection: async (id) => {
      called(`removeConnection ${id}`);
      known(id);
      change(connections.filter((connection) => connection.id !== id));
    },
    testConnection: async (id) => {
      called(`testConnection ${id}`);
      return [{ part: 'reachable', outcome: 'passed', detail: 'answered in 12 ms' }];
    },
    testBucket: async (id) => {
      called(`testBucket ${id}`);
      return [{ part: 'bucketList', outcome: 'passed', detail: 'these keys may list the bucket' }];
    },
    bucketPolicies: (id, { bucket = 'rows', prefix = '' }) => {
      called(`bucketPolicies ${id}`);
      return bucketPolicies({ bucket, prefix, region: 'us-east-1' });
    },
    replay: async (id) => {
      called(`replay ${id}`);
      return { transferId: 'transfer-3', rows: 2, continued: false };
    },
    giveUpReplay: async (id) => {
      called(`giveUpReplay ${id}`);
    },
    mappings: scriptedMappings(called),
    startCheck: ({ files }) => {
      called(`startCheck ${files.map(({ path }) => path).join(' ')}`);
      return 'check-1';
    },
    check: (checkId) => {
      called(`check ${checkId}`);
      return { checkId, state: 'running', files: [], routes: [] };
    },
    cancelCheck: (checkId) => called(`cancelCheck ${checkId}`),
    schema: async ({ connectionId }) => {
      called(`schema ${connectionId}`);
      return { connectionId };
    },
    changeSchema: async ({ connectionId, change: { kind } }) => {
      called(`changeSchema ${connectionId} ${kind}`);
      return { connectionId };
    },
    explainTimestamp: ({ value }) => {
      called(`explainTimestamp ${value}`);
      return { attempts: [], hints: [] };
    },
    simulate: async ({ path }) => {
      called(`simulate ${path}`);
      return { rows: [], rowsRead: 0, unknown: [], dropped: [], schemaReadAt: 0 };
    },
    unknownFields: async (connectionId) => {
      called(`unknownFields ${connectionId}`);
      return { fields: [], dropped: [], filesRead: 0 };
    },
    inspect: async (input) => {
      called(`inspect ${input.path}`);
      return weatherInspection(input.path, input.mapping);
    },
    startUpload: async (input) => {
      called(`startUpload ${input.connectionId}`);
      return 'transfer-2';
    },
    cancel: async (id) => called(`cancel ${id}`),
    retry: async (id) => called(`retry ${id}`),
    finished: async (id) => fakeTransfer({ id }),
    recentTransfers: (limit) => engine.transfers.slice(0, limit),
    transfer: (id) => engine.transfers.find((transfer) => transfer.id === id),
    history: (query) => {
      called('history');
      return { transfers: engine.transfers.slice(0, query.limit), more: false };
    },
    objects: (query) => {
      called('objects');
      return { objects: objects.slice(query.offset, query.offset + query.limit), total: objects.length };
    },
    batches: (query) => {
      called('batches');
      return { batches: batches.slice(query.offset, query.offset + query.limit), total: batches.length };
    },
    rejects: async () => {
      called('rejects');
      return rejects;
    },
    openRejects: async ({ transferId }) => {
      called(`openRejects ${transferId}`);
      return openRejects;
    },
    openReject: async ({ fileId, at }) => {
      called(`openReject ${fileId} ${at}`);
      return openRejectAt(at);
    },
    saveReject: async ({ fileId, at, source }) => {
      called(`saveReject ${fileId} ${at} ${source}`);
      return { ...openRejectAt(at), source, digest: `digest of ${source}` };
    },
    listFolders: () => folders,
    addFolder: async (input, options = {}) => {
      called(`addFolder ${input.path}`);
      return putFolder(folderOf(options.id ?? 'new-folder', input));
    },
    updateFolder: async ({ id, ...settings }) => {
      called(`updateFolder ${id}`);
      return putFolder({ ...knownFolder(id), ...settings, name: settings.name ?? knownFolder(id).name });
    },
    removeFolder: async (id) => {
      called(`removeFolder ${id}`);
      knownFolder(id);
      folders = folders.filter((folder) => folder.id !== id);
      tell({ kind: 'folder-removed', id });
    },
    previewFolder: async (input) => {
      called(`previewFolder ${input.path}`);
      return fakePreview();
    },
    folderFiles: (query) => {
      called(`folderFiles ${query.folderId}`);
      return { files: watchedFiles.slice(query.offset, query.offset + query.limit), total: watchedFiles.length };
    },
    decideFolder: async (input) => called(`decideFolder ${input.folderId} ${input.decision}`),
    rescanFolder: async (id) => called(`rescanFolder ${id}`),
    afterPlan: async (id) => {
      called(`afterPlan ${id}`);
      return fakeAfterPlan;
    },
    dismissRisk: (id, riskId) => called(`dismissRisk ${id} ${riskId}`),
    folderSettled: async (id) => knownFolder(id),
    flow: () => quietFlow,
    pause: async (scope) => called(`pause ${'id' in scope ? `${scope.scope} ${scope.id}` : scope.scope}`),
    resume: async (scope) => called(`resume ${'id' in scope ? `${scope.scope} ${scope.id}` : scope.scope}`),
    wake: () => void calls.push('wake'),
    dispose: async () => void calls.push('dispose'),
  };
  const engine: ScriptedEngine = new Proxy(plain, {
    get: (target, name, receiver) => Reflect.get(Object.hasOwn(target.script, name) ? target.script : target, name, receiver) as unknown,
  });
  return engine;
}
