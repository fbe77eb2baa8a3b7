import { describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { exitCodeOfUpload, nothingWasNew, summarise, type UploadOutcome } from '../../../../electron/headless/upload/upload-outcome.ts';
import { ledger, transfer, transferFile } from '../../../fakes/upload-records.ts';

const outcome = (change: Partial<UploadOutcome>): UploadOutcome => ({
  ...{ transfers: [], refused: [], notBegun: 0, rejectsPaths: [], interrupted: false, seconds: 1.23456 },
  ...change,
});
const done = transferFile('a.csv', { ledger: ledger({ rowsRead: 10, rowsConfirmed: 9, rowsRejected: 1 }) });
const unreachable = failure('server-unreachable', 'ECONNREFUSED');

describe('the summary of an upload', () => {
  it('has exactly the keys that scripts rely on', () => {
    expect(Object.keys(summarise(outcome({})))).toEqual([
      ...[
        'kind',
        'files',
        'rowsRead',
        'rowsConfirmed',
        'rowsRejected',
        'rowsHeld',
        'bytesRead',
        'bytesSent',
        'requests',
        'retries',
        'possiblyRepeated',
        'seconds',
      ],
    ]);
  });

  it('counts every file and adds up all transfers', () => {
    const first = transfer([done], { moreFiles: 2, requests: 3, retries: 1, bytesSent: 50 });
    const second = transfer([transferFile('b.csv', { ledger: ledger({ rowsRead: 5, rowsHeld: 5, possiblyRepeated: 2 }) })], {
      requests: 1,
    });
    const refused = [{ path: '/files/c.png', name: 'c.png', failure: failure('file-not-text', '') }];
    expect(summarise(outcome({ transfers: [first, second], refused, notBegun: 1 }))).toEqual({
      ...{ kind: 'summary', files: 6, rowsRead: 15, rowsConfirmed: 9, rowsRejected: 1, rowsHeld: 5, bytesRead: 2_000, bytesSent: 50 },
      ...{ requests: 4, retries: 1, possiblyRepeated: 2, seconds: 1.235 },
    });
  });
});

describe('the exit code of an upload', () => {
  it('is 0 when all is confirmed, also when that was so before', () => {
    expect(
      exitCodeOfUpload(outcome({ transfers: [transfer([transferFile('a.csv'), transferFile('b.csv', { state: 'unchanged' })])] })),
    ).toBe(0);
  });

  it('is 1 for rejected rows', () => {
    expect(exitCodeOfUpload(outcome({ transfers: [transfer([done], { state: 'attention' })] }))).toBe(1);
  });

  it('is 3 when the service was away, even before a row was read', () => {
    expect(
      exitCodeOfUpload(
        outcome({ transfers: [transfer([transferFile('a.csv', { state: 'held', failure: unreachable })], { state: 'held' })] }),
      ),
    ).toBe(3);
    expect(
      exitCodeOfUpload(
        outcome({ transfers: [transfer([transferFile('a.csv', { state: 'held' })], { state: 'held', failure: unreachable })] }),
      ),
    ).toBe(3);
  });

  it('is 2 when the engine refuses every file for what the mapping says', () => {
    const file = transferFile('a.csv', { state: 'refused', failure: failure('header-lacks-column', '') });
    expect(exitCodeOfUpload(outcome({ transfers: [transfer([file], { state: 'attention' })] }))).toBe(2);
  });

  it('is 130 when files were left because of an interruption', () => {
    expect(exitCodeOfUpload(outcome({ interrupted: true, notBegun: 1 }))).toBe(130);
  });
});

it('knows when nothing had to be sent', () => {
  const unchanged = transferFile('a.csv', { state: 'unchanged' });
  expect(nothingWasNew(outcome({ transfers: [transfer([unchanged])] }))).toBe(true);
  expect(nothingWasNew(outcome({ transfers: [transfer([unchanged, done])] }))).toBe(false);
  expect(nothingWasNew(outcome({}))).toBe(false);
});
