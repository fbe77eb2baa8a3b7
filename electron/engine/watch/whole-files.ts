/** A folder in mode `files`: a file that has settled is sent as a unit, then kept, moved or deleted. */
import { dirname } from 'node:path';
import type { Failure } from '../../../shared/contract/common.ts';
import type { CommandOutput, ParsedInput } from '../../../shared/contract/contract.ts';
import type { Transfer } from '../../../shared/contract/transfers.ts';
import { firstLook, lookAgain, readFailure, type Settling } from '../discover/settling.ts';
import { failure } from '../errors.ts';
import type { Destination } from '../pipeline-parts.ts';
import type { MappingInUse } from '../record/held-files-journal.ts';
import type { Uploads } from '../uploads.ts';
import { AfterUploads } from './after-upload.ts';
import type { FolderFiles } from './folder-files.ts';
import type { FolderRun } from './folder-run.ts';
import { blocking, passing } from './held-reasons.ts';
import { retryOtherwise, stampOfEntry } from './held-files.ts';
import { filesBeside, statFile } from './rotated-files.ts';
import { TrackedFile, type FileEntry } from './tracked-file.ts';

/** Files of a folder that are sent at once. */
const filesAtOnce = 4;
const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

export class WholeFiles implements FolderFiles {
  private readonly settlings = new Map<TrackedFile, Settling>();
  private readonly queue = new Set<TrackedFile>();
  private readonly running = new Map<TrackedFile, Promise<void>>();
  private readonly after: AfterUploads;
  private readonly skipped: ReadonlyMap<string, string>;
  private isPaused = false;
  private blocked: Failure | undefined;
  private unblock = new AbortController();

  constructor(
    private readonly run: FolderRun,
    private readonly mapping: MappingInUse,
    private readonly uploads: Uploads,
    destination: () => Destination,
  ) {
    this.after = new AfterUploads(run, destination);
    this.skipped = run.parts.journal.skipped(run.id);
    retryOtherwise(run, mapping.mapping, this.skipped);
  }

  get isAtRest(): boolean {
    return this.running.size === 0 && (this.queue.size === 0 || this.isPaused) && this.settlings.size === 0 && this.after.isAtRest;
  }

  get blockedBy(): Failure | undefined {
    return this.blocked;
  }

  seen(entry: FileEntry, { isForced = false, isExisting = false }: { readonly isForced?: boolean; readonly isExisting?: boolean }): void {
    const { run } = this;
    const now = run.parts.clock.monotonic();
    const known = run.index.at(entry.path);
    if (known !== undefined) {
      // The journal has whole milliseconds.
      const isSame = known.sizeBytes === entry.sizeBytes && Math.floor(known.modifiedMs) === Math.floor(entry.modifiedMs);
      known.isGone = false;
      known.fileKey = entry.fileKey;
      if (isSame && known.state === 'done') {
        if (this.after.isOpen(known)) this.after.add(known);
        return;
      }
      const isAgain = isForced || known.state === 'unreadable';
      if (isSame && !isAgain && this.settlings.get(known) === undefined) return;
      if (known.state === 'held' && isSame && !isForced) return;
      known.observe(entry, now);
      if (this.running.has(known)) return;
      this.settleAnew(known, isExisting);
      return;
    }
    const file = new TrackedFile(entry.path, entry, now, run.newFileId());
    run.index.put(file);
    const isSkipped = this.skipped.get(entry.path) === stampOfEntry(entry);
    if (isSkipped || (isExisting && run.settings.existing !== 'send')) {
      const reason = !isSkipped && run.settings.existing === 'ask' ? 'existing-undecided' : 'file-skipped';
      if (reason === 'file-skipped' && !isSkipped) run.parts.journal.skip(run.id, entry.path, stampOfEntry(entry));
      this.setState(
        file,
        reason === 'file-skipped' ? 'done' : 'held',
        failure(reason, `${entry.path} was there before the folder was watched`),
      );
      return;
    }
    this.settleAnew(file, isExisting);
  }

  private settleAnew(file: TrackedFile, isStart: boolean): void {
    const { clock } = this.run.parts;
    const look = { sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs, atMs: clock.monotonic() };
    const first = firstLook(look, this.run.settings.settleMs, isStart ? { nowMs: clock.now() } : undefined);
    this.settlings.set(file, first);
    if (first.settled) {
      this.settlings.delete(file);
      this.enqueue(file);
    } else this.setState(file, 'settling', failure('file-settling', `${file.path} may still be written`, { path: file.path }));
  }

  gone(path: string): void {
    const file = this.run.index.at(path);
    if (file === undefined || file.isGone) return;
    file.isGone = true;
    this.settlings.delete(file);
    this.queue.delete(file);
    if (this.running.has(file)) return;
    this.run.index.forget(file);
    this.run.changed();
    if (file.state !== 'done' && file.ledger.rowsRead === 0 && file.state !== 'held') void this.unlessMoved(file);
  }

  /** A file that nothing was sent of is lost, unless it has another name now. */
  private async unlessMoved(file: TrackedFile): Promise<void> {
    const path = this.run.absolute(file.path);
    const beside = await filesBeside(dirname(path), path);
    if (!beside.some(({ fileKey }) => fileKey === file.fileKey)) this.run.atRisk(file, file.sizeBytes, 'deleted');
  }

  settle(): boolean {
    const now = this.run.parts.clock.monotonic();
    for (const [file, settling] of this.settlings) {
      if (now - settling.quietSinceMs < this.run.settings.settleMs) continue;
      this.settlings.delete(file);
      void this.lookOnceMore(file, settling);
    }
    return this.settlings.size > 0;
  }

  /** Settled is what is still the same at a last look, and can be opened. */
  private async lookOnceMore(file: TrackedFile, settling: Settling): Promise<void> {
    const now = await statFile(this.run.absolute(file.path));
    if (now === undefined) {
      this.gone(file.path);
      return;
    }
    const { clock } = this.run.parts;
    const look = { sizeBytes: now.sizeBytes, modifiedMs: now.modifiedMs, atMs: clock.monotonic() };
    file.observe({ ...now, path: file.path }, clock.monotonic());
    const next = lookAgain(settling, look, this.run.settings.settleMs);
    if (!next.settled) {
      this.settlings.set(file, next);
      this.run.changed();
      return;
    }
    const unreadable = await readFailure(this.run.absolute(file.path));
    if (unreadable === undefined) this.enqueue(file);
    else if (unreadable.code === 'file-missing') this.gone(file.path);
    else this.setState(file, 'unreadable', unreadable);
  }

  private enqueue(file: TrackedFile): void {
    this.queue.add(file);
    this.setState(file, 'waiting', this.isPaused ? failure('flow-paused', 'sending is paused') : undefined);
    this.go();
  }

  private go(): void {
    for (const file of this.queue) {
      if (this.isPaused || this.run.signal.aborted || this.running.size >= filesAtOnce) return;
      this.queue.delete(file);
      const sending = this.send(file)
        .catch(this.run.parts.onBug)
        .finally(() => {
          this.running.delete(file);
          this.run.changed();
          this.go();
        });
      this.running.set(file, sending);
    }
  }

  private async send(file: TrackedFile): Promise<void> {
    const { run, uploads } = this;
    const { settings } = run;
    const folder = {
      id: run.id,
      mayReplace: settings.rewritten === 'everything' || file.knownRowsPath === '',
      onMove: (transfer: Transfer) => {
        this.moved(file, transfer);
      },
    };
    this.setState(file, 'sending', undefined);
    const input = {
      files: [{ path: run.absolute(file.path), mapping: this.mapping.mapping, mappingRef: this.mapping.ref }],
      ...{ connectionId: settings.connectionId, route: settings.route, again: false, acceptRejects: file.hasManyRejects },
    };
    let transferId = await uploads.start(input, folder);
    for (let failures = 1; ; failures += 1) {
      const stop = (): void => void uploads.stop(transferId);
      run.signal.addEventListener('abort', stop, { once: true });
      if (this.isEnding()) stop();
      const transfer = await uploads.finished(transferId);
      run.signal.removeEventListener('abort', stop);
      if (this.isEnding()) return;
      const reason = transfer.failure ?? transfer.files[0]?.failure;
      if (!this.mustTryAgain(transfer, reason)) {
        this.ended(file, transfer, reason);
        return;
      }
      this.blocked = reason !== undefined && blocking.has(reason.code) ? reason : undefined;
      this.setState(file, 'waiting', reason);
      const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1));
      await run.parts.clock.sleep(pauseMs, AbortSignal.any([run.signal, this.unblock.signal]));
      if (this.isEnding()) return;
      if (reason?.code === 'source-changed') {
        this.settleAnew(file, false);
        return;
      }
      this.setState(file, 'sending', undefined);
      await uploads.retry(transferId, { folder });
      transferId = transfer.id;
    }
  }

  private isEnding(): boolean {
    return this.run.signal.aborted;
  }

  private mustTryAgain(transfer: Transfer, reason: Failure | undefined): boolean {
    return transfer.state === 'held' && reason !== undefined && passing.has(reason.code);
  }

  private moved(file: TrackedFile, transfer: Transfer): void {
    const [sent] = transfer.files;
    if (sent === undefined) return;
    file.transferId = transfer.id;
    file.ledger = sent.ledger;
    file.bytesRead = sent.bytesRead;
    this.run.fileChanged(file);
  }

  private ended(file: TrackedFile, transfer: Transfer, reason: Failure | undefined): void {
    this.moved(file, transfer);
    this.run.sent(transfer);
    this.blocked = undefined;
    const [sent] = transfer.files;
    if (sent?.state === 'refused') this.setState(file, 'unreadable', reason);
    else if (sent?.state === 'held' || transfer.state === 'held') this.setState(file, 'held', reason);
    else {
      file.bytesRead = file.sizeBytes;
      this.setState(file, 'done', undefined);
      this.after.add(file);
    }
    if (file.isGone) this.run.index.forget(file);
  }

  private setState(file: TrackedFile, state: TrackedFile['state'], reason: Failure | undefined): void {
    if (file.state === state && file.reason?.code === reason?.code) return;
    file.state = state;
    file.reason = reason;
    this.run.fileChanged(file);
  }

  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
    for (const file of this.queue) this.setState(file, 'waiting', isPaused ? failure('flow-paused', 'sending is paused') : undefined);
    this.go();
  }

  retry(): void {
    const { unblock } = this;
    this.unblock = new AbortController();
    unblock.abort();
    for (const file of this.run.index.files()) if (file.state === 'unreadable') this.settleAnew(file, false);
    this.after.retry();
  }

  renew(): void {
    this.retry();
  }

  decide(file: TrackedFile, decision: ParsedInput<'folders.decide'>['decision']): void {
    if (decision === 'skip') {
      this.run.parts.journal.skip(this.run.id, file.path, stampOfEntry(file));
      this.setState(file, 'done', failure('file-skipped', `${file.path} is left out`));
      return;
    }
    if (file.reason?.code === 'too-many-rejects') file.hasManyRejects = true;
    // Somebody has said that the rewritten file is to be sent as it is.
    else file.knownRowsPath = '';
    this.enqueue(file);
  }

  afterPlan(): Promise<CommandOutput<'folders.afterPlan'>> {
    return this.after.plan();
  }

  async dispose(): Promise<void> {
    await Promise.all(this.running.values());
    await this.after.dispose();
  }
}
