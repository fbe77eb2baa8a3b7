/**
 * The flow of one file: read → shape → batch (in a reader thread) → sign → send, with the journal around it.
 * A request is planned in the journal before it is sent, its outcome recorded after; what an earlier run left open goes first.
 */
import { join } from 'node:path';
import type { Failure } from '../../shared/contract/common.ts';
import type { Limits } from '../../shared/contract/connections.ts';
import { batchName } from './batch/batch-name.ts';
import { UploaderError, failure } from './errors.ts';
import type { Batch, Endpoint, Position, Reject, Route } from './model.ts';
import type { Clock, CredentialSource, Random, Transport } from './ports.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { FieldTypeEntries } from './read/reader-protocol.ts';
import { readRowSources } from './read/row-sources.ts';
import type { Journal } from './record/journal.ts';
import type { FileRecord } from './record/file-record.ts';
import type { OpenBatch } from './record/batch-record.ts';
import { RejectsFile } from './record/rejects-file.ts';
import { deliver, type ConnectionLane, type DeliveryOutcome } from './send/deliver.ts';
import { signRequest } from './sign/sign-request.ts';
import type { Semaphore } from './semaphore.ts';

export interface PipelineParts {
  readonly journal: Journal;
  readonly readers: ReaderPool;
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly rejectsDir: string;
  /** Milliseconds to wait for the answer to a request; the default of `Delivery` when absent. */
  readonly requestTimeoutMs: number | undefined;
}

/** Where the rows of a transfer go; shared by its files. */
export interface Destination {
  readonly connectionId: string;
  readonly endpoint: Endpoint;
  readonly limits: Limits;
  readonly lane: ConnectionLane;
  /** Requests of the connection at once. */
  readonly places: Readonly<Record<Route, Semaphore>>;
  readonly fieldTypes: FieldTypeEntries;
}

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
    return await run.settled();
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
  private rejects: RejectsFile | undefined;
  private readonly ending: AbortSignal;

  constructor(
    private readonly file: FileRecord,
    private readonly destination: Destination,
    private readonly parts: PipelineParts,
    private readonly signal: AbortSignal,
    private readonly onChange: () => void,
  ) {
    this.ending = AbortSignal.any([signal, this.stop.signal]);
  }

  private mustStop(): boolean {
    return this.signal.aborted || this.heldBy !== undefined || this.crash !== undefined;
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
            {
              path: this.file.path,
              firstRow: open.from.row + 1,
              lastRow: open.to.row,
            },
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
    const bodies = this.destination.places[this.file.route].size + bodiesAhead;
    for await (const event of this.parts.readers.read({ ...this.readOrder(), from: this.file.planned }, bodies)) {
      if (event.kind === 'plan') {
        this.openRejects(event.source, event.delimiter, event.headerText);
      } else if (event.kind === 'end') {
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
    const rejectsBytes = this.record(batch.rejects);
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
    const { version, route } = this.file;
    let told = 0;
    let toldRejects = 0;
    let toldRepeats = 0;
    const outcome = await deliver(
      {
        route,
        connectionId: this.destination.connectionId,
        endpoint: this.destination.endpoint,
        lane: this.destination.lane,
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
          const refused = await this.refusedRows(batch, rejected);
          told += acceptedRows.length;
          toldRejects += rejected.length;
          journal.progress(this.file.id, request.id, {
            confirmed: acceptedRows.length,
            rejected: rejected.map(() => 'server-rejected' as const),
            remaining: [...remainingRows],
            mayBeApplied: mayHaveBeenApplied,
            rejectsBytes: this.record(refused),
          });
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
    const refused = await this.refusedRows(batch, rejected);
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
        rejectsBytes: this.record(refused),
      },
    );
  }

  /** Rows the service refused, with their text from the source. */
  private async refusedRows(
    batch: Batch,
    refused: readonly { readonly row: number; readonly message: string }[],
  ): Promise<readonly Reject[]> {
    if (refused.length === 0) return [];
    const messages = new Map(refused.map(({ row, message }) => [row, message]));
    const sources = await readRowSources(this.file.path, this.file.mapping.format, batch.from, batch.to, new Set(messages.keys()));
    return sources.map(({ row, line, source }): Reject => ({
      row,
      line,
      column: '',
      code: 'server-rejected',
      reason: messages.get(row) ?? '',
      source,
    }));
  }

  /** Writes rejects and returns the size of their file, which goes to the journal in the same breath. */
  private record(rejects: readonly Reject[]): number {
    if (rejects.length === 0 || this.rejects === undefined) return this.rejects?.bytes ?? this.file.rejectsBytes;
    if (this.rejects.bytes === 0) this.parts.journal.setRejectsPath(this.file.id, this.rejects.path);
    return this.rejects.append(rejects);
  }

  private openRejects(kind: 'csv' | 'ndjson', delimiter: string, headerText: string): void {
    const { file } = this;
    this.rejects ??= new RejectsFile(
      file.rejectsPath ?? join(this.parts.rejectsDir, `${file.name}-${file.id}.rejects.${kind}`),
      file.rejectsBytes,
      { kind, delimiter, headerText },
    );
  }

  /** The batch as it was planned; undefined when the source no longer holds it. */
  private async readAgain(open: OpenBatch): Promise<Batch | undefined> {
    const limits = { maxEvents: Number.MAX_SAFE_INTEGER, maxBytes: Number.MAX_SAFE_INTEGER };
    let found: Batch | undefined;
    for await (const event of this.parts.readers.read({ ...this.readOrder(), limits, from: open.from, to: open.to }, 0)) {
      if (event.kind === 'plan') this.openRejects(event.source, event.delimiter, event.headerText);
      else if (event.kind === 'batch') found ??= event.batch;
    }
    return found?.sourceDigest === open.digest && samePosition(found.to, open.to) ? found : undefined;
  }

  private readOrder() {
    const { limits, fieldTypes } = this.destination;
    const stream = this.file.route === 'stream';
    return {
      path: this.file.path,
      fileName: this.file.name,
      mapping: this.file.mapping,
      fieldTypes,
      maxEventBytes: limits.maxEventBytes,
      limits: {
        maxEvents: stream ? limits.maxStreamEvents : Number.MAX_SAFE_INTEGER,
        maxBytes: stream ? limits.maxStreamRequestBytes : limits.maxBatchRequestBytes,
      },
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
    this.rejects?.close();
  }
}

/** What the journal knows of a request that is to be sent. */
type PlannedRequest = Pick<OpenBatch, 'id' | 'name' | 'mayBeApplied' | 'remaining'>;

const samePosition = (a: Position, b: Position): boolean => a.byte === b.byte && a.row === b.row;
