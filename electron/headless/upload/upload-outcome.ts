import type { Failure } from '../../../shared/contract/common.ts';
import type { Transfer, TransferFile } from '../../../shared/contract/transfers.ts';
import { addLedgers, emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import { decideUploadExit, type ExitCode } from '../exit-codes.ts';

export interface RefusedFile {
  readonly path: string;
  readonly name: string;
  readonly failure: Failure;
}

/** Everything that is known when an upload has ended. */
export interface UploadOutcome {
  /** Each with every file it has (a run makes transfers of at most 100 files). */
  readonly transfers: readonly Transfer[];
  /** Files that never became part of a transfer. */
  readonly refused: readonly RefusedFile[];
  /** Files that were not begun because the run was interrupted. */
  readonly notBegun: number;
  readonly rejectsPaths: readonly string[];
  readonly interrupted: boolean;
  readonly seconds: number;
}

/** The last line of `--json`: exactly these keys, on which scripts rely. Rows, bytes, requests; seconds with three decimals. */
export interface UploadSummary {
  readonly kind: 'summary';
  readonly files: number;
  readonly rowsRead: number;
  readonly rowsConfirmed: number;
  readonly rowsRejected: number;
  readonly rowsHeld: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
  readonly requests: number;
  readonly retries: number;
  readonly possiblyRepeated: number;
  readonly seconds: number;
}

export function summarise(outcome: UploadOutcome): UploadSummary {
  const ledger = ledgerOf(outcome);
  const total = (of: (transfer: Transfer) => number): number => outcome.transfers.reduce((sum, transfer) => sum + of(transfer), 0);
  return {
    kind: 'summary',
    files: countFiles(outcome),
    rowsRead: ledger.rowsRead,
    rowsConfirmed: ledger.rowsConfirmed,
    rowsRejected: ledger.rowsRejected,
    rowsHeld: ledger.rowsHeld,
    bytesRead: total((transfer) => transfer.bytesRead),
    bytesSent: total((transfer) => transfer.bytesSent),
    requests: total((transfer) => transfer.requests),
    retries: total((transfer) => transfer.retries),
    possiblyRepeated: ledger.possiblyRepeated,
    seconds: Math.round(outcome.seconds * 1_000) / 1_000,
  };
}

export const ledgerOf = (outcome: UploadOutcome): Ledger =>
  outcome.transfers.reduce<Ledger>((sum, transfer) => addLedgers(sum, transfer.ledger), emptyLedger);

export const filesOf = (outcome: UploadOutcome): readonly TransferFile[] => outcome.transfers.flatMap((transfer) => transfer.files);

export const countFiles = (outcome: UploadOutcome): number =>
  outcome.transfers.reduce((sum, transfer) => sum + transfer.files.length + transfer.moreFiles, 0) +
  outcome.refused.length +
  outcome.notBegun;

/** True when every file had been confirmed by an earlier run, so that nothing was sent. */
export const nothingWasNew = (outcome: UploadOutcome): boolean => {
  const files = filesOf(outcome);
  return files.length > 0 && outcome.refused.length === 0 && outcome.notBegun === 0 && files.every((file) => file.state === 'unchanged');
};

export function exitCodeOfUpload(outcome: UploadOutcome): ExitCode {
  const files = filesOf(outcome);
  const ledger = ledgerOf(outcome);
  const codeOf = ({ failure }: { readonly failure?: Failure | undefined }) => (failure ? [failure.code] : []);
  return decideUploadExit({
    interrupted: outcome.interrupted,
    files: countFiles(outcome),
    refusals: [...outcome.refused, ...files.filter(({ state }) => state === 'refused')].flatMap(codeOf),
    holds: [...outcome.transfers.filter(({ state }) => state === 'held'), ...files.filter(({ state }) => state === 'held')].flatMap(codeOf),
    rowsRejected: ledger.rowsRejected,
    rowsHeld: ledger.rowsHeld,
    unfinished: outcome.notBegun > 0 || outcome.transfers.some(({ state }) => state !== 'done'),
  });
}
