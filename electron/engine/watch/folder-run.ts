/** One watched folder while it runs: what is there is surveyed, what is new is sent, and how it goes is told. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { DataAtRisk, Folder } from '../../../shared/contract/folders.ts';
import { compileGlobs, type FileGlobs } from '../discover/file-globs.ts';
import { UploaderError, failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import type { FolderSettings, StoredFolder } from '../record/folder-store.ts';
import { FileIndex } from './file-index.ts';
import type { FolderFiles } from './folder-files.ts';
import { openFolder } from './folder-opening.ts';
import type { FolderRunParts } from './folder-run-parts.ts';
import { folderStatus } from './folder-status.ts';
import { FolderSurvey } from './folder-survey.ts';
import { RateMeter } from './rate-meter.ts';
import { FolderPulse } from './folder-pulse.ts';
import { FolderRisks } from './folder-risks.ts';
import { restoreFiles } from './restored-files.ts';
import type { TrackedFile, FileEntry } from './tracked-file.ts';
import { addTraffic, noTraffic, type Traffic } from './traffic.ts';

const tickMs = 100;
/** Clocks that differ by less are right. */
const leastSkewMs = 5_000;
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
  private readonly pulse: FolderPulse;
  private files: FolderFiles | undefined;
  private destinationNow: Destination | undefined;
  private early: { readonly entry: FileEntry; readonly isStart: boolean }[] = [];
  private trouble: Failure | undefined;
  private readonly risks: FolderRisks;
  private ignored = 0;
  private traffic: Traffic = noTraffic;
  private saidSkewMs = 0;
  private lastActivityAt: number | undefined;
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
    this.risks = new FolderRisks(stored.settings.id, this.root, parts);
    this.fileIds = `${parts.clock.now().toString(36)}${randomBytes(3).toString('hex')}`;
    this.pulse = new FolderPulse({
      ...{ clock: parts.clock, signal: this.ending.signal },
      settle: () => this.files?.settle() === true,
      recheck: (file) => {
        if (this.survey.watcher.kind === 'events') this.survey.recheck(file.path);
      },
      isMoving: () => this.isMoving,
      tell: () => {
        parts.emit({ kind: 'folder', folder: this.status() });
      },
    });
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
        if (isStart) this.wake();
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
    this.traffic = restoreFiles(this);
    this.running = Promise.all([this.survey.run(), this.openWhenItCan(), this.pulse.run()])
      .then(() => undefined)
      .catch(this.parts.onBug);
  }

  private *pathsBelow(directory: string): Generator<string> {
    for (const file of this.index.files()) {
      if (file.isGone) continue;
      if (directory === '' || file.path.startsWith(`${directory}/`)) yield file.path;
    }
  }

  /** Connection, credentials and mapping have to be there before anything can be sent. */
  private async openWhenItCan(): Promise<void> {
    while (!this.signal.aborted && !this.isOpen()) {
      const reason = this.survey.isScanning ? undefined : await this.open().catch((error: unknown) => this.openFailure(error));
      if (this.isOpen()) return;
      this.trouble = reason ?? this.trouble;
      this.changed();
      await this.parts.clock.sleep(this.survey.isScanning ? tickMs : openRetryMs, AbortSignal.any([this.signal, this.awake.signal]));
      this.awake = new AbortController();
    }
  }

  private isOpen(): boolean {
    return this.files !== undefined;
  }

  private openFailure(error: unknown): Failure | undefined {
    if (error instanceof UploaderError) return error.toFailure();
    this.parts.onBug(error);
    return failure('internal', 'the folder cannot be opened');
  }

  private async open(): Promise<Failure | undefined> {
    const { parts } = this;
    const opened = await openFolder(
      this,
      this.early.map(({ entry }) => this.absolute(entry.path)),
    );
    if (opened.kind === 'closed') return opened.reason;
    this.settingsNow = opened.settings;
    this.destinationNow = opened.destination;
    const files = await parts.openFiles(this, opened.mapping, () => this.destination());
    if (this.signal.aborted) {
      await files.dispose();
      return undefined;
    }
    this.trouble = undefined;
    this.files = files;
    files.setPaused(parts.isPaused(this.settings));
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
    this.risks.dismiss(riskId);
    this.changed();
  }

  /** Rows that were never read are gone. */
  atRisk(file: TrackedFile, bytes: number, cause: DataAtRisk['cause']): void {
    this.risks.unread(file, bytes, cause);
    this.changed();
  }

  /** Requests are signed with the time of the service from now on: said once, and again when it changes. */
  clockCorrected(skewMs: number): void {
    if (Math.abs(skewMs - this.saidSkewMs) < leastSkewMs) return;
    this.saidSkewMs = skewMs;
    const seconds = Math.round(skewMs / 1_000);
    const notice = failure('clock-corrected', `the clock of the service is ${seconds} seconds ahead of this computer’s`, { seconds });
    this.parts.logger.warn(notice.message, { folderId: this.id });
    this.parts.emit({ kind: 'notice', notice });
  }

  /** So much went over the network. */
  sent(traffic: Traffic): void {
    this.traffic = addTraffic(this.traffic, traffic);
  }

  /** Rows that were planned and not confirmed are gone from their file. */
  lostPlanned(path: string, bytes: number, rows: number): void {
    this.risks.planned(path, bytes, rows);
    this.changed();
  }

  /** A file is in another state, or its counts are others. */
  fileChanged(file: TrackedFile): void {
    const { clock, emit } = this.parts;
    this.lastActivityAt = clock.now();
    this.pulse.grew(file);
    emit({ kind: 'watched-file', folderId: this.id, file: file.toWatchedFile() });
    this.changed();
  }

  /** Something about it is to be told. */
  changed(): void {
    this.pulse.changed();
  }

  private wake(): void {
    const { awake } = this;
    awake.abort();
    this.changed();
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

  private last: Folder | undefined;
  private isMoving = false;

  /** As it was told last. */
  get lastStatus(): Folder {
    return this.last ?? this.status();
  }

  status(): Folder {
    const sums = this.index.summary();
    const rates = this.meter.rates(sums.ledger.rowsConfirmed, sums.bytesRead);
    this.isMoving = rates.bytesPerSecond + rates.rowsPerSecond > 0;
    this.last = folderStatus({
      settings: this.settings,
      ...{ sums, rates, traffic: this.traffic, atRisk: this.risks.now, ignored: this.ignored, lastActivityAt: this.lastActivityAt },
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

  async dispose(): Promise<void> {
    this.ending.abort('engine-stopped');
    await this.files?.dispose();
    await this.running;
  }
}
