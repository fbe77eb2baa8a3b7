import type { HostEvent, Snapshot } from '../../shared/contract/contract.ts';
import type { Folder } from '../../shared/contract/folders.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';

/** The engine's state as the page knows it. Newest transfers first. */
export type Mirror = Pick<Snapshot, 'revision' | 'connections' | 'transfers' | 'folders' | 'flow' | 'sandbox' | 'notices'>;

const putTransfer = (transfers: readonly Transfer[], transfer: Transfer): Transfer[] =>
  transfers.some((known) => known.id === transfer.id)
    ? transfers.map((known) => (known.id === transfer.id ? transfer : known))
    : [transfer, ...transfers].sort((a, b) => b.startedAt - a.startedAt);

/** Folders keep their places; a new one comes last. */
const putFolder = (folders: readonly Folder[], folder: Folder): Folder[] =>
  folders.some((known) => known.id === folder.id)
    ? folders.map((known) => (known.id === folder.id ? folder : known))
    : [...folders, folder];

/** The state after an event; the same state when the event is older than what is known. */
export const applyEvent = (mirror: Mirror, event: HostEvent): Mirror => {
  if (event.revision <= mirror.revision) return mirror;
  const { revision } = event;
  switch (event.kind) {
    case 'transfer':
      return { ...mirror, revision, transfers: putTransfer(mirror.transfers, event.transfer) };
    case 'connections':
      return { ...mirror, revision, connections: event.connections };
    case 'folder':
      return { ...mirror, revision, folders: putFolder(mirror.folders, event.folder) };
    case 'folder-removed':
      return { ...mirror, revision, folders: mirror.folders.filter(({ id }) => id !== event.id) };
    case 'flow':
      return { ...mirror, revision, flow: event.flow };
    case 'sandbox':
      return { ...mirror, revision, sandbox: event.sandbox };
    case 'notice':
      return { ...mirror, revision, notices: [...mirror.notices, event.notice] };
  }
};

/** A snapshot, and after it the events that arrived while it was on its way, in the order of their revisions. */
export const startMirror = (snapshot: Snapshot, early: readonly HostEvent[]): Mirror =>
  [...early]
    .sort((a, b) => a.revision - b.revision)
    .reduce<Mirror>(applyEvent, {
      revision: snapshot.revision,
      connections: snapshot.connections,
      transfers: snapshot.transfers,
      folders: snapshot.folders,
      flow: snapshot.flow,
      sandbox: snapshot.sandbox,
      notices: snapshot.notices,
    });
