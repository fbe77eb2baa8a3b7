import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../shared/error-codes.ts';
import { decideUploadExit, exitCodeOf, type UploadVerdict } from '../../../electron/headless/exit-codes.ts';

const verdict = (change: Partial<UploadVerdict>): UploadVerdict => ({
  ...{ interrupted: false, files: 2, refusals: [], holds: [], rowsRejected: 0, rowsHeld: 0, unfinished: false },
  ...change,
});

describe('the exit code of an upload', () => {
  it.each<[number, string, Partial<UploadVerdict>]>([
    [0, 'all is confirmed', {}],
    [1, 'a row is rejected', { rowsRejected: 1 }],
    [1, 'a row is held because the file changed', { rowsHeld: 1, holds: ['source-changed'], unfinished: true }],
    [1, 'one of two files is refused', { refusals: ['file-not-text'] }],
    [1, 'one of two files lacks a metric type', { refusals: ['metric-type-unknown'] }],
    [2, 'every file lacks what only options can say', { refusals: ['metric-type-unknown', 'timestamp-column-unknown'], unfinished: true }],
    [1, 'every file is refused for its content', { refusals: ['file-not-text', 'file-is-spreadsheet'] }],
    [3, 'nobody answers', { holds: ['server-unreachable'], unfinished: true }],
    [3, 'the key is refused, and a row was rejected before', { holds: ['api-key-refused'], rowsRejected: 3, rowsHeld: 4 }],
    [130, 'it was interrupted while nobody answered', { interrupted: true, holds: ['server-unreachable'] }],
  ])('is %d when %s', (code, _, change) => {
    expect(decideUploadExit(verdict(change))).toBe(code);
  });
});

describe('the exit code of a command that was not carried out', () => {
  it('is one that the help names, whatever the reason', () => {
    expect(new Set(errorCodes.map(exitCodeOf))).toEqual(new Set([2, 3, 70, 130]));
  });

  it('tells usage, service and bug apart', () => {
    expect([
      exitCodeOf('connection-unknown'),
      exitCodeOf('data-dir-locked'),
      exitCodeOf('server-unreachable'),
      exitCodeOf('internal'),
    ]).toEqual([2, 2, 3, 70]);
  });
});
