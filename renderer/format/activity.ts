import type { Transfer } from '../../shared/contract/transfers.ts';

/** What goes on at this moment, over all transfers. Rates are per second. */
export interface Activity {
  readonly running: number;
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly queuedFiles: number;
  /** Rows that are held by transfers that do not run any more; those of running ones are on their way. */
  readonly rowsHeld: number;
}

export const activity = (transfers: readonly Transfer[]): Activity => {
  const running = transfers.filter(({ state }) => state === 'running');
  const sum = (list: readonly Transfer[], of: (transfer: Transfer) => number) => list.reduce((total, transfer) => total + of(transfer), 0);
  return {
    running: running.length,
    rowsPerSecond: sum(running, (transfer) => transfer.rowsPerSecond),
    bytesPerSecond: sum(running, (transfer) => transfer.bytesPerSecond),
    queuedFiles: sum(running, ({ files }) => files.filter(({ state }) => state === 'queued').length),
    rowsHeld: sum(
      transfers.filter(({ state }) => state !== 'running'),
      ({ ledger }) => ledger.rowsHeld,
    ),
  };
};
