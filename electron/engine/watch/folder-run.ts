/** One watched folder while it runs: what is there is surveyed, what is new is sent, and how it goes is told. */
import { join } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { DataAtRisk, Folder } from '../../../shared/contract/folders.ts';
import { compileGlobs, type FileGlobs } from '../discover/file-globs.ts';
import type { Destination } from '../pipeline-parts.ts';
import type { StoredFolder } from '../record/folder-store.ts';
import { EarlyFiles } from './early-files.ts';
import { FileIndex } from './file-index.ts';
import { FileNews } from './file-news.ts';
import type { FolderFiles } from './folder-files.ts';
import { decideFiles, hasQuestion } from './folder-decisions.ts';
import { FolderNews } from './folder-news.ts';
import { openFailure, openFolder, type RunSettings } from './folder-opening.ts';
import type { FolderRunParts } from './folder-run-parts.ts';
import { folderStatus } from './folder-status.ts';
import { FolderSurvey } from './folder-survey.ts';
import { RateMeter } from './rate-meter.ts';
import { FolderPulse } from './folder-pulse.ts';
import { FolderRisks } from './folder-risks.ts';
import { fileMemory, restoreFiles } from './restored-files.ts';
import { fileIds, type TrackedFile } from './tracked-file.ts';
import { addTraffic, noTraffic, type Traffic } from './traffic.ts';

const [tickMs, openRetryMs] = [100, 5_000];

export class FolderRun {
  readonly index: FileIndex;
  readonly root: string;
  private readonly ending = new AbortController();
  readonly signal = this.ending.signal;
  acceptedColumns: StoredFolder['acceptedColumns'];
  private settingsNow: RunSettings;
  private surveyed: boolean;
  private readonly globs: FileGlobs;
  private readonly survey: FolderSurvey;
  private readonly meter: RateMeter;
  private readonly pulse: FolderPulse;
  private files: FolderFiles | undefined;
  private destinationNow: Destination | undefined;
  private readonly early = new EarlyFiles();
  private trouble: Failure | undefined;
  private readonly risks: FolderRisks;
  private readonly news: FolderNews;
  private readonly fileNews: FileNews;
  private ignored = 0;
  private traffic: Traffic = noTraffic;
  private lastActivityAt: number | undefined;
  private awake = new AbortController();
  readonly newFileId: () => string;
  private running: Promise<void> = Promise.resolve();

  constructor(
    stored: StoredFolder,
    readonly parts: FolderRunParts,
  ) {
    this.settingsNow = stored.settings;
    this.surveyed = stored.surveyed;
    this.acceptedColumns = stored.acceptedColumns;
    this.root = stored.settings.path;
    this.index = new FileIndex(fileMemory(this, (file) => this.pulse.mayRest(file)));
    this.globs = compileGlobs(stored.settings);
    this.meter = new RateMeter(parts.clock);
    this.risks = new FolderRisks(stored.settings.id, this.root, parts, () => this.changed());
    this.news = new FolderNews(stored.settings.id, parts);
    this.fileNews = new FileNews(stored.settings.id, parts, this.index);
    this.newFileId = fileIds(parts.clock);
    this.pulse = new FolderPulse({
      ...{ clock: parts.clock, signal: this.ending.signal },
      settle: () => this.files?.settle() === true,
      recheck: (file) => {
        if (this.survey.watcher.kind === 'events') this.survey.recheck(file.path);
      },
      isMoving: () => this.isMoving,
      isAtRest: () => this.files?.isAtRest !== false,
      rest: this.index.rest.bind(this.index),
      tell: () => parts.emit({ kind: 'folder', folder: this.status() }),
      tellFiles: () => this.fileNews.tellDue(),
    });
    this.survey = new FolderSurvey({
      root: this.root,
      settings: () => this.settingsNow,
      scanner: parts.scanner,
      clock: parts.clock,
      signal: this.ending.signal,
      onSeen: (entry, { isForced, isStart }) => {
        if (this.index.found(entry) && !isForced) return false;
        const known = this.index.at(entry.path);
        const isNews = known === undefined || known.sizeBytes !== entry.sizeBytes;
        if (this.files === undefined) {
          this.early.seen(entry, isStart);
          // Perhaps it is the one that says how rows are read.
          if (!isStart) this.wake();
        } else this.files.seen(entry, { isForced, isExisting: isStart && !this.surveyed });
        return isNews;
      },
      onGone: (path) => (this.files ?? this.early).gone(path),
      index: this.index,
      isWanted: (path, fileKey) => this.globs(path).taken || this.index.has(path) || this.index.hasKey(fileKey),
      onScanned: ({ ignored }, isStart) => {
        this.ignored = ignored;
        if (isStart) this.wake();
        this.changed();
      },
      onTrouble: (trouble) => {
        this.trouble = trouble;
        this.news.trouble(trouble);
        this.changed();
      },
      onBug: parts.onBug,
    });
  }

  get id(): string {
    return this.settingsNow.id;
  }

  get settings(): RunSettings {
    return this.settingsNow;
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

  /** Begins; ends with `dispose`. */
  start(): void {
    // The disk is looked at by another thread meanwhile; what it finds is heard when this is done.
    const surveying = this.survey.run();
    this.traffic = restoreFiles(this);
    this.running = Promise.all([surveying, this.openWhenItCan(), this.pulse.run()])
      .then(() => undefined)
      .catch(this.parts.onBug);
  }

  /** Connection, credentials and mapping have to be there before anything can be sent. */
  private async openWhenItCan(): Promise<void> {
    while (!this.signal.aborted && !this.isOpen()) {
      const reason = this.survey.isScanning ? undefined : await this.open().catch((error: unknown) => openFailure(error, this.parts.onBug));
      if (this.isOpen()) return;
      this.trouble = reason ?? this.trouble;
      this.changed();
      await this.parts.clock.sleep(this.survey.isScanning ? tickMs : openRetryMs, AbortSignal.any([this.signal, this.awake.signal]));
      this.awake = new AbortController();
    }
  }

  private readonly isOpen = (): boolean => this.files !== undefined;

  private async open(): Promise<Failure | undefined> {
    const opened = await openFolder(this, this.early.paths());
    if (opened.kind === 'closed') return opened.reason;
    this.settingsNow = opened.settings;
    this.destinationNow = opened.destination;
    const files = await this.parts.openFiles(this, opened.mapping, () => this.destination());
    if (this.signal.aborted) {
      await files.dispose();
      return undefined;
    }
    this.trouble = undefined;
    this.files = files;
    files.setPaused(this.parts.isPaused(this.settings));
    const isExisting = !this.surveyed;
    this.early.handOver(
      ({ entry, isStart }) => files.seen(entry, { isForced: false, isExisting: isStart && isExisting }),
      (path) => this.survey.recheck(path),
    );
    // A question about what was there stays open, also after a restart, until it is answered.
    if (isExisting && this.settings.existing !== 'ask') this.parts.store.setSurveyed(this.id);
    this.surveyed = true;
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
    if (connection !== undefined && mapping !== undefined && this.isOpen())
      this.destinationNow = await this.parts.openDestination(connection, [mapping]);
    this.files?.renew();
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

  decide(input: ParsedInput<'folders.decide'>): void {
    decideFiles(this.index, input, (file) => this.files?.decide(file, input.decision));
    if (!hasQuestion(this.index)) this.parts.store.setSurveyed(this.id);
    this.changed();
  }

  async afterPlan(): Promise<CommandOutput<'folders.afterPlan'>> {
    return (await this.files?.afterPlan()) ?? { files: [], more: 0 };
  }

  dismissRisk(riskId: number): void {
    this.risks.dismiss(riskId);
  }

  atRisk(file: TrackedFile, bytes: number, cause: DataAtRisk['cause']): void {
    this.risks.unread(file, bytes, cause);
  }

  clockCorrected(skewMs: number): void {
    this.news.clock(skewMs);
  }

  sent(traffic: Traffic): void {
    this.traffic = addTraffic(this.traffic, traffic);
  }

  lostPlanned(path: string, bytes: number, rows: number): void {
    this.risks.planned(path, bytes, rows);
  }

  /** A file is in another state, or its counts are others. */
  fileChanged(file: TrackedFile): void {
    this.lastActivityAt = this.parts.clock.now();
    this.pulse.grew(file);
    if (this.settings.mode === 'rows') this.pulse.mayRest(file);
    this.fileNews.changed(file);
    this.changed();
  }

  changed(): void {
    this.pulse.changed();
  }

  private wake(): void {
    this.awake.abort();
    this.changed();
  }

  private last: Folder | undefined;
  private isMoving = false;
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

  /** All was looked at, and nothing moves. */
  get isSettled(): boolean {
    if (this.survey.isScanning || !this.survey.isAtRest) return false;
    if (this.files === undefined) return this.early.isEmpty || this.trouble !== undefined;
    if (!this.files.isAtRest) return false;
    return !this.index.isAnyMoving;
  }

  async dispose(): Promise<void> {
    this.ending.abort('engine-stopped');
    await Promise.all([this.files?.dispose(), this.running]);
    this.fileNews.tellAll();
    this.parts.emit({ kind: 'folder', folder: this.status() });
  }
}
