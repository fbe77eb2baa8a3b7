/** What mapping and folder allow of rejected rows, for files that are followed: nothing behind the last allowed one is read. */
import type { Failure } from '../../../shared/contract/common.ts';
import { rejectPolicyOf } from '../../../shared/model/reject-policy.ts';
import { failure } from '../errors.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import type { TrackedFile } from './tracked-file.ts';

type RejectParts = Pick<RowsFlowParts, 'journal' | 'clock' | 'index' | 'settings' | 'mapping' | 'folderId'>;

export class FileRejects {
  constructor(private readonly parts: RejectParts) {}

  /** The rejected row at which a file is held. */
  private get limit(): number {
    const { policy, after } = rejectPolicyOf(this.parts.mapping);
    const byFolder = this.parts.settings().maxRejects + 1;
    return policy === 'skip' ? byFolder : Math.min(after, byFolder);
  }

  /** Rows that may be rejected until nothing more of a file is read; undefined: any number. */
  left(file: TrackedFile): number | undefined {
    return file.hasManyRejects ? undefined : Math.max(0, this.limit - (file.ledger.rowsRejected - file.rejectsBefore));
  }

  /** Why a file is held. */
  reason(file: TrackedFile): Failure {
    const rows = Math.max(file.ledger.rowsRejected - file.rejectsBefore, this.limit);
    return failure('too-many-rejects', `${rows} rows of ${file.path} are rejected; what stands behind them is not read`, {
      ...{ path: file.path, rows, limit: this.limit },
    });
  }

  /** Rows of it were rejected: holds it when they are too many. */
  judge(file: TrackedFile): void {
    if (this.left(file) !== 0 || file.transferId === undefined) return;
    file.state = 'held';
    file.reason = this.reason(file);
    const { journal, clock } = this.parts;
    journal.setVersionState(file.fileId, file.transferId, 'held', 'held', file.reason, clock.now());
  }

  /** What an earlier run knew: files that were held stay held, unless their mapping is another one now. */
  restore(): void {
    const { journal, index, folderId } = this.parts;
    for (const { fileId, before, isAccepted } of journal.rejectsOfFiles(folderId)) {
      const file = index.version(fileId);
      if (file === undefined) continue;
      file.rejectsBefore = before;
      file.hasManyRejects = isAccepted;
      this.judge(file);
    }
  }

  /** Somebody has said that it goes on whatever is rejected. */
  accept(file: TrackedFile): void {
    file.hasManyRejects = true;
    if (file.transferId !== undefined && file.reason?.code === 'too-many-rejects') this.parts.journal.acceptRejects(file.fileId);
  }
}
