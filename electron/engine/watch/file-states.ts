/** The states of the files of a folder, and why each is in it. */
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';
import type { BodySending } from './body-sending.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import type { TrackedFile } from './tracked-file.ts';

export class FileStates {
  /** Files of which more may come before they are taken for complete. */
  private readonly settling = new Set<TrackedFile>();
  /** Why nothing passes just now, although it may by itself. */
  private passesNot: Failure | undefined;

  constructor(
    private readonly parts: Pick<RowsFlowParts, 'journal' | 'clock' | 'index' | 'onFile'>,
    private readonly sending: Pick<BodySending, 'blockedBy'>,
    private readonly isLookedAt: (file: TrackedFile) => boolean,
  ) {}

  /** The state that follows from what is known. */
  refresh(file: TrackedFile): void {
    if (file.state === 'held' || file.state === 'unreadable') return;
    if (this.isLookedAt(file)) this.set(file, 'reading', undefined);
    else if (file.underWay > 0 || file.nextRow > (file.planned?.row ?? 0)) {
      const reason = this.sending.blockedBy ?? this.passesNot;
      this.set(file, reason === undefined ? 'sending' : 'waiting', reason);
    } else if (file.isTwin) this.set(file, 'settling', file.reason);
    else if (file.openBytes > 0 && !file.isFinal)
      this.set(file, 'settling', failure('last-line-open', `the last line of ${file.path} has no line end yet`, { path: file.path }));
    else this.set(file, 'done', file.passesOver ? failure('file-skipped', `${file.path} was there before`) : undefined);
  }

  /** Why nothing passes just now; undefined: it does. Files whose rows are on their way say so from now on. */
  nowWaitsFor(reason: Failure | undefined): void {
    if (reason?.code === this.passesNot?.code) return;
    this.passesNot = reason;
    for (const file of this.parts.index.files())
      if ((file.state === 'sending' || file.state === 'waiting') && !this.isLookedAt(file)) this.refresh(file);
  }

  set(file: TrackedFile, state: TrackedFile['state'], reason: Failure | undefined): void {
    if (file.state === state && file.reason?.code === reason?.code) return;
    file.state = state;
    file.reason = reason;
    if (state === 'settling') this.settling.add(file);
    this.parts.onFile(file);
  }

  /** The state of a file goes to the journal, so that the history shows it. */
  record(file: TrackedFile): void {
    if (file.transferId === undefined || file.underWay > 0) return;
    const { journal, clock } = this.parts;
    const held = file.state === 'held';
    const transfer = held ? 'held' : file.ledger.rowsRejected > 0 ? 'attention' : 'done';
    journal.setVersionState(file.fileId, file.transferId, held ? 'held' : 'done', transfer, file.reason, clock.now());
  }

  /**
   * Calls `onQuiet` for files that have been quiet for as long as `quietMs` says; false: it is waited for longer. Returns whether
   * some are still waited for.
   */
  settle(quietMs: (file: TrackedFile) => number, onQuiet: (file: TrackedFile) => boolean): boolean {
    const now = this.parts.clock.monotonic();
    for (const file of this.settling) {
      if (file.state !== 'settling' || file.isForgotten) this.settling.delete(file);
      else if (now - file.changedAt >= quietMs(file)) {
        this.settling.delete(file);
        if (!onQuiet(file)) this.settling.add(file);
      }
    }
    return this.settling.size > 0;
  }
}
