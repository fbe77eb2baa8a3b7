import type { Failure } from '../../../shared/contract/common.ts';
import type { Transfer, TransferFile } from '../../../shared/contract/transfers.ts';
import type { SendPlan } from './file-plan.ts';
import type { RefusedFile, UploadOutcome } from './upload-outcome.ts';

/** Tells the course of an upload: as JSON lines, as plain lines, or with bars. */
export interface UploadReporter {
  /** Something that the engine says of itself: a journal that was put aside, for example. */
  noticed(notice: Failure): void;
  planned(plan: SendPlan): void;
  refused(file: RefusedFile): void;
  /** A transfer as it stands now; called often. */
  moved(transfer: Transfer): void;
  ended(outcome: UploadOutcome): void;
}

/** Gives those files of a transfer that are in another state than at the last call, and all that are new. */
export function createStateChanges(): (transfer: Transfer) => readonly TransferFile[] {
  const states = new Map<string, string>();
  return (transfer) =>
    transfer.files.filter((file) => {
      const key = `${transfer.id}/${file.id}`;
      // A wait for another reason is news as well.
      const state = `${file.state} ${file.failure?.code ?? ''}`;
      const changed = states.get(key) !== state;
      states.set(key, state);
      return changed;
    });
}

/** True at the first call and then at most once in `everyMs`. */
export function createPacer(monotonic: () => number, everyMs: number): () => boolean {
  let last = -Infinity;
  return () => {
    const now = monotonic();
    if (now - last < everyMs) return false;
    last = now;
    return true;
  };
}
