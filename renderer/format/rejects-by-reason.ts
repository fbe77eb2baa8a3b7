import type { RejectCode } from '../../shared/error-codes.ts';
import type { TransferFile } from '../../shared/contract/transfers.ts';

export interface ReasonCount {
  readonly code: RejectCode;
  readonly rows: number;
}

/** Rejects of several files together, the most frequent reason first. */
export const rejectsByReason = (files: readonly Pick<TransferFile, 'rejects'>[]): readonly ReasonCount[] => {
  const rows = new Map<RejectCode, number>();
  for (const file of files) for (const reject of file.rejects) rows.set(reject.code, (rows.get(reject.code) ?? 0) + reject.rows);
  return [...rows].map(([code, count]) => ({ code, rows: count })).sort((a, b) => b.rows - a.rows || a.code.localeCompare(b.code));
};
