import type { WatchedState } from '../../../shared/contract/folders.ts';
import { addLedgers, emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import { RestingFiles, type RestingFile } from './resting-files.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';

/** Where what is known of a resting file comes from when something is to be done about it. */
export interface FileMemory {
  /** As it rests; `row`: its row in the journal; `isFound`: this run has found it there as it was. */
  recall(row: number, isFound: boolean): TrackedFile;
  /** Path of a version, relative to the folder. */
  pathOf(fileId: string): string | undefined;
  /** What is needed to let it rest; undefined: there is still something to do about it. */
  resting(file: TrackedFile): RestingFile | undefined;
  /** It no longer rests. */
  onWoken(file: TrackedFile): void;
}

/**
 * The files of a folder: by path, by the key of the file system, by version, and by their first row. Those that rest are recalled
 * when they are asked for.
 */
export class FileIndex {
  private readonly resting = new RestingFiles();
  /** Number of the look through the folder that is under way or was the last. */
  private look = 0;
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

  /** @param memory without it no file rests */
  constructor(private readonly memory?: FileMemory) {}

  get size(): number {
    return this.paths.size + this.resting.size;
  }

  at(path: string): TrackedFile | undefined {
    return this.paths.get(path) ?? this.wake(path);
  }

  has(path: string): boolean {
    return this.paths.has(path) || this.resting.has(path);
  }

  withKey(key: string): TrackedFile | undefined {
    const known = this.keys.get(key);
    if (known !== undefined) return known;
    const path = this.resting.withKey(key);
    return path === undefined ? undefined : this.wake(path);
  }

  hasKey(key: string): boolean {
    return this.keys.has(key) || this.resting.withKey(key) !== undefined;
  }

  /** Only what says that it stands as it did is held of it from now on. False: it cannot be. */
  addResting(file: RestingFile): boolean {
    return !this.paths.has(file.path) && this.resting.add(file, 0);
  }

  /** Lets it rest if there is nothing to do about it. Whoever holds on to it holds what nothing is done about any more. */
  rest(file: TrackedFile): void {
    const { path, fileKey, fileId } = file;
    if (this.paths.get(path) !== file || this.keys.get(fileKey) !== file || this.versions.get(fileId) !== file) return;
    const resting = this.memory?.resting(file);
    if (resting === undefined || !this.resting.add(resting, file.foundBy ?? 0)) return;
    file.isForgotten = true;
    this.paths.delete(path);
    this.keys.delete(fileKey);
    this.versions.delete(fileId);
    this.unlinkFirstRow(file);
  }

  private wake(path: string): TrackedFile | undefined {
    const found = this.resting.at(path);
    if (found === undefined || this.memory === undefined) return undefined;
    const file = this.memory.recall(found.row, found.found > 0);
    file.foundBy = found.found;
    this.resting.remove(path, { ledger: file.ledger, sizeBytes: file.bytesRead });
    this.paths.set(path, file);
    // Its key may have been given to another file since.
    if (!this.keys.has(file.fileKey)) this.keys.set(file.fileKey, file);
    this.know(file);
    this.memory.onWoken(file);
    return file;
  }

  /** Begins to look through the folder, or a part of it. */
  beginLook(): void {
    this.look += 1;
  }

  /** A look has found this. True: it rests, and stands there just as it did. */
  found(entry: FileEntry): boolean {
    const file = this.paths.get(entry.path);
    if (file !== undefined) file.foundBy = this.look;
    return file === undefined && this.resting.isFound(entry, this.look);
  }

  /** Paths in a sub-folder and below it, the root being the empty text, that the look has not found; those that are known to be gone left out. */
  *notFound(directory: string): Generator<string> {
    const isBelow = (path: string): boolean => directory === '' || path.startsWith(`${directory}/`);
    for (const file of this.paths.values()) if (!file.isGone && (file.foundBy ?? 0) < this.look && isBelow(file.path)) yield file.path;
    for (const path of this.resting.notFound(this.look)) if (isBelow(path)) yield path;
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
    const known = this.versions.get(fileId);
    if (known !== undefined || this.resting.size === 0) return known;
    const path = this.memory?.pathOf(fileId);
    const woken = path === undefined ? undefined : this.wake(path);
    return woken?.fileId === fileId ? woken : undefined;
  }

  /** Paths of the files that begin with that row. */
  pathsAlike(firstRow: string): readonly string[] {
    return [...this.withFirstRow(firstRow).map(({ path }) => path), ...this.resting.withFirstRow(firstRow)];
  }

  /** Those that do not rest. */
  withFirstRow(firstRow: string): readonly TrackedFile[] {
    const found = this.firstRows.get(firstRow);
    return found === undefined ? [] : Array.isArray(found) ? found : [found];
  }

  /** Those that do not rest: with a file that rests there is nothing to do. */
  files(): IterableIterator<TrackedFile> {
    return this.paths.values();
  }

  /** Paths of those that rest; all are in the state `done`. */
  restingPaths(): IterableIterator<string> {
    return this.resting.files();
  }

  /** What is known of a file; one that rests goes on resting. */
  peek(path: string): TrackedFile | undefined {
    const found = this.resting.at(path);
    return found === undefined ? this.paths.get(path) : this.memory?.recall(found.row, found.found > 0);
  }

  /** Whether any file is there, as far as it is known. */
  get isAnyThere(): boolean {
    if (this.resting.size > 0) return true;
    for (const { isGone } of this.paths.values()) if (!isGone) return true;
    return false;
  }

  /** Whether something is still done about any file, or waited for, that nobody has to decide about. */
  get isAnyMoving(): boolean {
    const { states } = this.summary();
    return states.settling + states.reading + states.sending + states.waiting > 0;
  }

  /** Hashes of the first rows of all versions, hex. */
  *allFirstRows(): Generator<string> {
    for (const { firstRow } of this.versions.values()) if (firstRow !== undefined) yield firstRow;
    yield* this.resting.firstRows();
  }

  /** Puts a file at its path; what stood there is only known by its version from then on. */
  put(file: TrackedFile): void {
    this.wake(file.path);
    file.foundBy ??= this.look;
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
    this.unlinkFirstRow(file);
    if (file.underWay > 0 || this.versions.get(file.fileId) !== file) return;
    this.versions.delete(file.fileId);
    this.addClosed(file.ledger, file.bytesRead);
  }

  private unlinkFirstRow(file: TrackedFile): void {
    if (file.firstRow === undefined) return;
    const left = this.withFirstRow(file.firstRow).filter((other) => other !== file);
    if (left.length === 0) this.firstRows.delete(file.firstRow);
    else this.firstRows.set(file.firstRow, left);
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

  /** Sums over all files; one pass over those that do not rest. */
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
      done: this.resting.size,
      unreadable: 0,
      ignored: 0,
    };
    const { ledger: rest, sizeBytes } = this.resting.sums;
    const sum = { ...addLedgers(this.closed, rest) };
    let bytesWaiting = 0;
    let bytesRead = this.closedBytes + sizeBytes;
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
