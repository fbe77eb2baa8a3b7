import type { Folder } from '../../shared/contract/folders.ts';
import type { Engine } from '../engine/engine.ts';
import type { ShellStatus } from './engine-messages.ts';

type Attention = ShellStatus['attention'][number];

const maxAttention = 20;
const recentTransfers = 20;

/** How the engine stands, as far as tray and quitting are concerned. */
export function shellStatusOf(engine: Pick<Engine, 'listFolders' | 'listConnections' | 'flow' | 'recentTransfers'>): ShellStatus {
  const folders = engine.listFolders();
  const flow = engine.flow();
  const blocked = flow.connections.filter(({ state }) => state === 'blocked');
  const nameOf = (id: string): string => engine.listConnections().find((connection) => connection.id === id)?.name ?? id;
  const attention: readonly Attention[] = [
    ...folders.flatMap(({ atRisk }) => atRisk.map(({ path }): Attention => ({ code: 'rows-at-risk', subject: path }))),
    ...blocked.map(({ connectionId, reason }): Attention => ({
      code: reason?.code ?? 'credentials-refused',
      subject: nameOf(connectionId),
    })),
    ...folders.flatMap(attentionOf),
  ];
  return {
    kind: 'status',
    folders: folders.length,
    moving:
      folders.some(({ state }) => state === 'sending') ||
      engine.recentTransfers(recentTransfers).some(({ state, failure }) => state === 'running' && failure === undefined),
    paused: flow.paused,
    blocked: blocked.length > 0,
    rowsQueued: flow.rowsQueued,
    rowsPerSecond: flow.rowsPerSecond,
    rowsToday: flow.today.rowsConfirmed,
    attention: attention.slice(0, maxAttention),
  };
}

function attentionOf({ name, state, reason, question }: Folder): readonly Attention[] {
  if (question !== undefined) return [{ code: 'existing-undecided', subject: name }];
  if (state === 'missing') return [{ code: reason?.code ?? 'folder-missing', subject: name }];
  // Its own reason, else that of the files that are held.
  return state === 'attention' ? [{ code: reason?.code ?? 'schema-drift', subject: name }] : [];
}
