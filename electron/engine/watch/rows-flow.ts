/**
 * The flow of a folder whose rows are followed: look → rows → plan → send → settle. The reader looks and gathers, this says
 * what it looks at, when what is gathered goes out, and writes down what was planned before it does.
 */
import type { Failure } from '../../../shared/contract/common.ts';
import type { FolderSettings } from '../record/folder-store.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { failure } from '../errors.ts';
import type { PipelineParts } from '../pipeline-parts.ts';
import type { TailFormat, TailOutcome, TailTarget } from '../read/tail-protocol.ts';
import type { TailBody, TailSession } from '../tail-reader.ts';
import type { AcceptedColumns } from './accepted-columns.ts';
import type { BodyPlanning } from './body-planning.ts';
import type { BodySending } from './body-sending.ts';
import type { FileIndex } from './file-index.ts';
import { toEntry } from './file-entry.ts';
import { RunningLooks } from './running-looks.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import { VersionChanges } from './version-changes.ts';

export interface RowsFlowParts extends PipelineParts {
  readonly folderId: string;
  /** Absolute. */
  readonly root: string;
  readonly settings: () => FolderSettings;
  readonly mapping: Mapping;
  readonly mappingDigest: string;
  readonly connection: { readonly id: string; readonly name: string };
  readonly index: FileIndex;
  readonly accepted: AcceptedColumns;
  readonly signal: AbortSignal;
  readonly newFileId: () => string;
  readonly absolute: (path: string) => string;
  /** What was planned of a file has changed. */
  readonly onPlanned: (file: TrackedFile) => void;
  /** Whether the patterns of the folder take a path. */
  readonly isTaken: (path: string) => boolean;
  /** Looks at the disk again, what stands at a path. */
  readonly recheck: (path: string) => void;
  readonly onFile: (file: TrackedFile) => void;
  /** Rows of it that were never read are gone. */
  readonly onRisk: (file: TrackedFile, bytes: number, cause: 'deleted' | 'truncated' | 'rotated' | 'rewritten') => void;
  readonly onBug: (error: unknown) => void;
}

/** Looks that the reader has at a time; the others wait here, where they cost nothing. */
const looksAtOnce = 128;

export class RowsFlow {
  private readonly looks: RunningLooks;
  private readonly changes: VersionChanges;
  private readonly planning: BodyPlanning;
  private gathered = 0;
  private isFlushing = false;
  /** Files of which more may come before they are taken for complete. */
  private readonly settling = new Set<TrackedFile>();
  private readonly awaitingPlan = new Map<TrackedFile, (() => void)[]>();
  private isPaused = false;
  private hasBegun = false;

  constructor(
    private readonly parts: RowsFlowParts,
    private readonly session: TailSession,
    private readonly sending: BodySending,
    planning: BodyPlanning,
  ) {
    this.planning = planning;
    this.looks = new RunningLooks(looksAtOnce, (files) => {
      session.look(files.map((file) => this.target(file)));
    });
    this.changes = new VersionChanges({
      ...parts,
      lookNow: (file, at) => this.lookNow(file, at),
      whenPlanned: (file) => this.whenPlanned(file),
      look: (file) => {
        this.look(file);
      },
      forget: (file) => {
        session.forget(file.fileId);
      },
      hashes: planning.hashes,
      setState: (file, state, reason) => {
        this.setState(file, state, reason);
      },
    });
  }

  /** Nothing is looked at, gathered, planned or on its way. */
  get isAtRest(): boolean {
    return this.looks.isEmpty && this.gathered === 0 && this.sending.open === 0 && this.changes.isAtRest && this.planning.isAtRest;
  }

  /** A file stands there; `isForced`: look at it also when it seems to be what it was. */
  seen(entry: FileEntry, isForced = false): void {
    const { index, clock } = this.parts;
    this.hasBegun = true;
    const known = index.at(entry.path);
    if (known === undefined) {
      this.appeared(entry);
      return;
    }
    if (known.fileKey !== entry.fileKey) {
      this.changes.replaced(known, entry);
      return;
    }
    const isNew = known.observe(entry, clock.monotonic());
    if (known.isTwin) return;
    if (isNew) known.isFinal = false;
    if (isNew || isForced) this.look(known);
  }

  private appeared(entry: FileEntry): void {
    const { index } = this.parts;
    const before = index.goneFrom(entry.path);
    if (before !== undefined) {
      index.put(before);
      before.isGone = false;
      this.seen(entry, true);
      return;
    }
    const elsewhere = index.withKey(entry.fileKey);
    if (elsewhere !== undefined) {
      this.changes.mayHaveMoved(elsewhere, entry);
      return;
    }
    this.look(this.enter(entry));
  }

  /** Nothing stands at the path any more. */
  gone(path: string): void {
    const file = this.parts.index.at(path);
    if (file !== undefined && !file.isGone) this.changes.gone(file);
  }

  /** Asks the reader to look, now or as soon as it is its turn. */
  look(file: TrackedFile): void {
    if (this.parts.signal.aborted || file.isInQuestion || file.isForgotten) return;
    if (file.state === 'held') return;
    this.setState(file, 'reading', undefined);
    this.looks.add(file);
    if (!this.isPaused) this.looks.go();
    else this.setState(file, 'waiting', failure('flow-paused', 'sending is paused'));
  }

  /** Somebody has decided about it, or it may be readable again. */
  lookAgain(file: TrackedFile): void {
    this.setState(file, 'reading', undefined);
    this.look(file);
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    if (!isPaused) this.looks.go();
  }

  /** A file that nothing is known of yet, at its path. */
  enter(entry: FileEntry): TrackedFile {
    const file = toEntry(entry, this.parts);
    this.parts.index.put(file);
    return file;
  }

  /** One more request has rows of it. */
  underWay(fileId: string): void {
    const file = this.parts.index.version(fileId);
    if (file === undefined) return;
    file.underWay += 1;
    this.refresh(file);
  }

  /** Resolves when the files are where they are known to be, and nothing is looked at. */
  async atRest(): Promise<void> {
    while (!this.parts.signal.aborted && !(this.looks.isEmpty && this.changes.isAtRest && this.hasBegun))
      await this.parts.clock.sleep(50, this.parts.signal);
  }

  /** The state of a file goes to the journal, so that the history shows it. */
  recorded(file: TrackedFile): void {
    if (file.transferId === undefined || file.underWay > 0) return;
    const { journal, clock } = this.parts;
    const held = file.state === 'held';
    const transfer = held ? 'held' : file.ledger.rowsRejected > 0 ? 'attention' : 'done';
    journal.setVersionState(file.fileId, file.transferId, held ? 'held' : 'done', transfer, file.reason, clock.now());
  }

  /** Nothing new is looked at. */
  close(): void {
    this.isPaused = true;
  }

  /** What was planned of a file has changed. */
  wasPlanned(file: TrackedFile): void {
    if (!file.isForgotten) this.refresh(file);
    const waiting = this.awaitingPlan.get(file) ?? [];
    this.awaitingPlan.delete(file);
    for (const go of waiting) go();
  }

  /** Resolves when all rows that the reader has read of a file are planned: until then its position says too little. */
  private async whenPlanned(file: TrackedFile): Promise<void> {
    await this.looks.idle(file);
    while ((file.planned?.row ?? 0) < file.nextRow && !this.parts.signal.aborted) {
      this.session.flush();
      await new Promise<void>((resolve) => {
        this.awaitingPlan.set(file, [...(this.awaitingPlan.get(file) ?? []), resolve]);
        this.parts.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  private async lookNow(file: TrackedFile, at: Partial<TailTarget>): Promise<TailOutcome> {
    await this.looks.idle(file);
    return new Promise((resolve) => {
      this.looks.await(file, resolve);
      this.session.look([{ ...this.target(file), ...at }]);
    });
  }

  private target(file: TrackedFile): TailTarget {
    const { accepted } = this.parts;
    return {
      fileId: file.fileId,
      path: this.parts.absolute(file.path),
      name: file.path.slice(file.path.lastIndexOf('/') + 1),
      fileKey: file.fileKey,
      from: file.planned,
      format: this.planning.formatOf(file),
      identity: this.planning.identityOf(file),
      isFinal: file.isFinal,
      acceptedColumns: accepted.sets(),
      knownRowsPath: file.knownRowsPath,
      passesOver: file.passesOver,
      mayBeTwin: file.mayBeTwin,
    };
  }

  /** From the reader: how a file is read. */
  formatFound(fileId: string, format: TailFormat): void {
    const file = this.parts.index.version(fileId);
    if (file !== undefined) this.planning.learn(file, format);
  }

  /** From the reader: a body, to be planned and sent. */
  bodyRead(body: TailBody): void {
    this.gathered = 0;
    this.planning.plan(body, this.sending).catch(this.parts.onBug);
  }

  /** From the reader: nothing waits to be looked at, so many rows are gathered. */
  drained(gathered: number): void {
    this.gathered = gathered;
    if (gathered === 0) return;
    if (this.sending.open === 0) this.session.flush();
    else if (!this.isFlushing) void this.flushLater();
  }

  /** A request of the folder has ended. */
  requestEnded(): void {
    if (this.gathered > 0 && this.sending.open === 0) this.session.flush();
  }

  private async flushLater(): Promise<void> {
    this.isFlushing = true;
    await this.parts.clock.sleep(this.parts.settings().maxAgeMs, this.parts.signal);
    this.isFlushing = false;
    if (this.gathered > 0) this.session.flush();
  }

  /** From the reader: what a look came to. */
  looked(fileId: string, outcome: TailOutcome): void {
    const file = this.parts.index.version(fileId);
    if (file !== undefined && (outcome.kind === 'at-end' || outcome.kind === 'drift')) file.nextRow = outcome.position.row;
    if (this.looks.answered(fileId, outcome) || file === undefined || file.isForgotten) return;
    this.judge(file, outcome);
    this.looks.go();
  }

  private judge(file: TrackedFile, outcome: TailOutcome): void {
    switch (outcome.kind) {
      case 'at-end':
        file.openBytes = outcome.openBytes;
        file.passesOver = false;
        this.refresh(file);
        return;
      case 'no-row-yet':
        file.openBytes = outcome.sizeBytes;
        this.setState(file, file.isFinal ? 'done' : 'settling', failure('file-waiting-for-row', `${file.path} has no complete row yet`));
        return;
      case 'changed':
        this.changes.rewritten(file);
        return;
      case 'replaced':
        this.changes.gone(file);
        return;
      case 'twin':
        this.changes.twin(file, outcome.firstRow);
        return;
      case 'drift':
        this.planning.drifted(file, outcome);
        this.setState(
          file,
          'held',
          failure('schema-drift', `${file.path} has other columns than the files before it`, {
            path: file.path,
            columns: outcome.columns.join(', ').slice(0, 2_000),
            line: outcome.position.line,
          }),
        );
        return;
      case 'failed':
        this.failed(file, outcome.failure);
        return;
    }
  }

  private failed(file: TrackedFile, reason: Failure): void {
    if (reason.code === 'file-missing') {
      this.changes.gone(file);
      return;
    }
    this.setState(file, 'unreadable', reason);
  }

  /** The state that follows from what is known. */
  refresh(file: TrackedFile): void {
    if (file.state === 'held' || file.state === 'unreadable') return;
    if (this.looks.has(file)) this.setState(file, 'reading', undefined);
    else if (file.underWay > 0 || file.nextRow > (file.planned?.row ?? 0)) {
      const { blockedBy } = this.sending;
      this.setState(file, blockedBy === undefined ? 'sending' : 'waiting', blockedBy);
    } else if (file.isTwin) this.setState(file, 'settling', file.reason);
    else if (file.openBytes > 0 && !file.isFinal)
      this.setState(file, 'settling', failure('last-line-open', `the last line of ${file.path} has no line end yet`, { path: file.path }));
    else this.setState(file, 'done', file.passesOver ? failure('file-skipped', `${file.path} was there before`) : undefined);
  }

  setState(file: TrackedFile, state: TrackedFile['state'], reason: Failure | undefined): void {
    if (file.state === state && file.reason?.code === reason?.code) return;
    file.state = state;
    file.reason = reason;
    if (state === 'settling') this.settling.add(file);
    this.parts.onFile(file);
  }

  /** Takes files for complete that have been quiet for long enough. Returns whether some are still waited for. */
  settle(): boolean {
    const now = this.parts.clock.monotonic();
    const { settleMs } = this.parts.settings();
    for (const file of this.settling) {
      if (file.state !== 'settling' || file.isForgotten) {
        this.settling.delete(file);
        continue;
      }
      const quietMs = now - file.changedAt;
      if (quietMs < (file.isTwin ? this.changes.twinMs() : settleMs)) continue;
      this.settling.delete(file);
      if (file.isTwin) {
        this.changes.judgeTwin(file);
        continue;
      }
      file.isFinal = true;
      this.look(file);
    }
    return this.settling.size > 0;
  }
}
