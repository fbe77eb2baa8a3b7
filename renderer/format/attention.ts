import type { Failure } from '../../shared/contract/common.ts';
import type { Connection } from '../../shared/contract/connections.ts';
import type { Flow } from '../../shared/contract/flow.ts';
import type { Folder, WatchedState } from '../../shared/contract/folders.ts';
import type { SchemaDrift } from '../../shared/contract/sample.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';

/** What the one button does. */
export type AttentionAction =
  | { readonly kind: 'resume-all' }
  | { readonly kind: 'resume-connection'; readonly id: string }
  | { readonly kind: 'edit-connection'; readonly id: string }
  | { readonly kind: 'show-folder'; readonly id: string; readonly state?: WatchedState }
  | { readonly kind: 'rescan-folder'; readonly id: string }
  | { readonly kind: 'show-rejects'; readonly id: string }
  | { readonly kind: 'show-transfer'; readonly id: string }
  /** Of the connection with the id. */
  | { readonly kind: 'show-drift'; readonly id: string };

/** What it is, each with its text; `failure` has one of its own. */
export type AttentionMatter = 'risk' | 'question' | 'held' | 'unreadable' | 'rejects' | 'paused' | 'unknown' | 'dropped' | 'failure';

export interface AttentionItem {
  readonly key: string;
  readonly matter: AttentionMatter;
  readonly tone: 'error' | 'warning';
  /** Name of the folder, connection or file it is about; absent for all together. */
  readonly subject?: string;
  /** Rows, files or fields, as the matter has it. */
  readonly count: number;
  readonly failure?: Failure;
  readonly action: AttentionAction;
  /** Set when it may be put away: it stays away until the count is higher. */
  readonly dismissable?: true;
}

const decidable = new Set<Failure['code']>(['schema-drift', 'source-rewritten', 'too-many-rejects']);

const ofFolder = (folder: Folder): readonly AttentionItem[] => {
  const { id, name: subject, counts, reason } = folder;
  const items: AttentionItem[] = [];
  const add = (matter: AttentionMatter, rest: Omit<AttentionItem, 'key' | 'matter' | 'subject'>) =>
    items.push({ key: `folder ${id} ${matter}`, matter, subject, ...rest });
  const rows = folder.atRisk.reduce((sum, risk) => sum + risk.rows, 0);
  if (folder.atRisk.length > 0) add('risk', { tone: 'error', count: rows, action: { kind: 'show-folder', id } });
  if (folder.question !== undefined)
    add('question', { tone: 'warning', count: folder.question.files, action: { kind: 'show-folder', id } });
  else if (counts.held > 0 && reason !== undefined && decidable.has(reason.code))
    add('failure', { tone: 'warning', count: counts.held, failure: reason, action: { kind: 'show-folder', id, state: 'held' } });
  else if (counts.held > 0) add('held', { tone: 'warning', count: counts.held, action: { kind: 'show-folder', id, state: 'held' } });
  if (folder.state === 'missing' && reason !== undefined)
    add('failure', { tone: 'error', count: 1, failure: reason, action: { kind: 'rescan-folder', id } });
  if (counts.unreadable > 0)
    add('unreadable', { tone: 'warning', count: counts.unreadable, action: { kind: 'show-folder', id, state: 'unreadable' } });
  if (folder.ledger.rowsRejected > 0)
    add('rejects', { tone: 'warning', count: folder.ledger.rowsRejected, action: { kind: 'show-folder', id }, dismissable: true });
  return items;
};

const ofConnections = (flow: Flow, connections: readonly Connection[]): readonly AttentionItem[] =>
  flow.connections.flatMap((state): AttentionItem[] => {
    const id = state.connectionId;
    const subject = connections.find((connection) => connection.id === id)?.name ?? id;
    const key = `connection ${id}`;
    if (state.state === 'blocked' && state.reason !== undefined)
      return [{ key, matter: 'failure', tone: 'error', subject, count: 1, failure: state.reason, action: { kind: 'edit-connection', id } }];
    if (!state.paused) return [];
    return [{ key, matter: 'paused', tone: 'warning', subject, count: 1, action: { kind: 'resume-connection', id } }];
  });

const ofTransfer = (transfer: Transfer): readonly AttentionItem[] => {
  const { id, ledger, failure } = transfer;
  const base = { key: `transfer ${id}`, subject: transfer.files[0]?.name ?? id, dismissable: true } as const;
  if (transfer.state === 'held' && failure !== undefined)
    return [{ ...base, matter: 'failure', tone: 'warning', count: ledger.rowsHeld, failure, action: { kind: 'show-transfer', id } }];
  const rejected = ledger.rowsRejected - (transfer.confirmedLater ?? 0);
  if (transfer.state === 'attention' && rejected > 0)
    return [{ ...base, matter: 'rejects', tone: 'warning', count: rejected, action: { kind: 'show-rejects', id } }];
  const refused = transfer.files.filter(({ state }) => state === 'refused').length;
  if (transfer.state === 'attention' && refused > 0)
    return [{ ...base, matter: 'unreadable', tone: 'warning', count: refused, action: { kind: 'show-transfer', id } }];
  return [];
};

/** Rows say what the schema does not know, where somebody has given it fields; or hold what it does not take. */
const ofDrift = ({ id, name: subject }: Connection, drift: SchemaDrift | undefined): readonly AttentionItem[] => {
  const counts = {
    unknown: drift?.fields.filter(({ metricFields }) => metricFields > 0).length ?? 0,
    dropped: drift?.dropped.length ?? 0,
  };
  return (['dropped', 'unknown'] as const)
    .filter((matter) => counts[matter] > 0)
    .map((matter) => {
      const base = { key: `${matter} ${id}`, matter, subject, dismissable: true } as const;
      return { ...base, tone: 'warning', count: counts[matter], action: { kind: 'show-drift', id } };
    });
};

export interface AttentionState {
  readonly flow: Flow | undefined;
  readonly connections: readonly Connection[];
  readonly folders: readonly Folder[];
  readonly transfers: readonly Transfer[];
  /** What rows have and the schema has not, by connection. */
  readonly drift?: Readonly<Record<string, SchemaDrift>>;
}

/** What needs a person, what is worst first; what goes on by itself is not here. */
export const attentionOf = ({ flow, connections, folders, transfers, drift }: AttentionState): readonly AttentionItem[] => {
  const everything: readonly AttentionItem[] =
    flow?.paused === true ? [{ key: 'all', matter: 'paused', tone: 'warning', count: 1, action: { kind: 'resume-all' } }] : [];
  const items = [
    ...everything,
    ...(flow === undefined ? [] : ofConnections(flow, connections)),
    ...folders.flatMap(ofFolder),
    ...transfers.flatMap(ofTransfer),
    ...connections.flatMap((connection) => ofDrift(connection, drift?.[connection.id])),
  ];
  const rank = (item: AttentionItem) => (item.matter === 'risk' ? 0 : item.tone === 'error' ? 1 : item.matter === 'rejects' ? 3 : 2);
  return items.sort((a, b) => rank(a) - rank(b));
};
