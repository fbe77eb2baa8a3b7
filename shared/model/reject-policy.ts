import type { Mapping } from '../contract/mapping.ts';

/** What becomes of a file with rejected rows: `skip` leaves them out; the others act at its `after`-th rejected row. */
export interface RejectPolicy {
  readonly policy: 'skip' | 'hold' | 'stop';
  /** Rejected rows, at least 1. */
  readonly after: number;
}

export const rejectPolicyOf = ({ rejects }: Pick<Mapping, 'rejects'>): RejectPolicy => ({
  policy: rejects?.policy ?? 'skip',
  after: rejects?.after ?? 1,
});
