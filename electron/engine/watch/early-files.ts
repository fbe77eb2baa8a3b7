import type { FileEntry } from './tracked-file.ts';

export interface EarlyFile {
  readonly entry: FileEntry;
  /** Of the first scan. */
  readonly isStart: boolean;
}

/** What was seen in a folder before it could be opened. */
export class EarlyFiles {
  private readonly files: EarlyFile[] = [];
  private readonly missing = new Set<string>();

  get isEmpty(): boolean {
    return this.files.length === 0;
  }

  seen(entry: FileEntry, isStart: boolean): void {
    this.files.push({ entry, isStart });
    this.missing.delete(entry.path);
  }

  gone(path: string): void {
    this.missing.add(path);
  }

  /** Relative, in the order in which they were seen. */
  *paths(): Generator<string> {
    for (const { entry } of this.files) yield entry.path;
  }

  /** Gives them to `take`, and to `recheck` the paths that nothing stood at when they were looked at last. Nothing is left of them. */
  handOver(take: (file: EarlyFile) => void, recheck: (path: string) => void): void {
    for (const file of this.files.splice(0)) take(file);
    for (const path of this.missing) recheck(path);
    this.missing.clear();
  }
}
