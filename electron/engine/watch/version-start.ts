/** Where a version begins that nothing is known of yet. */
import { failure } from '../errors.ts';
import { toEntry } from './file-entry.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

export class VersionStart {
  constructor(private readonly parts: VersionChangeParts) {}

  /** After a version that was rewritten, as the folder is set. */
  bySetting(old: TrackedFile, entry: FileEntry): void {
    const { rewritten } = this.parts.settings();
    if (rewritten === 'everything') {
      this.at(entry, undefined, old);
      return;
    }
    const known = this.parts.hashes.upTo(old.fileId, old.planned?.row ?? 0);
    if (rewritten === 'changed' && known !== undefined) {
      this.at(entry, known, old);
      return;
    }
    const file = toEntry(entry, this.parts);
    file.knownRowsPath = known;
    file.knownRowsOf = old.fileId;
    file.predecessor = old;
    this.parts.index.put(file);
    this.parts.setState(
      file,
      'held',
      failure('source-rewritten', `${file.path} was rewritten after rows of it had been sent`, { path: file.path }),
    );
  }

  /** A new version at a path, read from its beginning; none where the patterns of the folder take nothing. */
  at(entry: FileEntry, knownRowsPath: string | undefined, predecessor?: TrackedFile): void {
    // Perhaps a version that was renamed has come to this path meanwhile.
    if (!this.parts.isTaken(entry.path) || this.parts.index.at(entry.path) !== undefined) return;
    const elsewhere = this.parts.index.withKey(entry.fileKey);
    if (elsewhere?.identity !== undefined && elsewhere.path !== entry.path && !elsewhere.isGone) {
      // It was read where it is now, or another has its key since.
      this.parts.recheck(entry.path);
      return;
    }
    const file = toEntry(entry, this.parts);
    file.knownRowsPath = knownRowsPath;
    file.knownRowsOf = predecessor?.fileId;
    file.predecessor = predecessor;
    this.parts.index.put(file);
    if (predecessor === undefined) this.parts.begin(file);
    else this.parts.look(file);
  }
}
