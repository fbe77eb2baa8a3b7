import { z } from 'zod';
import type { RejectCode } from '../../../shared/error-codes.ts';
import type { Position } from '../model.ts';

/** A request that was planned and is not settled. */
export interface OpenBatch {
  readonly id: number;
  readonly name: string;
  readonly from: Position;
  readonly to: Position;
  readonly digest: string;
  /** It was given to the network, and no answer that says otherwise was recorded. */
  readonly mayBeApplied: boolean;
  /** Rows (from 0) still to be confirmed when others of the batch already were; all when undefined. */
  readonly remaining: readonly number[] | undefined;
}

export interface NewBatch {
  readonly name: string;
  readonly from: Position;
  readonly to: Position;
  readonly digest: string;
  readonly events: number;
  readonly bytes: number;
  readonly rejected: readonly RejectCode[];
  readonly fileBytes: number;
  /** Size of the file of rejects with these rejects in it. */
  readonly rejectsBytes: number;
}

export interface BatchProgress {
  readonly confirmed: number;
  readonly rejected: readonly RejectCode[];
  readonly remaining: readonly number[];
  /** Some of the remaining rows may have been applied. */
  readonly mayBeApplied: boolean;
  readonly rejectsBytes: number;
}

export interface BatchEnd {
  readonly state: 'confirmed' | 'held' | 'rejected';
  readonly attempts: number;
  readonly bytesSent: number;
  readonly requests: number;
  readonly retries: number;
  /** Added to what `markSending` counted beforehand; negative where less was repeated. */
  readonly possiblyRepeated: number;
  /** Held: it may have been applied all the same. */
  readonly mayBeApplied: boolean;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly answer: string | undefined;
}

const number = z.number().int();
const remainingRows = z.array(number);
const batchRow = z.object({
  id: number,
  name: z.string(),
  from_byte: number,
  from_row: number,
  from_line: number,
  to_byte: number,
  to_row: number,
  to_line: number,
  digest: z.string(),
  state: z.string(),
  may_be_applied: number,
  remaining: z.string().nullable(),
});

/** A row of the table `batches`. */
export function toOpenBatch(found: unknown): OpenBatch {
  const batch = batchRow.parse(found);
  return {
    id: batch.id,
    name: batch.name,
    from: { byte: batch.from_byte, row: batch.from_row, line: batch.from_line },
    to: { byte: batch.to_byte, row: batch.to_row, line: batch.to_line },
    digest: batch.digest,
    mayBeApplied: batch.state === 'sending' || batch.may_be_applied === 1,
    remaining: batch.remaining === null ? undefined : remainingRows.parse(JSON.parse(batch.remaining)),
  };
}
