/**
 * What has become of a file version whose path says something else now: appended, renamed, rotated (by renaming, or by copying
 * and emptying), replaced, saved anew, deleted. Told by content; the key of the file system says where to look first.
 */
import { relative, sep } from 'node:path';
import type { TailFormat, TailOutcome, TailTarget } from '../read/tail-protocol.ts';
import { EmptiedFiles } from './emptied-files.ts';
import { statFile, type FoundFile } from './rotated-files.ts';
import type { RowHashes } from './row-hashes.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import { VersionSearch } from './version-search.ts';
import { VersionStart } from './version-start.ts';

export interface VersionChangeParts extends RowsFlowParts {
  /** The outcome of a look that is made at once. */
  readonly lookNow: (file: TrackedFile, at: Partial<TailTarget>) => Promise<TailOutcome>;
  /** Resolves when all rows that were read of it are planned. */
  readonly whenPlanned: (file: TrackedFile) => Promise<void>;
  readonly look: (file: TrackedFile) => void;
  /** A file that nothing is known of is looked at, as soon as it is known of what it may be a copy. */
  readonly begin: (file: TrackedFile) => void;
  readonly isLookedAt: (file: TrackedFile) => boolean;
  /** The reader closes it and forgets where it stood. */
  readonly forget: (file: TrackedFile) => void;
  readonly hashes: RowHashes;
  readonly formatOf: (file: Pick<TrackedFile, 'formatId'>) => TailFormat | undefined;
  readonly setState: (file: TrackedFile, state: TrackedFile['state'], reason?: TrackedFile['reason']) => void;
}

export class VersionChanges {
  private readonly open = new Set<Promise<void>>();
  /** What was said of files while their question was open, by path. */
  private readonly unheard = new Map<TrackedFile, Set<string>>();
  private readonly search: VersionSearch;
  private readonly starts: VersionStart;
  private readonly emptied: EmptiedFiles;

  constructor(private readonly parts: VersionChangeParts) {
    this.search = new VersionSearch(parts);
    this.starts = new VersionStart(parts);
    this.emptied = new EmptiedFiles(parts, this.search);
  }

  /** What the disk says of a file, before that is taken over. */
  observed(file: TrackedFile, entry: FileEntry): void {
    this.emptied.observed(file, entry);
  }

  /** Again and again. Returns whether there is something that it waits for. */
  settle(): boolean {
    return this.emptied.go();
  }

  get isAtRest(): boolean {
    return this.open.size === 0;
  }

  /** Another file stands at the path of a known one. */
  replaced(old: TrackedFile, entry: FileEntry): void {
    this.ask(old, entry.path, () => this.replaceNow(old, entry));
  }

  private async replaceNow(old: TrackedFile, entry: FileEntry): Promise<void> {
    const found = await this.search.byKey(old);
    if (found !== undefined) {
      // Renamed: it is followed where it is now, and what stands here is another file.
      this.moveTo(old, found);
      await this.starts.at(entry);
      this.release(old);
      return;
    }
    await this.succeed(old, entry, (await this.drain(old)) ? 'rewritten' : 'rotated');
  }

  /** A file that is not known at its path has the key of one that is known elsewhere, or was. */
  mayHaveMoved(known: TrackedFile, entry: FileEntry): void {
    this.ask(known, entry.path, async () => {
      const there = await statFile(this.parts.absolute(known.path));
      if (there?.fileKey === known.fileKey && this.parts.index.at(known.path) === known && known.path !== entry.path) {
        // One file with two names: the second is no other file.
        this.release(known);
        return;
      }
      const path = this.parts.absolute(entry.path);
      if (!(await this.search.holdsAt(known, { ...entry, path })) && !(await this.search.beginsLike(known, path))) {
        // The system has given the key to another file since.
        await this.starts.at(entry);
        if (known.isGone) this.parts.forget(known);
        else this.release(known);
        return;
      }
      this.parts.index.detach(known);
      this.parts.index.move(known, entry.path, entry.fileKey);
      known.observe(entry, this.parts.clock.monotonic());
      this.record(known);
      this.release(known);
    });
  }

  /** What the reader finds in it is not what was sent of it. */
  rewritten(file: TrackedFile): void {
    this.ask(file, file.path, async () => {
      const there = await statFile(this.parts.absolute(file.path));
      if (there === undefined) await this.leave(file);
      else await this.succeed(file, { ...there, path: file.path }, there.sizeBytes < file.bytesRead ? 'truncated' : 'rewritten');
    });
  }

  /** Nothing stands at its path. */
  gone(file: TrackedFile): void {
    this.ask(file, file.path, () => this.leave(file));
  }

  /** A file that is of another's rotation: it may be what that one was before it was emptied, with rows that were sent before. */
  beginAsCopy(file: TrackedFile): void {
    this.ask(file, file.path, async () => {
      if (this.parts.settings().rewritten === 'changed') Object.assign(file, await this.search.knownRowsFor(file));
      this.release(file);
    });
  }

  /**
   * Another version takes the place of one at its path: a copy of it is looked for first, then the folder's rule counts. `rotated`:
   * it is no longer there, and could not be read to its end.
   */
  private async succeed(old: TrackedFile, entry: FileEntry, cause: 'truncated' | 'rewritten' | 'rotated'): Promise<void> {
    if (old.identity === undefined) {
      if (cause === 'rotated') this.alarm(old, cause);
      const { predecessor } = old;
      await this.parts.whenPlanned(old);
      this.close(old);
      if (predecessor === undefined) {
        // Nothing of it was sent: whatever stands there is read from its beginning.
        await this.starts.at(entry);
        return;
      }
      // It was to be held against what was sent before it; what stands here now is, in its stead.
      predecessor.path = entry.path;
      this.parts.index.revive(predecessor);
      this.ask(predecessor, entry.path, () => this.succeed(predecessor, entry, cause === 'rotated' ? 'rewritten' : cause));
      return;
    }
    if (entry.fileKey !== old.fileKey && (await this.search.holdsAt(old, { ...entry, path: this.parts.absolute(entry.path) }, true))) {
      // Saved under another key, and all that was sent still stands there: the same version.
      this.parts.index.move(old, entry.path, entry.fileKey);
      old.observe(entry, this.parts.clock.monotonic());
      this.record(old);
      this.release(old);
      return;
    }
    const isHere = await this.search.beginsLike(old, this.parts.absolute(entry.path));
    const copy = (await this.search.copyOf(old, entry)) ?? (isHere ? undefined : await this.search.kinOf(old));
    const now = await statFile(this.parts.absolute(entry.path));
    if (now?.fileKey !== entry.fileKey) {
      // Meanwhile that went elsewhere, and may have been entered there: what stands here now is judged in its stead.
      if (now === undefined) await this.leave(old);
      else await this.replaceNow(old, { ...now, path: entry.path });
      return;
    }
    if (copy !== undefined) {
      this.parts.index.detach(old);
      this.moveTo(old, copy);
      await this.starts.at(entry);
      this.release(old);
      return;
    }
    // What a larger file held beyond what was read may stand in it still.
    const unread = old.peakBytes - old.bytesRead;
    if (cause === 'truncated' && unread > 0) this.parts.onRisk(old, unread, cause);
    if (cause === 'rotated') this.alarm(old, cause);
    await this.starts.bySetting(old, entry);
  }

  /** Renamed, or truly gone: then what was not read is read through the open handle, if there is one. */
  private async leave(file: TrackedFile): Promise<void> {
    const there = await statFile(this.parts.absolute(file.path));
    if (there !== undefined) {
      if (there.fileKey === file.fileKey) this.release(file);
      else await this.replaceNow(file, { ...there, path: file.path });
      return;
    }
    const found = await this.search.byKey(file);
    if (found !== undefined) {
      this.moveTo(file, found);
      this.release(file);
      return;
    }
    if (file.identity !== undefined) {
      const copy = (await this.search.copyOf(file, undefined)) ?? (await this.search.kinOf(file));
      if (copy !== undefined) {
        this.parts.index.detach(file);
        this.moveTo(file, copy);
        this.release(file);
        return;
      }
    }
    await this.lose(file);
  }

  /** Another version stands at its path. One that was sent from is looked for where it went; any other was only waiting. */
  private makeWay(there: TrackedFile): void {
    this.parts.index.detach(there);
    if (there.identity === undefined || there.isTwin) {
      this.parts.forget(there);
      this.parts.index.forget(there);
      // What stood there before it is not followed by it any more.
      if (there.predecessor?.transferId !== undefined) this.parts.journal.closeVersion(there.predecessor.fileId);
      return;
    }
    this.ask(there, there.path, async () => {
      const found = await this.search.byKey(there);
      if (found !== undefined) {
        this.moveTo(there, found);
        this.release(there);
      } else await this.lose(there);
    });
  }

  /** It is nowhere: what the reader can still read of it is read. */
  private async lose(file: TrackedFile): Promise<void> {
    if (!(await this.drain(file))) this.alarm(file, 'deleted');
    file.isGone = true;
    file.isInQuestion = false;
    this.parts.forget(file);
    this.parts.setState(file, file.underWay > 0 ? 'sending' : 'done', undefined);
    if (file.identity === undefined) this.parts.index.forget(file);
    else this.parts.index.setGone(file);
    this.parts.onFile(file);
  }

  /** Reads what is left through the handle the reader has open; false where it has none. */
  private async drain(file: TrackedFile): Promise<boolean> {
    const outcome = await this.parts.lookNow(file, { isFinal: true });
    if (outcome.kind !== 'at-end' || !outcome.throughHandle) return false;
    await this.parts.whenPlanned(file);
    file.sizeBytes = outcome.sizeBytes;
    file.openBytes = 0;
    return true;
  }

  /** What was not read of it cannot be read any more. */
  private alarm(file: TrackedFile, cause: 'deleted' | 'rotated'): void {
    const unread = Math.max(0, file.peakBytes - file.bytesRead);
    if (unread + file.rowsToReread > 0) this.parts.onRisk(file, unread, cause);
  }

  /** It is followed there from now on; whatever was tracked there was only waiting to be told so. */
  private moveTo(file: TrackedFile, found: FoundFile): void {
    const path = this.relative(found.path);
    const there = this.parts.index.at(path);
    if (there !== undefined && there !== file) this.makeWay(there);
    this.parts.index.move(file, path, found.fileKey);
    file.observe({ ...found, path }, this.parts.clock.monotonic());
    file.isTwin = false;
    this.record(file);
  }

  private record(file: TrackedFile): void {
    if (file.transferId === undefined) return;
    const path = this.parts.absolute(file.path);
    this.parts.journal.setVersionPlace(file.fileId, path, file.path.slice(file.path.lastIndexOf('/') + 1), file.fileKey, file.sizeBytes);
  }

  private close(file: TrackedFile): void {
    this.parts.forget(file);
    this.parts.index.forget(file);
    if (file.transferId !== undefined) this.parts.journal.closeVersion(file.fileId);
  }

  private release(file: TrackedFile): void {
    file.isInQuestion = false;
    this.parts.look(file);
  }

  private relative(path: string): string {
    return relative(this.parts.root, path).split(sep).join('/');
  }

  /** One question at a time about a file; looks at it wait meanwhile. `path`: where there is news of it. */
  private ask(file: TrackedFile, path: string, answer: () => Promise<void>): void {
    if (file.isInQuestion) {
      this.unheard.set(file, (this.unheard.get(file) ?? new Set()).add(path).add(file.path));
      return;
    }
    file.isInQuestion = true;
    const asking = this.parts
      .whenPlanned(file)
      .then(answer)
      .catch(this.parts.onBug)
      .finally(() => {
        file.isInQuestion = false;
        this.open.delete(asking);
        const paths = this.unheard.get(file) ?? [];
        this.unheard.delete(file);
        for (const again of paths) this.parts.recheck(again);
      });
    this.open.add(asking);
  }
}
