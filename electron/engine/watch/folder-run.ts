/** One watched folder while it runs: what is there is surveyed, what is new is sent, and how it goes is told. */
import { createHash, randomBytes } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { Connection } from '../../../shared/contract/connections.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { DataAtRisk, Folder } from '../../../shared/contract/folders.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { compileGlobs, type FileGlobs } from '../discover/file-globs.ts';
import type { EngineEvent } from '../engine.ts';
import { UploaderError, failure } from '../errors.ts';
import type { FolderScanner } from '../folder-scanner.ts';
import type { Destination, PipelineParts } from '../pipeline-parts.ts';
import type { ReaderPool } from '../reader-pool.ts';
import type { FolderSettings, FolderStore, StoredFolder } from '../record/folder-store.ts';
import type { VersionRecord } from '../record/version-record.ts';
import type { TailReader } from '../tail-reader.ts';
import { FileIndex } from './file-index.ts';
import type { FolderFiles } from './folder-files.ts';
import { resolveMapping } from './folder-mapping.ts';
import { folderStatus } from './folder-status.ts';
import { FolderSurvey } from './folder-survey.ts';
import { RateMeter } from './rate-meter.ts';
import { TrackedFile, type FileEntry } from './tracked-file.ts';
import { addTraffic, noTraffic, type Traffic } from './traffic.ts';

export interface FolderRunParts extends PipelineParts {
  readonly store: FolderStore;
  readonly scanner: FolderScanner;
  readonly tailReader: TailReader;
  readonly inspectors: () => ReaderPool;
  readonly rowsDir: string;
  readonly connection: (id: string) => Connection | undefined;
  readonly openDestination: (connection: Connection, mappings: readonly Mapping[]) => Promise<Destination>;
  /** Makes what sends its files, by the mode of the folder. */
  readonly openFiles: (run: FolderRun, mapping: Mapping, destination: () => Destination) => Promise<FolderFiles>;
  readonly isPaused: (folder: FolderSettings) => boolean;
  readonly emit: (event: EngineEvent) => void;
  readonly onBug: (error: unknown) => void;
}

const tickMs = 100;
/** A file that grew so lately is looked at without waiting for an event: those are given once for several changes. */
const hotMs = 1_500;
const mostHot = 200;
const openRetryMs = 5_000;

export class FolderRun {
  readonly index = new FileIndex();
  readonly root: string;
  readonly ending = new AbortController();
  acceptedColumns: StoredFolder['acceptedColumns'];
  private settingsNow: FolderSettings;
  private surveyed: boolean;
  private readonly globs: FileGlobs;
  private readonly survey: FolderSurvey;
  private readonly meter: RateMeter;
  private readonly hot = new Map<TrackedFile, number>();
  private files: FolderFiles | undefined;
  private destinationNow: Destination | undefined;
  private early: { readonly entry: FileEntry; readonly isStart: boolean }[] = [];
  private trouble: Failure | undefined;
  private risksNow: readonly DataAtRisk[];
  private ignored = 0;
  private traffic: Traffic = noTraffic;
  private lastActivityAt: number | undefined;
  private dirty = true;
  private awake = new AbortController();
  private readonly fileIds: string;
  private fileCount = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(
    stored: StoredFolder,
    readonly parts: FolderRunParts,
  ) {
    this.settingsNow = stored.settings;
    this.surveyed = stored.surveyed;
    this.acceptedColumns = stored.acceptedColumns;
    this.root = stored.settings.path;
    this.globs = compileGlobs(stored.settings);
    this.meter = new RateMeter(parts.clock);
    this.risksNow = parts.store.risks(stored.settings.id);
    this.fileIds = `${parts.clock.now().toString(36)}${randomBytes(3).toString('hex')}`;
    this.survey = new FolderSurvey({
      root: this.root,
      settings: () => this.settingsNow,
      scanner: parts.scanner,
      clock: parts.clock,
      signal: this.ending.signal,
      onSeen: (entry, { isForced, isStart }) => {
        if (this.files === undefined) this.early.push({ entry, isStart });
        else this.files.seen(entry, { isForced, isExisting: isStart && !this.surveyed });
      },
      onGone: (path) => this.files?.gone(path),
      knownPaths: (directory) => this.pathsBelow(directory),
      isWanted: (path, fileKey) => this.globs(path).taken || this.index.at(path) !== undefined || this.index.withKey(fileKey) !== undefined,
      onScanned: ({ ignored }, isStart) => {
        this.ignored = ignored;
        if (isStart) this.scannedFirst();
        this.changed();
      },
      onTrouble: (trouble) => {
        this.troubled(trouble);
      },
      onBug: parts.onBug,
    });
  }

  get id(): string {
    return this.settingsNow.id;
  }

  get settings(): FolderSettings {
    return this.settingsNow;
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  absolute(path: string): string {
    return join(this.root, path);
  }

  isTaken(path: string): boolean {
    return this.globs(path).taken;
  }

  recheck(path: string): void {
    this.survey.recheck(path);
  }

  newFileId(): string {
    this.fileCount += 1;
    return `${this.fileIds}${this.fileCount.toString(36)}`;
  }

  /** Begins; ends with `dispose`. */
  start(): void {
    this.restore();
    this.running = Promise.all([this.survey.run(), this.openWhenItCan(), this.tell()])
      .then(() => undefined)
      .catch(this.parts.onBug);
  }

  /** What the journal knows of its files. A later version at the same path takes the place of an earlier one. */
  private restore(): void {
    const now = this.parts.clock.monotonic();
    for (const record of this.parts.journal.openVersions(this.id)) {
      const path = relative(this.root, record.path).split(sep).join('/');
      const file = new TrackedFile(path, { sizeBytes: record.bytesRead, modifiedMs: 0, fileKey: record.fileKey }, now, record.id);
      file.restore(record);
      if (this.settings.mode === 'files') restoreWhole(file, record);
      else file.state = 'done';
      const before = this.index.at(path);
      if (before !== undefined) this.index.forget(before);
      this.index.put(file);
    }
    const closed = this.parts.journal.folderLedger(this.id, 'closed');
    this.index.addClosed(closed.ledger, closed.bytesRead);
    this.traffic = this.parts.journal.folderTraffic(this.id);
  }

  private *pathsBelow(directory: string): Generator<string> {
    for (const file of this.index.files()) {
      if (file.isGone) continue;
      if (directory === '' || file.path.startsWith(`${directory}/`)) yield file.path;
    }
  }

  private scannedFirst(): void {
    this.wake();
  }

  /** Connection, credentials and mapping have to be there before anything can be sent. */
  private async openWhenItCan(): Promise<void> {
    while (!this.signal.aborted && this.files === undefined) {
      const reason = this.survey.isScanning ? undefined : await this.open().catch((error: unknown) => this.openFailure(error));
      if (this.files !== undefined) return;
      this.trouble = reason ?? this.trouble;
      this.changed();
      await this.parts.clock.sleep(this.survey.isScanning ? tickMs : openRetryMs, AbortSignal.any([this.signal, this.awake.signal]));
      this.awake = new AbortController();
    }
  }

  private openFailure(error: unknown): Failure | undefined {
    if (error instanceof UploaderError) return error.toFailure();
    this.parts.onBug(error);
    return failure('internal', 'the folder cannot be opened');
  }

  private async open(): Promise<Failure | undefined> {
    const { settings, parts } = this;
    const connection = parts.connection(settings.connectionId);
    if (connection === undefined)
      return failure('connection-unknown', `there is no connection ${settings.connectionId}`, { connectionId: settings.connectionId });
    const samples = this.early.map(({ entry }) => this.absolute(entry.path));
    const found = await resolveMapping(settings, samples, parts.inspectors());
    if (found.kind === 'incomplete') return found.failure;
    if (found.kind === 'open') return undefined;
    if (found.isNew) {
      this.settingsNow = { ...settings, mapping: found.mapping };
      parts.store.put(this.settingsNow, parts.clock.now());
    }
    this.destinationNow = await parts.openDestination(connection, [found.mapping]);
    const files = await parts.openFiles(this, found.mapping, () => this.destination());
    if (this.signal.aborted) {
      await files.dispose();
      return undefined;
    }
    this.trouble = undefined;
    this.files = files;
    files.setPaused(parts.isPaused(settings));
    const isExisting = !this.surveyed;
    for (const { entry, isStart } of this.early.splice(0)) files.seen(entry, { isForced: false, isExisting: isStart && isExisting });
    if (!this.surveyed) parts.store.setSurveyed(this.id);
    this.surveyed = true;
    for (const path of this.pathsBelow('')) this.survey.recheck(path);
    this.changed();
    return undefined;
  }

  private destination(): Destination {
    if (this.destinationNow === undefined) throw new Error('the folder is not open');
    return this.destinationNow;
  }

  /** The connection was changed: it is opened anew, with its new limits and credentials. */
  async connectionChanged(): Promise<void> {
    const connection = this.parts.connection(this.settings.connectionId);
    const { mapping } = this.settings;
    if (connection !== undefined && mapping !== undefined && this.files !== undefined)
      this.destinationNow = await this.parts.openDestination(connection, [mapping]);
    this.retry();
  }

  retry(): void {
    this.files?.retry();
    this.wake();
  }

  pauseChanged(): void {
    this.files?.setPaused(this.parts.isPaused(this.settings));
    this.changed();
  }

  rescan(): void {
    this.survey.rescan();
    this.retry();
  }

  decide({ fileId, decision }: ParsedInput<'folders.decide'>): void {
    const wanted = fileId === undefined ? this.index.files() : [this.index.at(fileId)];
    for (const file of [...wanted]) {
      if (file === undefined) throw new UploaderError('not-found', 'the file is no longer there', { path: fileId ?? '' });
      if (fileId === undefined && file.reason?.code !== 'existing-undecided') continue;
      this.files?.decide(file, decision);
    }
    this.changed();
  }

  async afterPlan(): Promise<CommandOutput<'folders.afterPlan'>> {
    return (await this.files?.afterPlan()) ?? { files: [], more: 0 };
  }

  dismissRisk(riskId: number): void {
    this.parts.store.removeRisk(this.id, riskId);
    this.risksNow = this.parts.store.risks(this.id);
    this.changed();
  }

  /** Rows that were never read are gone: it is written down, told, and stays until somebody has seen it. */
  atRisk(file: TrackedFile, bytes: number, cause: DataAtRisk['cause']): void {
    const { store, clock, logger, emit } = this.parts;
    const { rowsRead } = file.ledger;
    const rows = rowsRead === 0 || file.bytesRead === 0 ? 0 : Math.max(1, Math.round((bytes * rowsRead) / file.bytesRead));
    store.addRisk(this.id, { path: file.path, at: clock.now(), bytes, rows, cause });
    this.risksNow = store.risks(this.id);
    const context = { path: this.absolute(file.path), bytes, rows, cause, folderId: this.id };
    logger.warn('rows were gone before they could be read', context);
    emit({
      kind: 'notice',
      notice: failure('rows-at-risk', `about ${rows} rows of ${file.path} were gone before they were read`, context),
    });
    this.changed();
  }

  /** So much went over the network. */
  sent(traffic: Traffic): void {
    this.traffic = addTraffic(this.traffic, traffic);
  }

  /** Rows that were planned and not confirmed are gone from their file. */
  lostPlanned(path: string, bytes: number, rows: number): void {
    const { store, clock, emit } = this.parts;
    const shown = relative(this.root, path).split(sep).join('/');
    store.addRisk(this.id, { path: shown, at: clock.now(), bytes, rows, cause: 'rewritten' });
    this.risksNow = store.risks(this.id);
    emit({
      kind: 'notice',
      notice: failure('rows-at-risk', `${rows} rows of ${shown} were gone before they were confirmed`, { path, bytes, rows }),
    });
    this.changed();
  }

  /** A file is in another state, or its counts are others. */
  fileChanged(file: TrackedFile): void {
    const { clock, emit } = this.parts;
    this.lastActivityAt = clock.now();
    if (file.bytesRead > 0 && this.hot.size < mostHot && (file.underWay > 0 || file.state === 'reading'))
      this.hot.set(file, clock.monotonic());
    emit({ kind: 'watched-file', folderId: this.id, file: file.toWatchedFile() });
    this.changed();
  }

  /** Something about it is to be told. */
  changed(): void {
    this.dirty = true;
  }

  private wake(): void {
    const { awake } = this;
    awake.abort();
    this.dirty = true;
  }

  private troubled(trouble: Failure | undefined): void {
    const { logger, emit } = this.parts;
    this.trouble = trouble;
    if (trouble !== undefined) {
      logger.warn(trouble.message, { code: trouble.code, folderId: this.id });
      emit({ kind: 'notice', notice: trouble });
    }
    this.changed();
  }

  /** Tells how it goes, lets quiet files be taken for complete, and looks at those that grew a moment ago. */
  private async tell(): Promise<void> {
    const { clock, emit } = this.parts;
    let costMs = 0;
    while (!this.signal.aborted) {
      const settling = this.files?.settle() === true;
      for (const [file, at] of this.hot) {
        if (clock.monotonic() - at > hotMs || file.isGone) this.hot.delete(file);
        else if (this.survey.watcher.kind === 'events') this.survey.recheck(file.path);
      }
      if (this.dirty) {
        const begun = clock.monotonic();
        this.dirty = false;
        emit({ kind: 'folder', folder: this.status() });
        costMs = clock.monotonic() - begun;
      }
      const isMoving = settling || this.hot.size > 0 || this.dirty || this.bytesPerSecond > 0;
      if (isMoving && this.bytesPerSecond > 0) this.dirty = true;
      await clock.sleep(isMoving ? Math.max(tickMs, costMs * 20) : tickMs * 2, this.signal);
    }
    emit({ kind: 'folder', folder: this.status() });
  }

  private bytesPerSecond = 0;
  private last: Folder | undefined;

  /** As it was told last. */
  get lastStatus(): Folder {
    return this.last ?? this.status();
  }

  status(): Folder {
    const sums = this.index.summary();
    const rates = this.meter.rates(sums.ledger.rowsConfirmed, sums.bytesRead);
    this.bytesPerSecond = rates.bytesPerSecond + rates.rowsPerSecond;
    this.last = folderStatus({
      settings: this.settings,
      ...{ sums, rates, traffic: this.traffic, atRisk: this.risksNow, ignored: this.ignored, lastActivityAt: this.lastActivityAt },
      isPaused: this.parts.isPaused(this.settings),
      isScanning: this.survey.isScanning || (this.files === undefined && this.trouble === undefined),
      trouble: this.trouble,
      blockedBy: this.files?.blockedBy,
      lane: this.destinationNow?.lane,
      watcher: this.survey.watcher,
      files: this.index,
    });
    return this.last;
  }

  /** Everything that is there was looked at, and nothing moves. */
  get isSettled(): boolean {
    if (this.survey.isScanning || !this.survey.isAtRest) return false;
    if (this.files === undefined) return this.early.length === 0 || this.trouble !== undefined;
    if (!this.files.isAtRest) return false;
    const { states } = this.index.summary();
    return states.settling + states.reading + states.sending + states.waiting === 0;
  }

  mappingDigestOf(mapping: Mapping): string {
    const { name: _name, $schema: _schema, ...rest } = mapping;
    return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16);
  }

  async dispose(): Promise<void> {
    this.ending.abort('engine-stopped');
    await this.files?.dispose();
    await this.running;
  }
}

/** A file that was sent whole is known by its stamp: what was not finished is looked at as if it were new. */
function restoreWhole(file: TrackedFile, record: VersionRecord): void {
  const [, , size, modifiedNs] = record.stamp.split(':');
  const isEnded = record.state === 'done' || record.state === 'unchanged';
  file.sizeBytes = Number(size ?? 0);
  file.modifiedMs = isEnded || record.state === 'held' || record.state === 'refused' ? Math.floor(Number(modifiedNs ?? 0) / 1e6) : 0;
  file.state = isEnded ? 'done' : record.state === 'refused' ? 'unreadable' : record.state === 'held' ? 'held' : 'settling';
  file.reason = isEnded ? undefined : record.failure;
  if (record.state === 'held' && record.failure?.code !== 'source-rewritten') file.modifiedMs = 0;
}
