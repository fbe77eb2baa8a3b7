import type { Transfer } from '../../shared/contract/transfers.ts';
import { ledgerVerdict } from './ledger-view.ts';

export type TransferVerdict =
  'complete' | 'accounted' | 'corrected' | 'held' | 'cancelled' | 'unchanged' | 'empty' | 'refused' | 'unbalanced';

/** Nothing of it waits but for an answer about rejected rows: to try again would hold it again. */
export const waitsForRejects = ({ state, files }: Pick<Transfer, 'state' | 'files'>): boolean => {
  const held = files.filter((file) => file.state === 'held');
  return state === 'held' && held.length > 0 && held.every(({ failure }) => failure?.code === 'too-many-rejects');
};

/** How a transfer ended, in one word: the most that needs a person first. */
export const transferVerdict = (transfer: Pick<Transfer, 'state' | 'files' | 'ledger' | 'confirmedLater'>): TransferVerdict => {
  const ledger = ledgerVerdict(transfer.ledger, transfer.confirmedLater);
  if (ledger === 'unbalanced') return 'unbalanced';
  if (transfer.state === 'cancelled') return 'cancelled';
  if (ledger === 'held' || transfer.state === 'held') return 'held';
  if (transfer.files.some(({ state }) => state === 'refused')) return 'refused';
  if (transfer.files.length > 0 && transfer.files.every(({ state }) => state === 'unchanged')) return 'unchanged';
  return ledger;
};

/** The state that a person is shown: once all rejected rows were corrected and sent, nothing needs attention any more. */
export const shownState = (transfer: Transfer): Transfer['state'] =>
  transfer.state === 'attention' && transferVerdict(transfer) === 'corrected' ? 'done' : transfer.state;
