/**
 * The proof that nothing is lost: `read = confirmed + rejected + held`, at every moment.
 * All counts are rows of the source.
 */
export interface Ledger {
  readonly rowsRead: number;
  readonly rowsConfirmed: number;
  readonly rowsRejected: number;
  readonly rowsHeld: number;
  /** Rows of stream requests that were sent again although the first answer never came. */
  readonly possiblyRepeated: number;
}

export const emptyLedger: Ledger = { rowsRead: 0, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 0, possiblyRepeated: 0 };

export const addLedgers = (a: Ledger, b: Ledger): Ledger => ({
  rowsRead: a.rowsRead + b.rowsRead,
  rowsConfirmed: a.rowsConfirmed + b.rowsConfirmed,
  rowsRejected: a.rowsRejected + b.rowsRejected,
  rowsHeld: a.rowsHeld + b.rowsHeld,
  possiblyRepeated: a.possiblyRepeated + b.possiblyRepeated,
});

export const isBalanced = (ledger: Ledger): boolean => ledger.rowsRead === ledger.rowsConfirmed + ledger.rowsRejected + ledger.rowsHeld;
