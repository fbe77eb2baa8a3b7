import { expect, test } from 'vitest';
import { activity } from '../../../../renderer/format/activity.ts';
import { formatUtc } from '../../../../renderer/format/instant.ts';
import { rejectsByReason } from '../../../../renderer/format/rejects-by-reason.ts';
import { shownState, transferVerdict } from '../../../../renderer/format/transfer-verdict.ts';
import { emptyLedger } from '../../../../shared/model/ledger.ts';
import { fakeFile, fakeTransfer, history } from '../../../fakes/fake-data.ts';

test('the end of a transfer is told by what needs a person most', () => {
  expect(history.map(transferVerdict)).toEqual(['refused', 'held', 'complete', 'cancelled']);
  const unchanged = fakeTransfer({ files: [fakeFile({ state: 'unchanged', ledger: emptyLedger })] });
  expect(transferVerdict(unchanged)).toBe('unchanged');
});

test('an upload whose rejects were all corrected and sent needs nobody any more', () => {
  const ledger = { ...emptyLedger, rowsRead: 3, rowsConfirmed: 1, rowsRejected: 2 };
  const rejected = fakeTransfer({ state: 'attention', files: [fakeFile({ ledger })] });
  expect([1, 2].map((confirmedLater) => shownState({ ...rejected, confirmedLater }))).toEqual(['attention', 'done']);
  const refused = fakeTransfer({ state: 'attention', files: [fakeFile({ ledger }), fakeFile({ state: 'refused', ledger: emptyLedger })] });
  expect(shownState({ ...refused, confirmedLater: 2 })).toBe('attention');
});

test('rejects of several files are counted together, the most frequent reason first', () => {
  const files = [
    { rejects: [{ code: 'ragged-row' as const, rows: 2 }] },
    {
      rejects: [
        { code: 'json-invalid' as const, rows: 3 },
        { code: 'ragged-row' as const, rows: 2 },
      ],
    },
  ];
  expect(rejectsByReason(files)).toEqual([
    { code: 'ragged-row', rows: 4 },
    { code: 'json-invalid', rows: 3 },
  ]);
});

test('the status line counts running transfers, and held rows of those that stopped', () => {
  const running = fakeTransfer({ state: 'running', rowsPerSecond: 10, bytesPerSecond: 20, files: [fakeFile({ state: 'queued' })] });
  expect(activity([running, running, ...history])).toEqual({
    running: 2,
    rowsPerSecond: 20,
    bytesPerSecond: 40,
    queuedFiles: 2,
    rowsHeld: 63_500,
  });
});

test('a time in UTC is ISO 8601, and a number beyond all dates is shown as it is', () => {
  expect([0, 1_500, 9e15].map(formatUtc)).toEqual(['1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500Z', '9000000000000000']);
});
