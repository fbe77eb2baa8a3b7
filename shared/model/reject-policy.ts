import type { Mapping } from '../contract/mapping.ts';

/** What becomes of a file with rejected rows: `skip` leaves them out; the others act at its `after`-th rejected row. */
export interface RejectPolicy {
  readonly policy: 'skip' | 'hold' | 'stop';
  /** Rejected rows, at least 1. */
  readonly after: number;
}

/**
 * What becomes of a file as its policy says, by its rejected rows: all of it goes out (`sent`), all but those (`left-out`), nothing
 * (`held`), or what stands before the `after`-th of them (`stopped`; a file that goes as one object is held as a whole then).
 */
export const rejectOutcomes = ['sent', 'left-out', 'held', 'stopped'] as const;
export type RejectOutcome = (typeof rejectOutcomes)[number];

export const rejectOutcomeOf = ({ policy, after }: RejectPolicy, rowsRejected: number): RejectOutcome => {
  if (rowsRejected === 0) return 'sent';
  if (policy === 'skip' || rowsRejected < after) return 'left-out';
  return policy === 'hold' ? 'held' : 'stopped';
};

export const rejectPolicyOf = ({ rejects }: Pick<Mapping, 'rejects'>): RejectPolicy => ({
  policy: rejects?.policy ?? 'skip',
  after: rejects?.after ?? 1,
});
