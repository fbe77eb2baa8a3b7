/** An engine with one watched folder, which a test moves: what it tells, what it is asked, and when it has settled. */
import type { Connection } from '../../shared/contract/connections.ts';
import { limitsSchema } from '../../shared/contract/connections.ts';
import type { Flow } from '../../shared/contract/flow.ts';
import type { Folder, FolderInput, WatchedFile } from '../../shared/contract/folders.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Engine, EngineEvent } from '../../electron/engine/engine.ts';
import { calmFlow, watchedFolder } from './watch-records.ts';

export const plant: Connection = {
  ...{ id: 'plant', name: 'Plant', root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1', isSandbox: false },
  limits: limitsSchema.parse({}),
  savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
};

export interface WatchingEngine {
  readonly engine: Partial<Engine>;
  readonly added: { readonly input: FolderInput; readonly id: string | undefined }[];
  folder: Folder | undefined;
  files: WatchedFile[];
  transfers: Transfer[];
  flow: Flow;
  /** Changes the folder and tells of it. */
  change(change: Partial<Folder>): void;
  tell(event: EngineEvent): void;
  settle(): void;
  /** Called when a folder was added. */
  onAdd: () => void;
}

export function watchingEngine(): WatchingEngine {
  const listeners = new Set<(event: EngineEvent) => void>();
  let settled: () => void = () => undefined;
  const settling = new Promise<void>((resolve) => (settled = resolve));
  const current = (): Folder => watching.folder ?? watchedFolder();
  const watching: WatchingEngine = {
    added: [],
    folder: undefined,
    files: [],
    transfers: [],
    flow: calmFlow(),
    onAdd: () => undefined,
    change: (change) => {
      watching.folder = { ...current(), ...change };
      watching.tell({ kind: 'folder', folder: watching.folder });
    },
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
    settle: () => settled(),
    engine: {
      subscribe: (listener) => {
        listeners.add(listener);
        return { dispose: () => void listeners.delete(listener) };
      },
      listConnections: () => [plant],
      addConnection: (input, options) => Promise.resolve({ ...plant, id: options?.id ?? 'new', name: input.name }),
      listFolders: () => (watching.folder === undefined ? [] : [watching.folder]),
      addFolder: (input, options) => {
        watching.added.push({ input, id: options?.id });
        watching.folder = watchedFolder({ ...watching.folder, ...input, id: options?.id ?? 'new', name: 'plant' });
        setImmediate(() => watching.onAdd());
        return Promise.resolve(watching.folder);
      },
      folderFiles: ({ state, offset, limit }) => {
        const files = watching.files.filter((file) => state === undefined || file.state === state);
        return { files: files.slice(offset, offset + limit), total: files.length };
      },
      folderSettled: async (_id, signal) => {
        await Promise.race([settling, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))]);
        return current();
      },
      flow: () => watching.flow,
      transfer: (id) => watching.transfers.find((transfer) => transfer.id === id),
      rejects: () => Promise.resolve({ rejects: [], total: 0, paths: ['/data/rejects/a.csv'] }),
    },
  };
  return watching;
}
