/**
 * discover: what is in a watched folder, and what changes there. Scans at the beginning and now and then, takes the hints of the
 * watch in between, and tells each file that is there and each that no longer is.
 */
import { join } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import { watchFolder, type FolderWatch, type WatchHint } from '../discover/folder-watch.ts';
import { failure } from '../errors.ts';
import type { FolderScanner, ScanResult } from '../folder-scanner.ts';
import type { Clock } from '../ports.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { FileIndex } from './file-index.ts';
import { statFile } from './rotated-files.ts';
import type { FileEntry } from './tracked-file.ts';

export interface SurveyParts {
  readonly root: string;
  readonly settings: () => FolderSettings;
  readonly scanner: FolderScanner;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** In the order of the scan; `isStart`: of the first scan. Returns whether size or time of change were not known. */
  readonly onSeen: (entry: FileEntry, how: { readonly isForced: boolean; readonly isStart: boolean }) => boolean;
  readonly onGone: (path: string) => void;
  /** The files that are known: what a look does not find of them is asked for. */
  readonly index: Pick<FileIndex, 'beginLook' | 'notFound' | 'isAnyThere'>;
  /** Whether a path that was hinted at is to be looked at. */
  readonly isWanted: (path: string, fileKey: string) => boolean;
  /** A scan has ended; the first one that came to an end is told as such. */
  readonly onScanned: (result: Extract<ScanResult, { kind: 'done' }>, isStart: boolean) => void;
  readonly onTrouble: (trouble: Failure | undefined) => void;
  readonly onBug: (error: unknown) => void;
}

const statsAtOnce = 32;
const leastScanPauseMs = 60_000;
const soonScanPauseMs = 10_000;
const mostSoonScans = 6;
/** Each scan in which nothing was missed makes the pause before the next a minute longer, so often. */
const mostQuietScans = 4;
/** A change this old should have been told of. */
const toldAfterMs = 3_000;
/** Scans take no more than this share of the time. */
const scanShare = 50;

export class FolderSurvey {
  private readonly hinted = new Set<string>();
  private readonly directories = new Set<string>();
  private everything: { readonly isForced: boolean; readonly isSafety?: boolean } | undefined = { isForced: false };
  private watch: FolderWatch | undefined;
  private wakeUp = new AbortController();
  private isMissing = false;
  private hasScanned = false;
  private scanDueAt = 0;
  /** Changes that a scan found and nobody had told of; undefined: not counted. */
  private missed: number | undefined;
  /** Scans that come sooner, because events were missed lately. */
  private soonScans = 0;
  private quietScans = 0;
  private busy = true;
  private trouble: Failure | undefined;
  private rootKey: string | undefined;
  private readonly watched = new Set<string>(['']);

  constructor(private readonly parts: SurveyParts) {}

  /** Nothing is being looked for. */
  get isAtRest(): boolean {
    return this.hasScanned && !this.busy && this.hinted.size === 0 && this.directories.size === 0 && this.everything === undefined;
  }

  get isScanning(): boolean {
    return !this.hasScanned;
  }

  get watcher(): { readonly kind: 'events' | 'polling'; readonly failure: Failure | undefined } {
    const failure = this.isMissing ? undefined : this.trouble;
    return { kind: this.watch?.kind ?? 'events', failure };
  }

  /** Looks at a path as if the watch had hinted at it. */
  recheck(path: string): void {
    this.hinted.add(path);
    this.wake();
  }

  rescan(): void {
    this.everything = { isForced: true };
    this.wake();
  }

  /** Until the signal of the parts aborts. */
  async run(): Promise<void> {
    const { signal, clock } = this.parts;
    while (!signal.aborted) {
      if (clock.monotonic() >= this.scanDueAt) this.everything ??= { isForced: false, isSafety: true };
      if (this.everything !== undefined) await this.scanAll();
      else if (this.directories.size > 0) await this.scanDirectory();
      else if (this.hinted.size > 0) await this.lookAtHinted();
      else {
        this.busy = false;
        // What was not told of is found by looking.
        await clock.sleep(Math.max(0, this.scanDueAt - clock.monotonic()), AbortSignal.any([signal, this.wakeUp.signal]));
        this.wakeUp = new AbortController();
        this.busy = true;
      }
    }
    await this.watch?.dispose();
  }

  private wake(): void {
    this.busy = true;
    this.wakeUp.abort();
  }

  private async scanAll(): Promise<void> {
    const { isForced, isSafety = false } = this.everything ?? { isForced: false };
    this.everything = undefined;
    this.missed = isSafety && this.watch?.kind === 'events' ? 0 : undefined;
    const isStart = !this.hasScanned;
    this.scanDueAt = this.parts.clock.monotonic() + leastScanPauseMs;
    const begun = this.parts.clock.monotonic();
    const result = this.unlessUnmounted(await this.scan(undefined, isForced, isStart));
    if (result.kind === 'done') {
      const tookMs = this.parts.clock.monotonic() - begun;
      this.afterScan(tookMs);
      if (this.isMissing) this.parts.onTrouble((this.trouble = undefined));
      this.isMissing = false;
      this.hasScanned = true;
      this.watchNew(result.directories);
      this.parts.onScanned(result, isStart);
    } else if (result.kind !== 'stopped') this.missing(result.failure);
    if (this.watch === undefined && !this.parts.signal.aborted) await this.startWatch(result);
  }

  /** When to look next, and whether events were missed. */
  private afterScan(tookMs: number): void {
    const { root, clock, onTrouble } = this.parts;
    if (this.missed !== undefined && this.missed > 0) {
      const files = this.missed;
      onTrouble(
        failure('watch-events-missed', `${files} changes in ${root} were found that the system had not told of`, { path: root, files }),
      );
      onTrouble(this.trouble);
      this.soonScans = mostSoonScans;
      this.quietScans = 0;
    } else {
      this.soonScans = Math.max(0, this.soonScans - 1);
      if (this.missed === 0) this.quietScans = Math.min(mostQuietScans, this.quietScans + 1);
    }
    this.missed = undefined;
    const pauseMs = this.soonScans > 0 ? soonScanPauseMs : leastScanPauseMs * (1 + this.quietScans);
    this.scanDueAt = clock.monotonic() + Math.max(pauseMs, tookMs * scanShare);
  }

  /** Only those that are not watched yet: a hint follows for each, and with it another scan. */
  private watchNew(directories: readonly string[]): void {
    for (const directory of directories) {
      if (this.watched.has(directory)) continue;
      this.watched.add(directory);
      if (directory !== '') this.watch?.addDirectory(directory);
    }
  }

  /** Another empty folder in the place of the one that was watched: the drive that was mounted there is gone, not its files. */
  private unlessUnmounted(result: ScanResult): ScanResult {
    if (result.kind !== 'done') return result;
    const isOther = this.rootKey !== undefined && this.rootKey !== result.rootKey;
    if (isOther && result.files + result.ignored === 0 && this.parts.index.isAnyThere) {
      this.hinted.clear();
      const { root } = this.parts;
      return { kind: 'missing', failure: failure('folder-missing', `${root} is another folder than before, and empty`, { path: root }) };
    }
    this.rootKey = result.rootKey;
    return result;
  }

  private async startWatch(result: ScanResult): Promise<void> {
    const { root, clock, signal } = this.parts;
    const { recursive, watching, pollMs } = this.parts.settings();
    this.watch = await watchFolder({
      ...{ root, recursive, pollMs, clock, signal },
      mode: watching,
      directories: result.kind === 'done' ? result.directories : [],
      files: result.kind === 'done' ? result.files + result.ignored : 0,
      onHint: (hint) => {
        this.hint(hint);
      },
      onTrouble: (trouble) => {
        if (trouble?.code === 'folder-missing' || trouble?.code === 'folder-unreadable') this.missing(trouble);
        else {
          this.trouble = trouble;
          this.parts.onTrouble(trouble);
        }
      },
    });
  }

  private missing(failure: Failure): void {
    this.isMissing = true;
    this.trouble = failure;
    this.parts.onTrouble(failure);
  }

  private hint(hint: WatchHint): void {
    switch (hint.kind) {
      case 'file':
        this.hinted.add(hint.path);
        break;
      case 'directory':
        this.directories.add(hint.path);
        break;
      case 'everything':
        this.everything ??= { isForced: false };
        break;
    }
    this.wake();
  }

  private async scanDirectory(): Promise<void> {
    const [directory] = this.directories;
    if (directory === undefined) return;
    this.directories.delete(directory);
    const result = await this.scan(directory, false, false);
    if (result.kind === 'done') this.watchNew(result.directories);
  }

  private async scan(directory: string | undefined, isForced: boolean, isStart: boolean): Promise<ScanResult> {
    const { root, scanner, signal } = this.parts;
    const { include, exclude, recursive } = this.parts.settings();
    this.parts.index.beginLook();
    const result = await scanner.scan({ root, recursive, include, exclude, signal, directory }, (files) => {
      for (const file of files) {
        const isNews = this.parts.onSeen(file, { isForced, isStart });
        if (isNews && this.missed !== undefined && file.modifiedMs < this.parts.clock.now() - toldAfterMs) this.missed += 1;
      }
    });
    // What is no longer there is only told when all of it was looked at.
    if (result.kind === 'done') {
      for (const path of this.parts.index.notFound(directory ?? ''))
        if (!result.unreadable.some((closed) => path.startsWith(`${closed.path}/`))) this.hinted.add(path);
    }
    return result;
  }

  /** Never beside a scan: what that found before would be heard after it, and a renamed file would be two. */
  private async lookAtHinted(): Promise<void> {
    const paths = [...this.hinted].slice(0, statsAtOnce);
    for (const path of paths) this.hinted.delete(path);
    const found = await Promise.all(paths.map((path) => statFile(join(this.parts.root, path))));
    if (this.parts.signal.aborted || this.isMissing) return;
    for (const [at, path] of paths.entries()) {
      const file = found[at];
      if (file === undefined) this.parts.onGone(path);
      else if (this.parts.isWanted(path, file.fileKey)) this.parts.onSeen({ ...file, path }, { isForced: false, isStart: false });
    }
  }
}
