/** Files that begin like another: copies in the making, or files of their own. */
import { failure } from '../errors.ts';
import { originalsOf } from './rotated-files.ts';
import type { TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

/** The least time for which a copy that is in the making is waited for, in milliseconds. */
const leastTwinMs = 2_000;

export class Twins {
  /** What each begins like: the hash of its first row. */
  private readonly beginnings = new WeakMap<TrackedFile, string>();
  /** Paths of those that they may be copies of by their name. */
  private readonly originals = new WeakMap<TrackedFile, string>();

  constructor(
    private readonly parts: Pick<VersionChangeParts, 'index' | 'look' | 'setState' | 'settings' | 'recheck' | 'clock' | 'isLookedAt'> & {
      /** A file that is of another's rotation is looked at, as soon as it is known which rows of it were sent before. */
      readonly beginAsCopy: (file: TrackedFile) => void;
    },
  ) {}

  /** It begins with the same row as another: perhaps a copy that is being made, whose original is emptied next. */
  found(file: TrackedFile, firstRow: string): void {
    const alike = this.parts.index.pathsAlike(firstRow).filter((path) => path !== file.path);
    if (alike.length === 0) {
      file.mayBeTwin = true;
      this.parts.look(file);
      return;
    }
    file.isTwin = true;
    file.firstRow = undefined;
    this.beginnings.set(file, firstRow);
    // Where the original was emptied meanwhile, it is to be known before this one is judged.
    for (const path of alike) this.parts.recheck(path);
    this.parts.setState(
      file,
      'settling',
      failure('file-settling', `${file.path} begins like ${alike[0] ?? ''}; it is looked whether it is a copy`, { path: file.path }),
    );
  }

  /** A file that nothing is known of. */
  begin(file: TrackedFile): void {
    if (!this.awaitsOriginal(file)) this.parts.look(file);
  }

  /**
   * By its name it is of the rotation of a file that rows were sent of: what became of that one is to be known first, since it may
   * go on in this one, also when an editor has written it anew before. Returns whether it is waited for.
   */
  private awaitsOriginal(file: TrackedFile): boolean {
    const original = originalsOf(file.path)
      .map((path) => this.parts.index.at(path))
      .find((known) => known !== undefined && !known.isGone && (known.identity !== undefined || known.predecessor !== undefined));
    if (original === undefined) return false;
    file.isTwin = true;
    this.originals.set(file, original.path);
    this.parts.recheck(original.path);
    this.parts.setState(
      file,
      'settling',
      failure('file-settling', `${file.path} is called like a copy of ${original.path}; it is looked whether it is one`, {
        path: file.path,
      }),
    );
    return true;
  }

  /**
   * A twin that has been quiet for long enough is a file of its own, unless what it begins like is just being looked at: then
   * false, and it is waited for longer.
   */
  judge(file: TrackedFile): boolean {
    const firstRow = this.beginnings.get(file);
    // One that rests is not looked at.
    const alike = firstRow === undefined ? [] : this.parts.index.withFirstRow(firstRow).filter((other) => other !== file);
    const originalPath = this.originals.get(file);
    const original = originalPath === undefined ? undefined : this.parts.index.at(originalPath);
    if ([...alike, ...(original === undefined ? [] : [original])].some((other) => other.isInQuestion || this.parts.isLookedAt(other))) {
      file.changedAt = this.parts.clock.monotonic();
      return false;
    }
    file.isTwin = false;
    if (firstRow !== undefined) file.mayBeTwin = true;
    if (originalPath === undefined) this.parts.look(file);
    else this.parts.beginAsCopy(file);
    return true;
  }

  /** How long a twin is waited for. */
  waitMs(): number {
    return Math.max(leastTwinMs, this.parts.settings().settleMs);
  }
}
