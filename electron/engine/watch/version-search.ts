/** Where a version stands now, looked for beside where it stood, and told by its content. */
import { dirname, relative, sep } from 'node:path';
import { sharesRows } from '../read/shared-rows.ts';
import type { TailFormat } from '../read/tail-protocol.ts';
import { filesBeside, isOfRotation, type FoundFile } from './rotated-files.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import type { VersionChangeParts } from './version-changes.ts';

export class VersionSearch {
  constructor(
    private readonly parts: Pick<
      VersionChangeParts,
      'absolute' | 'root' | 'index' | 'whenPlanned' | 'forget' | 'lookNow' | 'hashes' | 'formatOf' | 'folderId'
    > & { readonly journal: Pick<VersionChangeParts['journal'], 'versionsAfterOthers'> },
  ) {}

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
      if (!(await this.isLeft(found)) || found.sizeBytes < file.bytesRead || found.fileKey === now?.fileKey) continue;
      if (await this.holdsAt(file, found)) return found;
    }
    return undefined;
  }

  /** Whether that file begins with rows of this version, wherever else it differs. */
  async beginsLike(file: TrackedFile, path: string): Promise<boolean> {
    const format = this.parts.formatOf(file);
    const hashes = this.parts.hashes.known(file.fileId, file.planned?.row ?? 0);
    return format !== undefined && hashes !== undefined && (await sharesRows(path, format, hashes));
  }

  /**
   * A file beside it, by its name one of the same rotation, that begins like it and is no other version's: this version was
   * rewritten and went there while nobody looked.
   */
  async kinOf(file: TrackedFile): Promise<FoundFile | undefined> {
    const path = this.parts.absolute(file.path);
    for (const found of await filesBeside(dirname(path), path)) {
      if (isOfRotation(path, found.path) && (await this.isLeft(found)) && (await this.beginsLike(file, found.path))) return found;
    }
    return undefined;
  }

  /**
   * Rows that were sent of a version that others beside the file, by their names of the same rotation, took the place of: the file
   * may be what came between, copied away before it was read. Of several the one is taken that it begins like.
   */
  async knownRowsFor(file: TrackedFile): Promise<Pick<TrackedFile, 'knownRowsPath' | 'knownRowsOf'>> {
    const { index, journal, folderId, hashes, formatOf, absolute } = this.parts;
    const path = absolute(file.path);
    const found = new Map<string, { readonly path: string; readonly format: TailFormat | undefined }>();
    const consider = (otherPath: string, knownRowsOf: string | undefined, formatId: number | undefined): void => {
      if (knownRowsOf === undefined || found.has(knownRowsOf) || otherPath === path) return;
      if (dirname(otherPath) !== dirname(path) || !isOfRotation(path, otherPath)) return;
      const rows = hashes.known(knownRowsOf, 0);
      if (rows !== undefined) found.set(knownRowsOf, { path: rows, format: formatOf({ formatId }) });
    };
    // Those whose rows are not planned yet are not in the journal, those that are gone are nowhere else.
    for (const other of index.files())
      if (other.knownRowsOf !== undefined) consider(absolute(other.path), other.knownRowsOf, (other.predecessor ?? other).formatId);
    for (const other of journal.versionsAfterOthers(folderId)) consider(other.path, other.knownRowsOf, other.formatId);
    const candidates = [...found].map(([knownRowsOf, rows]) => ({ knownRowsOf, knownRowsPath: rows.path, format: rows.format }));
    let chosen = candidates[0];
    for (const candidate of candidates.length > 1 ? candidates : []) {
      const { format, knownRowsPath } = candidate;
      if (format === undefined || !(await sharesRows(path, format, knownRowsPath))) continue;
      chosen = candidate;
      break;
    }
    return { knownRowsPath: chosen?.knownRowsPath, knownRowsOf: chosen?.knownRowsOf };
  }

  /** Whether no version stands there, also when what is being read of it just now has come to something. */
  private async isLeft(found: FoundFile): Promise<boolean> {
    const tracked = this.trackedAt(found);
    if (tracked !== undefined && !tracked.isTwin && tracked.identity === undefined) await this.parts.whenPlanned(tracked);
    return this.isFree(found);
  }

  private trackedAt({ path }: FoundFile): TrackedFile | undefined {
    return this.parts.index.at(relative(this.parts.root, path).split(sep).join('/'));
  }

  /** Whether no version is known to stand there. */
  isFree(found: FoundFile): boolean {
    const tracked = this.trackedAt(found);
    return tracked === undefined || tracked.isTwin || tracked.identity === undefined;
  }

  /**
   * Whether that file begins with everything that was sent of this version; then it was read on there. `inFull`: row by row, for
   * what an editor has written anew.
   */
  async holdsAt(file: TrackedFile, found: FoundFile, inFull = false): Promise<boolean> {
    if (file.identity === undefined) return file.bytesRead === 0 && found.fileKey === file.fileKey;
    if (found.sizeBytes < file.bytesRead) return false;
    await this.parts.whenPlanned(file);
    this.parts.forget(file);
    const sentRowsPath = inFull ? this.parts.hashes.known(file.fileId, file.planned?.row ?? 0) : undefined;
    const outcome = await this.parts.lookNow(file, { path: found.path, fileKey: found.fileKey, isFinal: false, sentRowsPath });
    return outcome.kind === 'at-end' || outcome.kind === 'drift' || outcome.kind === 'rejects-over';
  }
}
