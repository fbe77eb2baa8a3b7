import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInside, type WatchHint } from './watch-source.ts';

/**
 * Gathers the hints of one turn of the event loop, so that a burst of events about a file is one hint. Nothing is held back
 * longer than that, and a change after a hint was given gives another one.
 */
export class HintQueue {
  private readonly files = new Set<string>();
  private readonly directories = new Set<string>();
  private isEverything = false;
  private isDue = false;

  constructor(private readonly give: (hint: WatchHint) => void) {}

  add(hint: WatchHint): void {
    if (hint.kind === 'file') this.files.add(hint.path);
    else if (hint.kind === 'directory' && hint.path !== '') this.directories.add(hint.path);
    else this.isEverything = true;
    if (!this.isDue) void this.flush();
  }

  private async flush(): Promise<void> {
    this.isDue = true;
    await nextTurn();
    this.isDue = false;
    const { isEverything } = this;
    const files = [...this.files];
    const directories = [...this.directories];
    this.clear();
    if (isEverything) {
      this.give({ kind: 'everything' });
      return;
    }
    const widest = directories.filter((path) => !directories.some((other) => isInside(path, other)));
    for (const path of widest) this.give({ kind: 'directory', path });
    for (const path of files) if (!widest.some((directory) => isInside(path, directory))) this.give({ kind: 'file', path });
  }

  clear(): void {
    this.files.clear();
    this.directories.clear();
    this.isEverything = false;
  }
}
