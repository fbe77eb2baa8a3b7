import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyLedger, type Ledger } from '../../../../shared/model/ledger.ts';
import { ledgerSegments, ledgerVerdict } from '../../../../renderer/format/ledger-view.ts';

const rows = fc.nat(1_000_000_000);
const balanced = fc
  .record({ rowsConfirmed: rows, rowsRejected: rows, rowsHeld: rows })
  .map((parts): Ledger => ({ ...parts, rowsRead: parts.rowsConfirmed + parts.rowsRejected + parts.rowsHeld, possiblyRepeated: 0 }));

test('the bar is always full, and no part with rows is too thin to be seen', () => {
  fc.assert(
    fc.property(balanced, (ledger) => {
      const segments = ledgerSegments(ledger);
      const sum = segments.reduce((total, { percent }) => total + percent, 0);
      expect(sum).toBeCloseTo(segments.length === 0 ? 0 : 100, 6);
      for (const segment of segments) expect(segment.percent).toBeGreaterThan(1.4);
      expect(segments.reduce((total, segment) => total + segment.rows, 0)).toBe(ledger.rowsRead);
    }),
  );
});

test('the verdict says the most that needs a person', () => {
  const ledger = (change: Partial<Ledger>) => ({ ...emptyLedger, ...change });
  expect(ledgerVerdict(emptyLedger)).toBe('empty');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsConfirmed: 3 }))).toBe('complete');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsConfirmed: 2, rowsRejected: 1 }))).toBe('accounted');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsConfirmed: 1, rowsRejected: 2 }), 1)).toBe('accounted');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsConfirmed: 1, rowsRejected: 2 }), 2)).toBe('corrected');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsRejected: 1, rowsHeld: 2 }))).toBe('held');
  expect(ledgerVerdict(ledger({ rowsRead: 3, rowsConfirmed: 2 }))).toBe('unbalanced');
});
