/**
 * The flow of a folder whose rows are followed: look → rows → plan → send → settle. The reader looks and gathers, this says
 * what it looks at, when what is gathered goes out, and writes down what was planned before it does.
 */
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';
import type { TailFormat, TailOutcome, TailTarget } from '../read/tail-protocol.ts';
import type { TailBody, TailSession } from '../tail-reader.ts';
import { AwaitedPlans } from './awaited-plans.ts';
import type { BodyPlanning } from './body-planning.ts';
import type { BodySending } from './body-sending.ts';
import { toEntry } from './file-entry.ts';
import { FileStates } from './file-states.ts';
import { FullComparisons } from './full-comparisons.ts';
import { Gathering } from './gathering.ts';
import type { RowsFlowParts } from './rows-flow-parts.ts';
import { RunningLooks } from './running-looks.ts';
import type { FileEntry, TrackedFile } from './tracked-file.ts';
import { Twins } from './twins.ts';
import { VersionChanges, type VersionChangeParts } from './version-changes.ts';

/** Looks that the reader has at a time; the others wait here, where they cost nothing. */
const looksAtOnce = 128;

export class RowsFlow {
  private readonly looks: RunningLooks;
  private readonly changes: VersionChanges;
  private readonly twins: Twins;
  private readonly comparisons: FullComparisons;
  private readonly states: FileStates;
  private readonly plans: AwaitedPlans;
  private readonly gathering: Gathering;
  private isPaused = false;
  private hasBegun = false;

  constructor(
    private readonly parts: RowsFlowParts,
    private readonly session: TailSession,
    private readonly sending: BodySending,
    private readonly planning: BodyPlanning,
  ) {
    this.states = new FileStates(parts, sending, (file) => this.looks.has(file));
    this.gathering = new Gathering(parts, session, () => sending.open);
    this.plans = new AwaitedPlans(session, parts.signal);
    this.looks = new RunningLooks(looksAtOnce, (files) => {
      session.look(files.map((file) => this.target(file)));
    });
    const changing: VersionChangeParts = {
      ...parts,
      lookNow: (file, at) => this.lookNow(file, at),
      whenPlanned: async (file) => {
        await this.looks.idle(file);
        await this.plans.complete(file);
      },
      look: this.look.bind(this),
      begin: (file) => this.twins.begin(file),
      forget: (file) => {
        session.forget(file.fileId);
        this.looks.forgotten(file);
      },
      hashes: planning.hashes,
      formatOf: (file) => planning.formatOf(file),
      isLookedAt: (file) => this.looks.has(file),
      setState: this.setState.bind(this),
    };
    this.changes = new VersionChanges(changing);
    this.twins = new Twins({ ...changing, beginAsCopy: (file) => this.changes.beginAsCopy(file) });
    this.comparisons = new FullComparisons(changing);
  }

  /** Nothing is looked at, gathered, planned or on its way. */
  get isAtRest(): boolean {
    const isRead = this.looks.isEmpty && this.gathering.isEmpty && this.comparisons.isEmpty;
    return isRead && this.sending.open === 0 && this.changes.isAtRest && this.planning.isAtRest;
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
    this.comparisons.observed(known, entry);
    this.changes.observed(known, entry);
    const isNew = known.observe(entry, clock.monotonic());
    if (known.isTwin) return;
    if (isNew) known.isFinal = false;
    if (isNew || isForced || known.state === 'unreadable') this.look(known);
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
    this.twins.begin(this.enter(entry));
  }

  /** Nothing stands at the path any more. */
  gone(path: string): void {
    const file = this.parts.index.at(path);
    if (file !== undefined && !file.isGone) this.changes.gone(file);
  }

  /** Asks the reader to look, now or as soon as it is its turn. */
  look(file: TrackedFile): void {
    if (this.parts.signal.aborted || file.isInQuestion || file.isForgotten || file.state === 'held') return;
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

  /** Nothing new is looked at. */
  close(): void {
    this.isPaused = true;
  }

  /** What was planned of a file has changed. */
  wasPlanned(file: TrackedFile): void {
    if (!file.isForgotten) this.refresh(file);
    this.plans.changed(file);
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
      ...{ fileKey: file.fileKey, from: file.planned, isFinal: file.isFinal },
      format: this.planning.formatOf(file),
      identity: this.planning.identityOf(file),
      acceptedColumns: accepted.sets(),
      sentRowsPath: this.comparisons.pathFor(file),
      ...{ knownRowsPath: file.knownRowsPath, passesOver: file.passesOver, mayBeTwin: file.mayBeTwin },
      rejectsLeft: this.planning.rejects.left(file),
    };
  }

  /** From the reader: how a file is read. */
  formatFound(fileId: string, format: TailFormat, firstRow: string | undefined): void {
    const file = this.parts.index.version(fileId);
    if (file !== undefined) this.planning.learn(file, format, firstRow);
  }

  /** From the reader: a body, to be planned and sent. */
  bodyRead(body: TailBody): void {
    this.gathering.given();
    this.planning.plan(body, this.sending).catch(this.parts.onBug);
  }

  /** From the reader: no file waits, so many rows are gathered. */
  drained(gathered: number): void {
    this.gathering.holds(gathered);
  }

  requestEnded(): void {
    this.gathering.requestEnded();
  }

  /** From the reader: what a look came to. */
  looked(fileId: string, outcome: TailOutcome, nextRow: number | undefined): void {
    const file = this.parts.index.version(fileId);
    if (file !== undefined) file.nextRow = Math.max(file.planned?.row ?? 0, nextRow ?? 0);
    if (this.looks.answered(fileId, outcome) || file === undefined || file.isForgotten) return;
    this.judge(file, outcome);
    this.looks.go();
  }

  private judge(file: TrackedFile, outcome: TailOutcome): void {
    if (outcome.kind !== 'at-end') this.comparisons.drop(file);
    switch (outcome.kind) {
      case 'at-end':
        file.openBytes = outcome.openBytes;
        file.passesOver = false;
        this.comparisons.atEnd(file);
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
        this.twins.found(file, outcome.firstRow);
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
      case 'rejects-over':
        this.setState(file, 'held', this.planning.rejects.reason(file));
        return;
      case 'failed':
        if (outcome.failure.code === 'file-missing') this.changes.gone(file);
        else this.setState(file, 'unreadable', outcome.failure);
    }
  }

  /** The state that follows from what is known. */
  refresh(file: TrackedFile): void {
    this.states.refresh(file);
  }

  setState(file: TrackedFile, state: TrackedFile['state'], reason: Failure | undefined): void {
    this.states.set(file, state, reason);
  }

  recorded(file: TrackedFile): void {
    this.states.record(file);
    if (file.underWay === 0) this.comparisons.seen(file);
  }

  /** Takes files for complete that were quiet for long enough, says of others what they wait for. Returns whether some are to be asked about again. */
  settle(waitingFor: Failure | undefined): boolean {
    this.states.nowWaitsFor(waitingFor);
    this.comparisons.go();
    const isAsked = this.changes.settle() || !this.comparisons.isEmpty;
    const isSettling = this.states.settle(
      (file) => (file.isTwin ? this.twins.waitMs() : this.parts.settings().settleMs),
      (file) => {
        if (file.isTwin) return this.twins.judge(file);
        file.isFinal = true;
        this.look(file);
        return true;
      },
    );
    return isSettling || isAsked;
  }
}
