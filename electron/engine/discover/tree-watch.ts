import { FSWatcher } from 'chokidar';
import path from 'node:path';
import { isHiddenName } from './file-globs.ts';
import { causeOf, isDirectoryThere } from './folder-root.ts';
import { DirectoryWatches } from './directory-watches.ts';
import { watchErrorKind, type WatchSource, type WatchSourceOrder } from './watch-source.ts';

/** The watcher of chokidar holds a handle per file, and one per directory. */
export const maxTreeFiles = 2_000;
export const maxTreeDirectories = 200;

/**
 * chokidar, which knows the ways of each system, for folders of ordinary size.
 *
 * Its `change` events are held down for 50 ms without one at the end, so that the last rows of a burst would be found out only
 * by the next one. So its `raw` events are taken, which are those of the system, and its own ones for what comes and goes.
 */
export class TreeWatch implements WatchSource {
  readonly ready: Promise<void>;
  private readonly watcher: FSWatcher;
  /** chokidar lists a new directory before it watches it, and misses what is made in between. */
  private readonly added: DirectoryWatches;
  private readonly directories: Set<string>;

  /**
   * @param directories those known, for telling events of a directory from those of a file
   * @param files how many there are
   */
  constructor(
    private readonly order: WatchSourceOrder,
    directories: readonly string[],
    private files: number,
  ) {
    const { root, recursive } = order;
    this.directories = new Set(['', ...directories]);
    this.added = new DirectoryWatches(order, []);
    const rootLength = root.length;
    this.watcher = new FSWatcher({
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
      ...(recursive ? {} : { depth: 0 }),
      ignored: (found) => found.length > rootLength && isHiddenName(path.basename(found)),
    });
    this.watcher.on('all', (event, found) => {
      this.heard(event, this.relative(found));
    });
    this.watcher.on('raw', (event, name, details) => {
      this.heardRaw(event, name, details);
    });
    this.watcher.on('error', (error) => {
      const cause = causeOf(error);
      const kind = watchErrorKind(cause);
      if (kind === 'limit') order.onLimit(cause);
      if (kind === 'other') order.onLost(cause);
    });
    this.ready = new Promise((resolve) => this.watcher.once('ready', resolve));
    this.watcher.add(root);
  }

  addDirectory(directory: string): void {
    if (!this.order.recursive) return;
    this.directories.add(directory);
    this.added.addDirectory(directory);
  }

  private relative(found: string): string {
    return path.relative(this.order.root, found).replaceAll(path.sep, '/');
  }

  private heard(event: string, found: string): void {
    switch (event) {
      case 'addDir':
        this.addDirectory(found);
        return;
      case 'unlinkDir':
        this.directories.delete(found);
        if (found === '') this.order.onRootChanged();
        else this.order.onHint({ kind: 'directory', path: found });
        return;
      case 'add':
        this.files += 1;
        if (this.files > 2 * maxTreeFiles) this.order.onCrowded();
        break;
      case 'unlink':
        this.files -= 1;
        break;
      default:
    }
    this.order.onHint({ kind: 'file', path: found });
  }

  private heardRaw(event: string, name: unknown, details: unknown): void {
    if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return;
    if (typeof details.watchedPath !== 'string') return;
    const watched = this.relative(details.watchedPath);
    if (!this.directories.has(watched)) {
      this.order.onHint({ kind: 'file', path: watched });
      return;
    }
    if (typeof name !== 'string') {
      this.order.onHint({ kind: 'directory', path: watched });
      return;
    }
    // What happens to the watched itself comes under its own name; and what was a directory may have become a file.
    if (name === path.basename(details.watchedPath)) {
      if (watched !== '') this.order.onHint({ kind: 'file', path: watched });
      else if (event === 'rename') this.order.onRootChanged();
    }
    const found = this.relative(path.join(details.watchedPath, name));
    // chokidar passes over what vanishes and comes again within 100 ms.
    if (event === 'rename' && !isHiddenName(name) && isDirectoryThere(path.join(this.order.root, found))) this.addDirectory(found);
    else this.order.onHint({ kind: 'file', path: found });
  }

  async dispose(): Promise<void> {
    this.added.dispose();
    await this.watcher.close();
  }
}
