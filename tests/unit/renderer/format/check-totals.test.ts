import { expect, test } from 'vitest';
import { checkShare, checkTotals, checkVerdict, columnsByTrouble } from '../../../../renderer/format/check-totals.ts';
import type { CheckFile, CheckReport } from '../../../../shared/contract/check.ts';

const report = (rowsFit: number, rowsRejected: number, rowsMalformed = 0): CheckReport => ({
  rowsRead: rowsFit + rowsRejected + rowsMalformed,
  rowsFit,
  rowsRejected,
  rowsMalformed,
  eventBytes: 0,
  requests: { stream: 1, batch: 1 },
  reasons: [],
  metrics: [],
  columns: [],
  isSchemaKnown: false,
  unreadablePatterns: [],
  seconds: 0,
});
const file = (change: Partial<CheckFile>): CheckFile => ({
  path: '/a.csv',
  name: 'a.csv',
  state: 'done',
  sizeBytes: 100,
  bytesRead: 100,
  rowsRead: 0,
  ...change,
});

test('what was found is summed over all files', () => {
  expect(checkTotals([file({ report: report(5, 1, 2) }), file({ report: report(3, 0) }), file({ state: 'refused' })])).toEqual({
    rowsRead: 11,
    rowsFit: 8,
    rowsRejected: 1,
    rowsMalformed: 2,
  });
});

test('files that wait count towards the whole, so that the bar does not go back', () => {
  expect(checkShare([])).toBeUndefined();
  expect(checkShare([file({ state: 'queued', sizeBytes: 0, bytesRead: 0 })])).toBeUndefined();
  expect(checkShare([file({}), file({ state: 'queued', sizeBytes: 0, bytesRead: 0 })])).toBe(0.5);
  expect(checkShare([file({}), file({})])).toBe(1);
});

test('only a check that saw every row of every file says what sending comes to', () => {
  const verdict = (...files: CheckFile[]) => checkVerdict({ state: 'done', files });
  expect(verdict(file({ report: report(5, 0) }))).toBe('all');
  expect(verdict(file({ report: report(5, 1) }))).toBe('some');
  expect(verdict(file({ report: report(5, 0, 1) }))).toBe('some');
  expect(verdict(file({ report: report(0, 5) }))).toBe('none');
  expect(verdict(file({ report: report(5, 0) }), file({ state: 'refused' }))).toBe('unknown');
  expect(checkVerdict({ state: 'cancelled', files: [file({ report: report(5, 0) })] })).toBe('unknown');
});

test('columns with trouble come first, the others keep the order of the file', () => {
  const column = (name: string, change = {}) => ({ name, values: 1, dropped: 0, unknown: 0, rejected: 0, ...change });
  const columns = [column('a'), column('b', { unknown: 1 }), column('c'), column('d', { rejected: 1 }), column('e', { dropped: 1 })];
  expect(columnsByTrouble(columns).map(({ name }) => name)).toEqual(['d', 'e', 'b', 'a', 'c']);
});
