/** Where a version begins that nothing is known of yet. */
import { failure } from '../errors.ts';
import { toEntry } from './file-entry.ts';
import { statFile } from './rotated-files.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

export class VersionStart {
  constructor(private readonly parts: VersionChangeParts) {}

  /** After a version that was rewritten and is still at its path, as the folder is set. */
  async bySetting(old: TrackedFile, entry: FileEntry): Promise<void> {
    const { index, hashes, setState, settings } = this.parts;
    await this.parts.whenPlanned(old);
    const isElsewhere = await this.isReadElsewhere(entry);
    if (isElsewhere && (await statFile(this.parts.absolute(entry.path)))?.fileKey === entry.fileKey) {
      // One file with two names: the second is no other file, and looked at again it would be the same.
      this.parts.forget(old);
      index.forget(old);
      return;
    }
    if (isElsewhere || index.at(entry.path) !== old) {
      // What stands there by now is held against this version, unless another has come there meanwhile.
      this.parts.recheck(entry.path);
      return;
    }
    // From here on nothing is waited for: seen meanwhile, it would be a file that nothing is known of.
    const { rewritten } = settings();
    const known = rewritten === 'everything' ? undefined : hashes.upTo(old.fileId, old.planned?.row ?? 0);
    const file = toEntry(entry, this.parts);
    file.knownRowsPath = known;
    file.knownRowsOf = old.fileId;
    file.predecessor = old;
    // Nothing more is read of the old one; in the journal it stands until this one has rows.
    this.parts.forget(old);
    index.forget(old);
    if (!this.parts.isTaken(entry.path)) return;
    index.put(file);
    if (rewritten === 'everything' || (rewritten === 'changed' && known !== undefined)) this.parts.look(file);
    else
      setState(file, 'held', failure('source-rewritten', `${file.path} was rewritten after rows of it had been sent`, { path: file.path }));
    // It may have grown while this was found out.
    this.parts.recheck(entry.path);
  }

  /** A version that nothing is known of, at a path, read from its beginning; none where the patterns of the folder take nothing. */
  async at(entry: FileEntry): Promise<void> {
    const isElsewhere = await this.isReadElsewhere(entry);
    // Perhaps a version that was renamed has come to this path meanwhile.
    if (!this.parts.isTaken(entry.path) || this.parts.index.at(entry.path) !== undefined) return;
    if (isElsewhere) {
      this.parts.recheck(entry.path);
      return;
    }
    const file = toEntry(entry, this.parts);
    this.parts.index.put(file);
    this.parts.begin(file);
  }

  /** It was renamed, and rows of it were read where it is now. A key alone does not say so: the system gives it to another file. */
  private async isReadElsewhere({ path, fileKey }: FileEntry): Promise<boolean> {
    const known = this.parts.index.withKey(fileKey);
    if (known?.identity === undefined || known.path === path || known.isGone) return false;
    const there = await statFile(this.parts.absolute(known.path));
    return there?.fileKey === fileKey;
  }
}
