import type { WatchedState } from '../../../shared/contract/folders.ts';
import { addLedgers, emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import type { TrackedFile } from './tracked-file.ts';

/** The files of a folder: by path, by the key of the file system, by version, and by their first row. */
export class FileIndex {
  private readonly paths = new Map<string, TrackedFile>();
  private readonly keys = new Map<string, TrackedFile>();
  private readonly versions = new Map<string, TrackedFile>();
  /** Files that are no longer there, by the path they had: they may come back. */
  private readonly gone = new Map<string, TrackedFile>();
  /** Mostly one, so that a list for each would be memory for nothing. */
  private readonly firstRows = new Map<string, TrackedFile | TrackedFile[]>();
  /** Of versions that no longer stand in the index. */
  private closed: Ledger = emptyLedger;
  private closedBytes = 0;

  get size(): number {
    return this.paths.size;
  }

  at(path: string): TrackedFile | undefined {
    return this.paths.get(path);
  }

  withKey(key: string): TrackedFile | undefined {
    return this.keys.get(key);
  }

  goneFrom(path: string): TrackedFile | undefined {
    return this.gone.get(path);
  }

  /** Nothing stands at its path; what is known of it is kept, in case it comes back. */
  setGone(file: TrackedFile): void {
    this.detach(file);
    this.gone.set(file.path, file);
  }

  version(fileId: string): TrackedFile | undefined {
    return this.versions.get(fileId);
  }

  withFirstRow(firstRow: string): readonly TrackedFile[] {
    const found = this.firstRows.get(firstRow);
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  }

  files(): IterableIterator<TrackedFile> {
    return this.paths.values();
  }

  /** Paths of files that are there, in a sub-folder and below it. */
  *pathsBelow(directory: string): Generator<string> {
    for (const file of this.paths.values())
      if (!file.isGone && (directory === '' || file.path.startsWith(`${directory}/`))) yield file.path;
  }

  /** Every version it knows, also those without a path. */
  all(): IterableIterator<TrackedFile> {
    return this.versions.values();
  }

  /** Puts a file at its path; what stood there is only known by its version from then on. */
  put(file: TrackedFile): void {
    this.paths.set(file.path, file);
    if (this.gone.get(file.path) === file) this.gone.delete(file.path);
    this.keys.set(file.fileKey, file);
    this.know(file);
  }

  /** It has a version, or a first row, from now on. */
  know(file: TrackedFile): void {
    this.versions.set(file.fileId, file);
    if (file.firstRow === undefined) return;
    const alike = this.firstRows.get(file.firstRow);
    if (alike === undefined) this.firstRows.set(file.firstRow, file);
    else if (Array.isArray(alike) && !alike.includes(file)) alike.push(file);
    else if (!Array.isArray(alike) && alike !== file) this.firstRows.set(file.firstRow, [alike, file]);
  }

  /** Takes it from its path. The key stays known, so that it is found again where it was moved to. */
  detach(file: TrackedFile): void {
    if (this.paths.get(file.path) === file) this.paths.delete(file.path);
  }

  move(file: TrackedFile, path: string, fileKey: string): void {
    this.detach(file);
    if (this.keys.get(file.fileKey) === file) this.keys.delete(file.fileKey);
    file.path = path;
    file.fileKey = fileKey;
    this.put(file);
  }

  /** Nothing new is done about it. Its version stays known until the last of its requests is settled. */
  forget(file: TrackedFile): void {
    file.isForgotten = true;
    this.detach(file);
    if (this.gone.get(file.path) === file) this.gone.delete(file.path);
    if (this.keys.get(file.fileKey) === file) this.keys.delete(file.fileKey);
    if (file.firstRow !== undefined) {
      const left = this.withFirstRow(file.firstRow).filter((other) => other !== file);
      if (left.length === 0) this.firstRows.delete(file.firstRow);
      else this.firstRows.set(file.firstRow, left);
    }
    if (file.underWay > 0 || this.versions.get(file.fileId) !== file) return;
    this.versions.delete(file.fileId);
    this.addClosed(file.ledger, file.bytesRead);
  }

  /** A forgotten version stands at its path again after all. */
  revive(file: TrackedFile): void {
    if (this.versions.get(file.fileId) !== file) {
      const { rowsRead, rowsConfirmed, rowsRejected, rowsHeld, possiblyRepeated } = file.ledger;
      const less = { rowsRead: -rowsRead, rowsConfirmed: -rowsConfirmed, rowsRejected: -rowsRejected, rowsHeld: -rowsHeld };
      this.addClosed({ ...less, possiblyRepeated: -possiblyRepeated }, -file.bytesRead);
    }
    file.isForgotten = false;
    this.put(file);
  }

  /** Rows of versions that were closed before this run. */
  addClosed(ledger: Ledger, bytesRead: number): void {
    this.closed = addLedgers(this.closed, ledger);
    this.closedBytes += bytesRead;
  }

  /** Sums over all files; one pass. */
  summary(): {
    readonly states: Readonly<Record<WatchedState, number>>;
    readonly ledger: Ledger;
    readonly bytesWaiting: number;
    readonly bytesRead: number;
  } {
    const states: Record<WatchedState, number> = {
      settling: 0,
      reading: 0,
      sending: 0,
      waiting: 0,
      held: 0,
      done: 0,
      unreadable: 0,
      ignored: 0,
    };
    const sum = { ...this.closed };
    let bytesWaiting = 0;
    let bytesRead = this.closedBytes;
    const count = (file: TrackedFile): void => {
      sum.rowsRead += file.ledger.rowsRead;
      sum.rowsConfirmed += file.ledger.rowsConfirmed;
      sum.rowsRejected += file.ledger.rowsRejected;
      sum.rowsHeld += file.ledger.rowsHeld;
      sum.possiblyRepeated += file.ledger.possiblyRepeated;
      bytesRead += file.bytesRead;
    };
    for (const file of this.paths.values()) {
      states[file.state] += 1;
      bytesWaiting += file.bytesWaiting;
      count(file);
    }
    for (const file of this.versions.values()) if (this.paths.get(file.path) !== file) count(file);
    return { states, ledger: sum, bytesWaiting, bytesRead };
  }
}
