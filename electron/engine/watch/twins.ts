/** Files that begin like another: copies in the making, or files of their own. */
import { failure } from '../errors.ts';
import type { TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

/** The least time for which a copy that is in the making is waited for, in milliseconds. */
const leastTwinMs = 2_000;

export class Twins {
  constructor(private readonly parts: Pick<VersionChangeParts, 'index' | 'look' | 'setState' | 'settings'>) {}

  /** It begins with the same row as another: perhaps a copy that is being made, whose original is emptied next. */
  found(file: TrackedFile, firstRow: string): void {
    const alike = this.parts.index.withFirstRow(firstRow).filter((other) => other !== file);
    if (alike.length === 0) {
      file.mayBeTwin = true;
      this.parts.look(file);
      return;
    }
    file.isTwin = true;
    file.firstRow = undefined;
    this.parts.setState(
      file,
      'settling',
      failure('file-settling', `${file.path} begins like ${alike[0]?.path ?? ''}; it is looked whether it is a copy`, { path: file.path }),
    );
  }

  /** A twin that has been quiet for long enough is a file of its own, unless its original is gone by now. */
  judge(file: TrackedFile): void {
    file.isTwin = false;
    file.mayBeTwin = true;
    this.parts.look(file);
  }

  /** How long a twin is waited for. */
  waitMs(): number {
    return Math.max(leastTwinMs, this.parts.settings().settleMs);
  }
}
