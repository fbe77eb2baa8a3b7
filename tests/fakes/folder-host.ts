/** A host whose folders act: what is asked of them changes what it tells. */
import type { Snapshot } from '../../shared/contract/contract.ts';
import type { WatchedFile } from '../../shared/contract/folders.ts';
import {
  batches,
  objects,
  fakeNow,
  fakeTransfer,
  fakeFile,
  history,
  productionConnection,
  openRejects,
  rejects,
  sandboxConnection,
  weatherInspection,
} from './fake-data.ts';
import { busyFlow, fakeAfterPlan, fakeFolders, fakePreview, folderOf, watchedFiles } from './fake-folders.ts';
import { FakeHost } from './fake-host.ts';

const running = fakeTransfer({
  id: 'transfer-running',
  state: 'running',
  connectionId: 'production',
  connectionName: 'Production',
  startedAt: fakeNow - 60_000,
  rowsPerSecond: 2_210,
  bytesPerSecond: 355_000,
  files: [
    fakeFile({
      id: 'r1',
      name: 'turbine-vibration-2026.csv',
      state: 'sending',
      bytesRead: 31_000_000,
      ledger: { rowsRead: 402_000, rowsConfirmed: 399_000, rowsRejected: 0, rowsHeld: 3_000, possiblyRepeated: 0 },
    }),
  ],
});

export const busyState: Omit<Snapshot, 'revision'> = {
  app: { version: '0.1.0', host: 'browser', platform: 'linux', dataDir: '/data', vault: 'file' },
  connections: [sandboxConnection, productionConnection],
  transfers: [running, ...history],
  folders: [...fakeFolders],
  flow: busyFlow,
  sandbox: { state: 'stopped', faults: [], rows: 0, errors: 0, requests: 0 },
  notices: [],
};

/** The patterns of a preview change its count, so that a page can be seen to follow them. */
const countFor = (include: readonly string[], exclude: readonly string[]): number => 312 - 100 * exclude.length - 10 * (include.length % 7);

export function folderHost(state: Omit<Snapshot, 'revision'> = busyState): FakeHost {
  let files: readonly WatchedFile[] = watchedFiles;
  const folder = (id: string) => {
    const found = host.state.folders.find((known) => known.id === id);
    if (found === undefined) throw new Error(`there is no folder ${id}`);
    return found;
  };
  const host: FakeHost = new FakeHost(state, {
    'folders.files': ({ state: only, search, offset, limit }) => {
      const found = files.filter(
        (file) => (only === undefined || file.state === only) && (search === undefined || file.path.includes(search)),
      );
      return { files: found.slice(offset, offset + limit), total: found.length };
    },
    'folders.preview': ({ include, exclude }) => fakePreview({ matched: countFor(include, exclude) }),
    'folders.add': (input) => {
      const added = folderOf('folder-new', input);
      host.tell({ kind: 'folder', folder: added });
      return added;
    },
    'folders.update': ({ id, ...settings }) => {
      const changed = { ...folder(id), ...settings, name: settings.name ?? folder(id).name };
      host.tell({ kind: 'folder', folder: changed });
      return changed;
    },
    'folders.remove': ({ id }) => {
      host.tell({ kind: 'folder-removed', id });
      return {};
    },
    'folders.decide': ({ folderId, fileId }) => {
      const { question: _, reason: __, ...rest } = folder(folderId);
      files = files.map((file) => (file.id === fileId ? decided(file) : file));
      const counts = { ...rest.counts, held: Math.max(0, rest.counts.held - 1), sending: rest.counts.sending + 1 };
      host.tell({ kind: 'folder', folder: { ...rest, counts, state: 'sending' } });
      return {};
    },
    'folders.rescan': ({ id }) => {
      const { reason: _, ...rest } = folder(id);
      host.tell({ kind: 'folder', folder: { ...rest, state: 'scanning' } });
      return {};
    },
    'folders.afterPlan': () => fakeAfterPlan,
    'folders.dismissRisk': ({ id, riskId }) => {
      const known = folder(id);
      host.tell({ kind: 'folder', folder: { ...known, atRisk: known.atRisk.filter((risk) => risk.id !== riskId) } });
      return {};
    },
    'flow.pause': (scope) => {
      setPaused(host, scope, true);
      return {};
    },
    'flow.resume': (scope) => {
      setPaused(host, scope, false);
      return {};
    },
    'files.inspect': ({ path, mapping }) => weatherInspection(path, mapping),
    'files.samples': () => ({ files: [] }),
    'history.list': () => ({ transfers: [...history], more: false }),
    'history.get': ({ transferId }) => history.find(({ id }) => id === transferId) ?? running,
    'history.objects': ({ offset, limit }) => ({ objects: objects.slice(offset, offset + limit), total: objects.length }),
    'history.batches': ({ offset, limit }) => ({ batches: batches.slice(offset, offset + limit), total: batches.length }),
    'rejects.list': () => rejects,
    'rejects.open': () => openRejects,
    'connections.update': (input) => {
      const known = host.state.connections.find(({ id }) => id === input.id) ?? productionConnection;
      const connection = { ...known, name: input.name, limits: { ...known.limits, ...input.limits } as typeof known.limits };
      host.tell({ kind: 'connections', connections: host.state.connections.map((one) => (one.id === input.id ? connection : one)) });
      return connection;
    },
    'connections.test': () => ({ checks: [] }),
  });
  return host;
}

function decided({ reason: _, ...file }: WatchedFile): WatchedFile {
  return { ...file, state: 'sending' };
}

function setPaused(host: FakeHost, scope: { readonly scope: string; readonly id?: string }, paused: boolean): void {
  const { flow, folders } = host.state;
  const { id } = scope;
  if (scope.scope === 'all') host.tell({ kind: 'flow', flow: { ...flow, paused } });
  const connections = flow.connections.map((one) => (one.connectionId === id ? { ...one, paused } : one));
  if (scope.scope === 'connection') host.tell({ kind: 'flow', flow: { ...flow, connections } });
  const folder = folders.find((known) => known.id === id);
  if (folder === undefined || scope.scope !== 'folder') return;
  const { reason: _, ...rest } = folder;
  host.tell({ kind: 'folder', folder: { ...rest, paused, state: paused ? 'paused' : 'idle' } });
}
