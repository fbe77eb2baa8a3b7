import path from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';
import type { Clock, Disposable } from '../ports.ts';
import { DirectoryWatches, systemWatch, type WatchDirectory } from './directory-watches.ts';
import { lookAtRoot } from './folder-root.ts';
import { HintQueue } from './hint-queue.ts';
import { isNetworkFolder } from './network-drive.ts';
import { TreeWatch, maxTreeDirectories, maxTreeFiles } from './tree-watch.ts';
import type { WatchHint, WatchSource, WatchSourceOrder } from './watch-source.ts';

export type { WatchHint } from './watch-source.ts';

export interface FolderWatchOrder {
  /** Absolute. */
  readonly root: string;
  readonly recursive: boolean;
  /** As the scan found them: relative to the root, with slashes. */
  readonly directories: readonly string[];
  /** How many there are, whether the globs take them or not. */
  readonly files: number;
  readonly mode: 'auto' | 'events' | 'polling';
  /** Milliseconds between two looks where there are no events. */
  readonly pollMs: number;
  readonly onHint: (hint: WatchHint) => void;
  /**
   * `folder-missing`, `folder-unreadable`: the root is looked for until it is back. `watch-limit-reached`,
   * `network-folder-polled`: why there are no events. `watch-events-missed`: a hint for everything follows. Undefined: nothing
   * is wrong any longer.
   */
  readonly onTrouble: (trouble: Failure | undefined) => void;
  readonly clock: Clock;
  /** Ends the watch, like `dispose`. */
  readonly signal?: AbortSignal | undefined;
}

export interface FolderWatch extends Disposable {
  /** How changes are noticed now; `polling` may take the place of `events` later. */
  readonly kind: 'events' | 'polling';
  /** Watches a sub-folder that a scan found; good for one that is watched already. With events, a hint for it follows. */
  addDirectory(directory: string): void;
  /** No hint comes after it. */
  dispose(): Promise<void>;
}

/** What a test replaces to have the system answer as it seldom does. */
export interface WatchSystem {
  readonly watch: WatchDirectory;
  readonly isNetwork: (root: string) => Promise<boolean>;
  readonly maxTreeFiles: number;
}
export const watchSystem: WatchSystem = { watch: systemWatch, isNetwork: isNetworkFolder, maxTreeFiles };

const searchMs = 1_000;

class WatchedFolder implements FolderWatch {
  private source: WatchSource | undefined;
  private readonly ended = new AbortController();
  private readonly whenEnded = new Promise<undefined>((resolve) => {
    this.ended.signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  private readonly hints: HintQueue;
  private readonly running: Promise<void>;
  private sleepEnd = new AbortController();
  /** The source has to be made anew. */
  private isStale = false;
  /** Known at the beginning only; later they have to be found. */
  private directories: readonly string[] | undefined;
  private isCrowded: boolean;

  constructor(
    private readonly order: FolderWatchOrder,
    public kind: 'events' | 'polling',
    /** Why there are no events. */
    private standing: Failure | undefined,
    private readonly system: WatchSystem,
  ) {
    this.directories = order.directories;
    this.isCrowded = order.files > system.maxTreeFiles || order.directories.length > maxTreeDirectories;
    this.hints = new HintQueue((hint) => {
      if (!this.hasEnded()) order.onHint(hint);
    });
    order.signal?.addEventListener('abort', this.end, { once: true });
    if (order.signal?.aborted === true) this.end();
    this.running = this.run();
  }

  addDirectory(directory: string): void {
    this.source?.addDirectory(directory);
  }

  private readonly end = (): void => {
    this.ended.abort();
    this.sleepEnd.abort();
    this.hints.clear();
  };

  private async run(): Promise<void> {
    const { order } = this;
    if (this.standing !== undefined) order.onTrouble(this.standing);
    let rootKey: string | undefined;
    let missing: string | undefined;
    /** Whether there may be changes that nobody told of. */
    let isBehind = this.kind === 'events';
    while (!this.hasEnded()) {
      // A network drive whose server is silent keeps whoever asks for minutes; nobody has to wait for that to end the watch.
      const look = await Promise.race([lookAtRoot(order.root), this.whenEnded]);
      if (look === undefined || this.hasEnded()) break;
      if (look.kind === 'gone') {
        await this.stopSource();
        this.directories = undefined;
        if (missing !== look.failure.code) order.onTrouble(look.failure);
        missing = look.failure.code;
        await this.sleep(Math.min(searchMs, order.pollMs));
        continue;
      }
      if (missing !== undefined || this.needsAnew() || (rootKey !== undefined && look.key !== rootKey)) {
        await this.stopSource();
        if (missing !== undefined) order.onTrouble(this.standing);
        missing = undefined;
        isBehind = true;
      }
      rootKey = look.key;
      if (this.kind === 'events' && this.source === undefined) {
        await this.startSource();
        isBehind = true;
      }
      if (this.needsAnew()) {
        // It came to an end while it was being set; if that is not for want of watches, it would be so again at once.
        if (this.kind === 'events') await order.clock.sleep(searchMs, this.ended.signal);
        continue;
      }
      if (isBehind) this.hints.add({ kind: 'everything' });
      isBehind = this.kind === 'polling';
      await this.sleep(order.pollMs);
    }
    await this.stopSource();
  }

  private hasEnded(): boolean {
    return this.ended.signal.aborted;
  }

  private needsAnew(): boolean {
    return this.isStale;
  }

  /** Until something happens that concerns the watch as a whole, at most. */
  private async sleep(delayMs: number): Promise<void> {
    await this.order.clock.sleep(delayMs, this.sleepEnd.signal);
    this.renewSleep();
  }

  private renewSleep(): void {
    if (this.sleepEnd.signal.aborted && !this.hasEnded()) this.sleepEnd = new AbortController();
  }

  private async startSource(): Promise<void> {
    const { order } = this;
    const forSource: WatchSourceOrder = {
      root: order.root,
      recursive: order.recursive,
      onHint: (hint) => {
        if (!this.hasEnded()) this.hints.add(hint);
      },
      onLimit: (cause) => {
        this.fallBack(cause);
      },
      onRootChanged: () => {
        this.makeAnew();
      },
      onCrowded: () => {
        this.isCrowded = true;
        this.makeAnew();
      },
      onLost: (cause) => {
        order.onTrouble(
          failure('watch-events-missed', `the system lost sight of changes in ${order.root} (${cause})`, { path: order.root, cause }),
        );
        this.hints.add({ kind: 'everything' });
      },
    };
    this.source = this.isCrowded
      ? new DirectoryWatches(forSource, this.directories, this.system.watch)
      : new TreeWatch(forSource, this.directories ?? [], order.files);
    this.directories = undefined;
    await Promise.race([this.source.ready, this.whenEnded]);
  }

  private makeAnew(): void {
    this.isStale = true;
    this.sleepEnd.abort();
  }

  private fallBack(cause: string): void {
    if (this.kind === 'polling' || this.hasEnded()) return;
    this.kind = 'polling';
    const { root, onTrouble } = this.order;
    this.standing = failure('watch-limit-reached', `the system gives no more watches for ${root} (${cause})`, { path: root, cause });
    onTrouble(this.standing);
    this.makeAnew();
  }

  private async stopSource(): Promise<void> {
    this.isStale = false;
    this.renewSleep();
    const { source } = this;
    this.source = undefined;
    await source?.dispose();
  }

  async dispose(): Promise<void> {
    this.order.signal?.removeEventListener('abort', this.end);
    this.end();
    await this.running;
  }
}

/**
 * Watches a folder until it is disposed: by chokidar, in large trees by one watch per directory, on network drives and where the
 * system gives no more watches by a hint for everything each `pollMs`.
 *
 * With events, the first hint for everything comes as soon as the watch stands: what changed between the scan and then has to be
 * looked for. The same goes for a folder that was gone and is back.
 */
export async function watchFolder(given: FolderWatchOrder, system: WatchSystem = watchSystem): Promise<FolderWatch> {
  const order = { ...given, root: path.resolve(given.root) };
  const isPolled = order.mode === 'polling';
  const isNetwork = order.mode === 'auto' && (await system.isNetwork(order.root));
  const trouble = isNetwork
    ? failure('network-folder-polled', `${order.root} is on a network drive and is looked at in intervals`, { path: order.root })
    : undefined;
  return new WatchedFolder(order, isPolled || isNetwork ? 'polling' : 'events', trouble, system);
}
