import { describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { fileText, outcomeLines, percentOf, progressText } from '../../../../electron/headless/upload/upload-texts.ts';
import type { UploadOutcome } from '../../../../electron/headless/upload/upload-outcome.ts';
import { fileStateSchema } from '../../../../shared/contract/transfers.ts';
import { ledger, transfer, transferFile } from '../../../fakes/upload-records.ts';

const outcome = (change: Partial<UploadOutcome>): UploadOutcome => ({
  ...{ transfers: [], refused: [], notBegun: 0, rejectsPaths: [], interrupted: false, seconds: 0.42 },
  ...change,
});
const text = (change: Partial<UploadOutcome>): string => outcomeLines(outcome(change)).join('\n');

describe('what is said of a file', () => {
  it('is something in every state but while it waits for its turn', () => {
    expect(fileStateSchema.options.filter((state) => fileText(transferFile('a.csv', { state })) === undefined)).toEqual(['queued']);
  });

  it('does not let its name steer the terminal', () => {
    expect(fileText(transferFile('a\u001b]0;x.csv'))).toContain('a\\x1b]0;x.csv');
  });
});

describe('what is said of the progress', () => {
  it('holds share, rate and time left', () => {
    const file = transferFile('a.csv', {
      sizeBytes: 2_000_000,
      bytesRead: 500_000,
      ledger: ledger({ rowsRead: 12_500, rowsConfirmed: 12_000, rowsHeld: 500 }),
    });
    expect(progressText(transfer([file], { state: 'running', rowsPerSecond: 2_500, bytesPerSecond: 100_000 }))).toBe(
      '25 %, 12,000 rows confirmed, 2,500 rows/s, 100 kB/s, 15 s left',
    );
  });

  it('is complete only when it is', () => {
    expect([percentOf(999, 1_000), percentOf(1_000, 1_000), percentOf(1_200, 1_000), percentOf(0, 0)]).toEqual([99, 100, 100, 100]);
  });
});

describe('what is said at the end', () => {
  it('proves that nothing is lost', () => {
    const file = transferFile('a.csv', { ledger: ledger({ rowsRead: 1_461, rowsConfirmed: 1_400, rowsRejected: 60, rowsHeld: 1 }) });
    expect(text({ transfers: [transfer([file], { state: 'attention' })] })).toContain(
      '1,461 rows read = 1,400 confirmed + 60 rejected + 1 held',
    );
  });

  it('gives rejects by reason, the file they are in and where to see more', () => {
    const rejects = [
      { code: 'json-invalid' as const, rows: 2 },
      { code: 'timestamp-unparsable' as const, rows: 7 },
    ];
    const file = transferFile('a.csv', { rejects, ledger: ledger({ rowsRead: 9, rowsRejected: 9 }) });
    const said = text({ transfers: [transfer([file], { state: 'attention' })], rejectsPaths: ['/data/rejects/a.csv'] });
    expect(said).toMatch(/7 × .*timestamp-unparsable[^]*2 × .*json-invalid[^]*in \/data\/rejects\/a\.csv[^]*rejects transfer-1/);
  });

  it('says why rows are held and what to do, once for each reason', () => {
    const unreachable = failure('server-unreachable', 'connect ECONNREFUSED 127.0.0.1:9');
    const files = ['a.csv', 'b.csv'].map((name) => transferFile(name, { state: 'held', failure: unreachable }));
    const said = text({ transfers: [transfer(files, { state: 'held', failure: unreachable })] });
    expect(said.match(/ECONNREFUSED/g)).toHaveLength(1);
    expect(said).toMatch(/Held: .*\n.*server-unreachable.*\n {2}Why: .*\n {2}What to do: .*\n.*sends what is held/);
  });

  it('says that nothing was sent when all was confirmed before', () => {
    expect(text({ transfers: [transfer([transferFile('a.csv', { state: 'unchanged' })])] })).toMatch(/Nothing was sent.*--again/);
  });

  it('owns up to rows that may be there twice, and to having been stopped', () => {
    const file = transferFile('a.csv', { state: 'cancelled', ledger: ledger({ rowsRead: 500, rowsHeld: 500, possiblyRepeated: 500 }) });
    const said = text({ transfers: [transfer([file], { state: 'cancelled' })], interrupted: true });
    expect(said).toMatch(/500 rows may be stored twice[^]*Stopped\./);
  });
});
