import type { Failure } from '../../shared/contract/common.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';

export type Decision = CommandInput<'folders.decide'>['decision'];

export const heldReasons = ['schema-drift', 'source-rewritten', 'too-many-rejects', 'existing-undecided'] as const;
type HeldReason = (typeof heldReasons)[number];

const decisions: Readonly<Record<HeldReason, readonly Decision[]>> = {
  'schema-drift': ['accept-columns', 'skip'],
  'source-rewritten': ['send-changed', 'send', 'skip'],
  'too-many-rejects': ['send', 'skip'],
  'existing-undecided': ['send', 'skip'],
};

export const heldReasonOf = (failure: Pick<Failure, 'code'> | undefined): HeldReason | undefined =>
  heldReasons.find((code) => code === failure?.code);

/** What a person can decide about a held file, the usual answer first; nothing where nobody has to. */
export const decisionsFor = (failure: Pick<Failure, 'code'> | undefined): readonly Decision[] => {
  const reason = heldReasonOf(failure);
  return reason === undefined ? [] : decisions[reason];
};
