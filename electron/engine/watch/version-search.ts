/** Where a version stands now, looked for beside where it stood, and told by its content. */
import { dirname, relative, sep } from 'node:path';
import { filesBeside, type FoundFile } from './rotated-files.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

export class VersionSearch {
  constructor(private readonly parts: Pick<VersionChangeParts, 'absolute' | 'root' | 'index' | 'whenPlanned' | 'forget' | 'lookNow'>) {}

  /** Where the file with its key is now, beside where it was. */
  async byKey(file: TrackedFile): Promise<FoundFile | undefined> {
    const path = this.parts.absolute(file.path);
    for (const found of await filesBeside(dirname(path), path)) {
      if (found.fileKey !== file.fileKey || found.sizeBytes < file.bytesRead) continue;
      if (await this.holdsAt(file, found)) return found;
    }
    return undefined;
  }

  /** A file beside it that begins with everything that was sent of it, and is no other version's. */
  async copyOf(file: TrackedFile, now: FileEntry | undefined): Promise<FoundFile | undefined> {
    const path = this.parts.absolute(file.path);
    for (const found of await filesBeside(dirname(path), path)) {
      const tracked = this.parts.index.at(relative(this.parts.root, found.path).split(sep).join('/'));
      const isFree = tracked === undefined || tracked.isTwin || tracked.identity === undefined;
      if (!isFree || found.sizeBytes < file.bytesRead || found.fileKey === now?.fileKey) continue;
      if (await this.holdsAt(file, found)) return found;
    }
    return undefined;
  }

  /** Whether that file begins with everything that was sent of this version; then it was read on there. */
  async holdsAt(file: TrackedFile, found: FoundFile): Promise<boolean> {
    if (file.identity === undefined) return file.bytesRead === 0 && found.fileKey === file.fileKey;
    await this.parts.whenPlanned(file);
    this.parts.forget(file);
    const outcome = await this.parts.lookNow(file, { path: found.path, fileKey: found.fileKey, isFinal: false });
    return outcome.kind === 'at-end' || outcome.kind === 'drift';
  }
}
