import { isBalanced, type Ledger } from '../../shared/model/ledger.ts';

export type LedgerPart = 'confirmed' | 'rejected' | 'held';

export interface LedgerSegment {
  readonly part: LedgerPart;
  readonly rows: number;
  /** Width in percent of the bar. A part that has rows is never too thin to be seen. */
  readonly percent: number;
}

const thinnestPercent = 1.5;

/** The parts of the bar that shows a ledger, in the order of the equation; empty when nothing was read. */
export const ledgerSegments = (ledger: Ledger): readonly LedgerSegment[] => {
  const parts = [
    { part: 'confirmed', rows: ledger.rowsConfirmed },
    { part: 'rejected', rows: ledger.rowsRejected },
    { part: 'held', rows: ledger.rowsHeld },
  ] as const;
  const shown = parts.filter(({ rows }) => rows > 0);
  const rows = shown.reduce((sum, part) => sum + part.rows, 0);
  const widened = shown.map((part) => ({ ...part, weight: Math.max((part.rows / rows) * 100, thinnestPercent) }));
  const weight = widened.reduce((sum, part) => sum + part.weight, 0);
  return widened.map(({ part, rows: partRows, weight: partWeight }) => ({ part, rows: partRows, percent: (partWeight / weight) * 100 }));
};

export type LedgerVerdict = 'empty' | 'complete' | 'accounted' | 'corrected' | 'held' | 'unbalanced';

/**
 * What the ledger proves: everything stored; everything accounted for, some rejected; some waiting; or a fault. `confirmedLater`: of
 * the rejected rows, those that were corrected and sent since.
 */
export const ledgerVerdict = (ledger: Ledger, confirmedLater = 0): LedgerVerdict => {
  if (!isBalanced(ledger)) return 'unbalanced';
  if (ledger.rowsRead === 0) return 'empty';
  if (ledger.rowsHeld > 0) return 'held';
  if (ledger.rowsRejected === 0) return 'complete';
  return confirmedLater >= ledger.rowsRejected ? 'corrected' : 'accounted';
};
