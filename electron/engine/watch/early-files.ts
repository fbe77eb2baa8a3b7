import type { FileEntry } from './tracked-file.ts';

export interface EarlyFile {
  readonly entry: FileEntry;
  /** Of the first scan. */
  readonly isStart: boolean;
}

/** What was seen in a folder before it could be opened. */
export class EarlyFiles {
  private readonly files: EarlyFile[] = [];
  private readonly there = new Set<string>();

  get isEmpty(): boolean {
    return this.files.length === 0;
  }

  seen(entry: FileEntry, isStart: boolean): void {
    this.files.push({ entry, isStart });
    this.there.add(entry.path);
  }

  gone(path: string): void {
    this.there.delete(path);
  }

  /** Relative, in the order in which they were seen. */
  *paths(): Generator<string> {
    for (const { entry } of this.files) yield entry.path;
  }

  /** Gives them to `take`, and of `known` paths those to `recheck` that were not seen, or are gone since. Nothing is left of them. */
  handOver(take: (file: EarlyFile) => void, known: () => Iterable<string>, recheck: (path: string) => void): void {
    for (const file of this.files.splice(0)) take(file);
    for (const path of known()) if (!this.there.has(path)) recheck(path);
    this.there.clear();
  }
}
