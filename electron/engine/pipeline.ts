/**
 * The flow of one file: read → shape → batch (in a reader thread) → sign → send, with the journal around it.
 * A request is planned in the journal before it is sent, its outcome recorded after; what an earlier run left open goes first.
 */
import type { Failure } from '../../shared/contract/common.ts';
import { isDirectRoute } from '../../shared/model/route.ts';
import { batchName } from './batch/batch-name.ts';
import { UploaderError, failure } from './errors.ts';
import type { Batch, Position } from './model.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import type { OpenBatch } from './record/batch-record.ts';
import type { FileRecord } from './record/file-record.ts';
import { RejectRecord } from './reject-record.ts';
import { heldInTheMiddle, rejectsLeft } from './reject-limit.ts';
import { rowRouteOf, type RowRoute } from './row-routes.ts';
import { deliver, type DeliveryOutcome } from './send/deliver.ts';
import { signRequest } from './sign/sign-request.ts';

/** How the sending of a file ended. Held rows stay planned in the journal. */
export type FileEnd = { readonly kind: 'sent' } | { readonly kind: 'held'; readonly failure: Failure };

/**
 * Sends a file from where the journal stands to its end. Resolves when every request is settled or held.
 * Throws `UploaderError` when the file cannot be read as its mapping says.
 */
export async function sendFile(
  file: FileRecord,
  destination: Destination,
  parts: PipelineParts,
  signal: AbortSignal,
  onChange: () => void,
): Promise<FileEnd> {
  const run = new FileRun(file, destination, parts, signal, onChange);
  try {
    await run.resendOpen();
    await run.sendNew();
    const end = await run.settled();
    if (end.kind !== 'sent' || !run.isOverLimit) return end;
    // Everything in flight is settled: what is behind it is counted, and held.
    return { kind: 'held', failure: await heldInTheMiddle({ file: parts.journal.file(file.id), destination, parts, signal, onChange }) };
  } catch (error) {
    await run.settled();
    throw error;
  } finally {
    run.dispose();
  }
}

/** Bodies of a reader beyond those being sent: the one being written. */
const bodiesAhead = 1;

class FileRun {
  private readonly inFlight = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private heldBy: Failure | undefined;
  private crash: { readonly error: unknown } | undefined;
  private readonly rejects: RejectRecord;
  private readonly route: RowRoute;
  private readonly ending: AbortSignal;
  /** So many rows are rejected that the mapping lets nothing more be sent. */
  isOverLimit = false;

  constructor(
    private readonly file: FileRecord,
    private readonly destination: Destination,
    private readonly parts: PipelineParts,
    private readonly signal: AbortSignal,
    private readonly onChange: () => void,
  ) {
    this.ending = AbortSignal.any([signal, this.stop.signal]);
    this.route = rowRouteOf(file, destination, parts.journal);
    this.rejects = new RejectRecord(file, parts.journal, parts.rejectsDir);
  }

  private mustStop(): boolean {
    return this.signal.aborted || this.heldBy !== undefined || this.crash !== undefined || this.isOverLimit;
  }

  /** Requests an earlier run planned and did not settle: the same rows under the same names. */
  async resendOpen(): Promise<void> {
    for (const open of this.parts.journal.openBatches(this.file.id)) {
      if (this.mustStop()) return;
      const batch = await this.readAgain(open);
      if (batch === undefined) {
        this.hold(
          failure(
            'source-changed',
            `rows ${open.from.row + 1} to ${open.to.row} of ${this.file.path} are no longer what they were when they were planned`,
            { path: this.file.path, firstRow: open.from.row + 1, lastRow: open.to.row },
          ),
        );
        return;
      }
      await this.dispatch(open, batch, () => undefined);
    }
  }

  /** Rows after the last planned one. */
  async sendNew(): Promise<void> {
    if (this.mustStop()) return;
    const mostRejects = rejectsLeft(this.file, this.parts.journal);
    this.isOverLimit = mostRejects === 0;
    if (this.isOverLimit) return;
    const bodies = this.destination.places[this.file.route].size + bodiesAhead;
    const order = { ...this.readOrder(), from: this.file.planned, mostRejects, tellsFields: true };
    for await (const event of this.parts.readers.read(order, bodies)) {
      if (event.kind === 'plan') {
        this.rejects.open(event.source, event.delimiter, event.headerText);
      } else if (event.kind === 'seen') {
        this.parts.seenFields.sent(this.file, event.fields, this.parts.clock.now());
      } else if (event.kind === 'end') {
        if (event.stopped === true) this.isOverLimit = true;
        if (!this.mustStop()) this.parts.journal.setFileEnd(this.file.id, event.end, event.endedOpen, this.file.sizeBytes);
      } else {
        await this.planAndDispatch(event.batch, event.sent).catch((error: unknown) => {
          event.sent();
          throw error;
        });
      }
      if (this.mustStop()) break;
    }
  }

  private async planAndDispatch(batch: Batch & { readonly fileBytes: number }, sent: () => void): Promise<void> {
    if (this.mustStop()) {
      sent();
      return;
    }
    const { journal } = this.parts;
    const name = batchName(this.file.name, this.file.version, batch.from.row, batch.to.row - 1, batch.sourceDigest);
    const events = batch.payload.rows.length;
    const rejectsBytes = this.rejects.append(batch.rejects);
    const id = journal.planBatch(this.file.id, {
      name,
      from: batch.from,
      to: batch.to,
      digest: batch.sourceDigest,
      events,
      bytes: batch.payload.bytes.length,
      rejected: batch.rejects.map(({ code }) => code),
      fileBytes: batch.fileBytes,
      rejectsBytes,
    });
    this.onChange();
    if (events > 0) await this.dispatch({ id, name, mayBeApplied: false, remaining: undefined }, batch, sent);
    else sent();
  }

  /** Waits for a place among the requests of the connection, then sends in the background. */
  private async dispatch(request: PlannedRequest, batch: Batch, sent: () => void): Promise<void> {
    const release = await this.destination.places[this.file.route].acquire();
    if (this.mustStop()) {
      release();
      sent();
      return;
    }
    const sending = this.send(request, batch)
      .catch((error: unknown) => {
        if (error instanceof UploaderError) this.hold(error.toFailure());
        else this.crash ??= { error };
        this.stop.abort();
      })
      .finally(() => {
        release();
        sent();
        this.inFlight.delete(sending);
        this.onChange();
      });
    this.inFlight.add(sending);
  }

  private async send(request: PlannedRequest, batch: Batch): Promise<void> {
    const { journal } = this.parts;
    const { version } = this.file;
    let told = 0;
    let toldRejects = 0;
    let toldRepeats = 0;
    const outcome = await deliver(
      {
        ...this.route,
        connectionId: this.destination.connectionId,
        payload: batch.payload,
        remainingRows: request.remaining,
        name: request.name,
        nameFor: (firstRow, lastRow) => batchName(this.file.name, version, firstRow, lastRow, batch.sourceDigest),
        mayHaveBeenSent: request.mayBeApplied,
        timeoutMs: this.parts.requestTimeoutMs,
        signal: this.ending,
        onAttempt: ({ mayRepeatRows }) => {
          toldRepeats += mayRepeatRows;
          journal.markSending(this.file.id, request.id, mayRepeatRows);
        },
        onProgress: async ({ acceptedRows, rejected, remainingRows, mayHaveBeenApplied }) => {
          const refused = await this.rejects.refusedRows(batch, rejected);
          told += acceptedRows.length;
          toldRejects += rejected.length;
          journal.progress(this.file.id, request.id, {
            confirmed: acceptedRows.length,
            rejected: rejected.map(() => 'server-rejected' as const),
            remaining: [...remainingRows],
            mayBeApplied: mayHaveBeenApplied,
            rejectsBytes: this.rejects.append(refused),
          });
          this.isOverLimit ||= this.rejectsTooMany(rejected.length);
        },
      },
      { ...this.parts, sign: signRequest },
    );
    await this.settle(request.id, batch, outcome, { confirmed: told, rejected: toldRejects, repeated: toldRepeats });
    if (outcome.kind === 'held') {
      this.hold(failure(outcome.code, outcome.message));
      this.stop.abort();
    }
  }

  private async settle(
    batchId: number,
    batch: Batch,
    outcome: DeliveryOutcome,
    told: { readonly confirmed: number; readonly rejected: number; readonly repeated: number },
  ): Promise<void> {
    const rejected = outcome.rejected.slice(told.rejected);
    const refused = await this.rejects.refusedRows(batch, rejected);
    this.parts.journal.endBatch(
      this.file.id,
      batchId,
      this.file.transferId,
      {
        state: outcome.kind === 'held' ? 'held' : outcome.confirmedRows === 0 && outcome.rejected.length > 0 ? 'rejected' : 'confirmed',
        attempts: outcome.attempts,
        bytesSent: outcome.bytesSent,
        requests: outcome.requests,
        retries: outcome.retries,
        possiblyRepeated: outcome.possiblyRepeatedRows - told.repeated,
        mayBeApplied: outcome.kind === 'held' && outcome.mayHaveBeenApplied,
        status: outcome.last.status,
        requestId: outcome.last.requestId,
        answer: outcome.last.answer,
      },
      {
        confirmed: outcome.confirmedRows - told.confirmed,
        rejected: rejected.map(() => 'server-rejected' as const),
        rejectsBytes: this.rejects.append(refused),
      },
    );
    this.isOverLimit ||= this.rejectsTooMany(rejected.length);
  }

  /** The service rejects rows, too. */
  private rejectsTooMany(justNow: number): boolean {
    return justNow > 0 && rejectsLeft(this.file, this.parts.journal) === 0;
  }

  /** The batch as it was planned; undefined when the source no longer holds it. */
  private async readAgain(open: OpenBatch): Promise<Batch | undefined> {
    const limits = { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
    let found: Batch | undefined;
    for await (const event of this.parts.readers.read({ ...this.readOrder(), limits, from: open.from, to: open.to }, 0)) {
      if (event.kind === 'plan') this.rejects.open(event.source, event.delimiter, event.headerText);
      else if (event.kind === 'batch') found ??= event.batch;
    }
    return found?.sourceDigest === open.digest && samePosition(found.to, open.to) ? found : undefined;
  }

  private readOrder() {
    const { fieldTypes, schema } = this.destination;
    const { maxEvents, maxBytes, maxEventBytes } = this.route.to.limits;
    return {
      ...{ path: this.file.path, fileName: this.file.name, mapping: this.file.mapping, fieldTypes, schema, maxEventBytes },
      pastService: isDirectRoute(this.file.route),
      limits: { maxEvents, maxBytes },
    };
  }

  private hold(reason: Failure): void {
    this.heldBy ??= reason;
  }

  /** Waits for everything in flight. Throws what was a bug. */
  async settled(): Promise<FileEnd> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
    if (this.crash !== undefined) throw this.crash.error;
    if (this.heldBy !== undefined) return { kind: 'held', failure: this.heldBy };
    if (this.signal.aborted) return { kind: 'held', failure: failure('cancelled', 'the transfer was cancelled') };
    return { kind: 'sent' };
  }

  dispose(): void {
    this.rejects.dispose();
  }
}

/** What the journal knows of a request that is to be sent. */
type PlannedRequest = Pick<OpenBatch, 'id' | 'name' | 'mayBeApplied' | 'remaining'>;

const samePosition = (a: Position, b: Position): boolean => a.byte === b.byte && a.row === b.row;
