import { watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isHiddenName } from './file-globs.ts';
import { causeOf, isDirectoryThere } from './folder-root.ts';
import { isInside, joinPath, watchErrorKind, type WatchSource, type WatchSourceOrder } from './watch-source.ts';

/** The part of `fs.FSWatcher` that is used. */
export interface PlainWatcher {
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): void;
}
export type WatchDirectory = (
  path: string,
  options: { readonly recursive: boolean },
  listener: (event: string, name: string | null) => void,
) => PlainWatcher;

export const systemWatch: WatchDirectory = (directory, options, listener) => watch(directory, options, listener);

/** Setting a watch costs tens of microseconds; the thread is not kept longer than this many take. */
const watchesPerTurn = 200;

/**
 * One watch of the system per directory, none per file: for trees of any number of files. On Windows and macOS one watch for
 * the whole tree, which the system offers there. What it is told in `directories` is watched once it is `ready`; new directories
 * are noticed.
 */
export class DirectoryWatches implements WatchSource {
  readonly ready: Promise<void>;
  private readonly watchers = new Map<string, PlainWatcher>();
  private readonly isWholeTree: boolean;
  private isDisposed = false;

  /** @param directories relative to the root, which is the empty text; undefined: they have to be found */
  constructor(
    private readonly order: WatchSourceOrder,
    directories: readonly string[] | undefined,
    private readonly watch: WatchDirectory = systemWatch,
    platform: NodeJS.Platform = process.platform,
  ) {
    this.isWholeTree = order.recursive && (platform === 'win32' || platform === 'darwin');
    this.ready = this.start(directories);
  }

  /** Watches that are set. */
  get size(): number {
    return this.watchers.size;
  }

  addDirectory(directory: string): void {
    void this.addTree(directory);
  }

  private async start(directories: readonly string[] | undefined): Promise<void> {
    if (this.isWholeTree) {
      this.set('');
      return;
    }
    if (directories === undefined) {
      await this.addTree('');
      return;
    }
    for (const [index, directory] of directories.entries()) {
      if (index % watchesPerTurn === watchesPerTurn - 1) await nextTurn();
      if (this.isDisposed) return;
      if (directory === '' || this.order.recursive) this.set(directory);
    }
  }

  private absolute(directory: string): string {
    return path.join(this.order.root, directory);
  }

  private set(directory: string): void {
    if (this.isDisposed || this.watchers.has(directory)) return;
    try {
      const watcher = this.watch(this.absolute(directory), { recursive: this.isWholeTree }, (event, name) => {
        this.heard(directory, event, name);
      });
      watcher.on('error', (error) => {
        this.failed(directory, error);
      });
      this.watchers.set(directory, watcher);
    } catch (error) {
      this.failed(directory, error);
    }
  }

  /** Watches first and lists then, so that a directory made in between is seen by the one or the other. */
  private async addTree(directory: string): Promise<void> {
    const waiting = this.isWholeTree ? [] : [directory];
    for (let at = waiting.pop(); at !== undefined && !this.isDisposed; at = waiting.pop()) {
      this.set(at);
      if (!this.order.recursive) break;
      for (const name of await this.subdirectories(at)) waiting.push(joinPath(at, name));
    }
    if (!this.isDisposed) this.order.onHint({ kind: 'directory', path: directory });
  }

  private async subdirectories(directory: string): Promise<readonly string[]> {
    try {
      const entries = await readdir(this.absolute(directory), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() && !isHiddenName(entry.name)).map((entry) => entry.name);
    } catch {
      // Gone again, or not readable: the scan that follows says so.
      return [];
    }
  }

  private heard(directory: string, event: string, name: string | null): void {
    if (this.isDisposed) return;
    if (name === null) {
      this.order.onHint({ kind: 'directory', path: directory });
      return;
    }
    const found = joinPath(directory, name.replaceAll(path.sep, '/'));
    if (event === 'rename' && !this.isWholeTree) {
      // What happens to the directory itself comes under its own name: it was deleted or moved, or a file of that name was.
      if (name === path.basename(this.absolute(directory))) this.setAnew(directory);
      if (this.watchers.has(found)) this.drop(found);
    }
    if (event === 'rename' && isDirectoryThere(this.absolute(found))) {
      if (this.order.recursive && !isHiddenName(path.basename(found))) this.addDirectory(found);
      return;
    }
    if (this.isWholeTree && event === 'rename' && found === path.basename(this.order.root)) this.order.onRootChanged();
    this.order.onHint({ kind: 'file', path: found });
  }

  private setAnew(directory: string): void {
    this.watchers.get(directory)?.close();
    this.watchers.delete(directory);
    this.addDirectory(directory);
  }

  /** A directory that is no longer in its place: its watches would tell of paths that are not there. */
  private drop(directory: string): void {
    for (const [watched, watcher] of this.watchers) {
      if (watched !== directory && !isInside(watched, directory)) continue;
      watcher.close();
      this.watchers.delete(watched);
    }
    this.order.onHint({ kind: 'directory', path: directory });
  }

  private failed(directory: string, error: unknown): void {
    if (this.isDisposed) return;
    const cause = causeOf(error);
    const kind = watchErrorKind(cause);
    if (kind === 'limit') this.order.onLimit(cause);
    else if (directory === '') this.order.onRootChanged();
    else this.drop(directory);
    if (kind === 'other') this.order.onLost(cause);
  }

  dispose(): void {
    this.isDisposed = true;
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }
}
