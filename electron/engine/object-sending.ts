/**
 * The flow of one file by the S3 route: read → (shape) → compress → sign → send into the bucket → reference → received.
 * How the object is made is decided once and recorded, each part when it has arrived; rows are confirmed when all of it has.
 */
import { hostname } from 'node:os';
import { holdCodes } from '../../shared/error-codes.ts';
import { blocksHeld, defaultBlockBytes, gzip } from './compress/gzip.ts';
import { stampOf } from './discover/file-stamp.ts';
import { UploaderError, failure } from './errors.ts';
import { beginningOf, isReadAsMapped } from './object-form.ts';
import { objectKey, objectVersion } from './object-key.ts';
import { earlierObjects, endOthers } from './object-others.ts';
import { uploadPieces } from './object-piece-upload.ts';
import { rowPieces, stretchBytesFor, textPieces } from './object-pieces.ts';
import { Replan, planRows, type ObjectRowsOrder } from './object-rows.ts';
import { followObject } from './object-reference.ts';
import { asJsonLines, fileBlocks } from './object-source.ts';
import { uploadObject, type UploadEnd } from './object-upload.ts';
import type { FileEnd } from './pipeline.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import { sniffFile } from './read/open-rows.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { FileRecord } from './record/file-record.ts';
import type { Journal } from './record/journal.ts';
import type { ObjectForm, ObjectPlan, ObjectRecord } from './record/object-record.ts';
import { createObjectClient } from './send/s3-client.ts';
import { partBytesFor, partsAtOnceFor } from './send/s3-part-plan.ts';
import { signObjectRequest } from './sign/sign-object-request.ts';

export interface ObjectSendingParts extends PipelineParts {
  readonly inspectors: () => ReaderPool;
}

/** A file is planned anew so often, then something is wrong with it or its bucket. */
const mostAttempts = 4;
/** JSON lines have so many bytes for each of a CSV; of a gzipped file, so many for each of its bytes. A bound, not a guess. */
const jsonGrowth = 16;
const gunzipGrowth = 64;
/** A piece may be larger than it is to be, by a long row and its header. */
const piecesGrowth = 2;
const bytesOfMb = 1_000_000;

/** Resolves when the object has arrived, or is held. Throws `UploaderError` when the file cannot be read as its mapping says. */
export async function sendObject(
  file: FileRecord,
  destination: Destination,
  parts: ObjectSendingParts,
  signal: AbortSignal,
  onChange: () => void,
): Promise<FileEnd> {
  try {
    const run = new ObjectRun(file, destination, parts, signal, onChange);
    await run.store();
    // From here on an earlier version or form of the file is not what lies there.
    parts.journal.setReplaced(earlierObjects(parts.journal, file.id).map(({ fileId }) => fileId));
    await followObject({ file, destination, parts, signal, onAttempt: run.count, onChange });
    return { kind: 'sent' };
  } catch (error) {
    if (signal.aborted) return { kind: 'held', failure: failure('cancelled', 'the transfer was cancelled') };
    if (error instanceof UploaderError && (holdCodes as readonly string[]).includes(error.code)) {
      return { kind: 'held', failure: error.toFailure() };
    }
    throw error;
  }
}

class ObjectRun {
  constructor(
    private readonly file: FileRecord,
    private readonly destination: Destination,
    private readonly parts: ObjectSendingParts,
    private readonly signal: AbortSignal,
    private readonly onChange: () => void,
  ) {}

  private get object(): ObjectRecord {
    return this.parts.journal.object(this.file.id);
  }

  readonly count = (attempt: { readonly bytes: number; readonly isRetry: boolean }): void => {
    this.parts.journal.countRequest(this.file.transferId, attempt.bytes, attempt.isRetry);
    this.onChange();
  };

  /** Until the object lies in the bucket. */
  async store(): Promise<void> {
    const { state, plan: known } = this.object;
    if (state !== 'entered' && state !== 'uploading') return;
    let plan = known ?? (await this.plan(await this.chooseForm()));
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      try {
        const pieceBytes = await this.pieceBytes(plan.form);
        if (pieceBytes !== undefined) {
          if ((await this.uploadInPieces(plan, pieceBytes)) === 'stored') return;
          continue;
        }
        const end = await this.upload(plan);
        if (end.kind === 'stored') {
          await this.complete(plan, { etag: end.etag, bytes: end.bytes, completedAt: end.at ?? this.parts.clock.now() });
          return;
        }
      } catch (error) {
        if (!(error instanceof Replan)) throw error;
        this.parts.journal.replanFile(this.file.id, { byte: 0, row: 0, line: 1 });
        plan = await this.plan(error.form);
      }
    }
    throw new UploaderError('object-incomplete', `${this.file.path} could not be stored whole`, { path: this.file.path });
  }

  /** It lies in the bucket; where its rows lay there in another form, that one holds none any more. */
  private async complete(plan: ObjectPlan, end: Parameters<Journal['completeObject']>[1]): Promise<void> {
    const { journal, clock } = this.parts;
    const { id: fileId } = this.file;
    const { reference: isRead } = this.object.target;
    const earlier = earlierObjects(journal, fileId);
    const others = new Set(earlier.flatMap(({ keys }) => keys));
    others.delete(plan.key);
    if (others.size > 0) {
      const { client } = this.uploading(plan, this.signal);
      if (isRead) journal.addPiece(fileId, { number: 1, key: plan.key, ...end });
      await endOthers([...others].sort(), earlier, 2, { client, journal, fileId, clock, isRead });
    }
    journal.completeObject(fileId, end);
  }

  /** Undefined: the file is one object. */
  private async pieceBytes(form: ObjectForm): Promise<number | undefined> {
    const { objectMb } = this.object.target;
    if (objectMb === undefined) return undefined;
    const { format } = await this.inspect();
    // The elements of one array are no text that could be cut.
    const isWhole = form === 'untouched' && format.kind === 'ndjson' && (await beginningOf(this.file.path, format.gzip)) === 'array';
    return isWhole ? undefined : objectMb * bytesOfMb;
  }

  private async chooseForm(): Promise<ObjectForm> {
    const { target } = this.object;
    if (target.untouched) return 'untouched';
    const { path, mapping } = this.file;
    const inspection = await this.inspect();
    if (inspection.refusal !== undefined || !isReadAsMapped(mapping, inspection)) return 'rows';
    return (await beginningOf(path, inspection.format.gzip)) === 'plain' ? 'untouched' : 'rows';
  }

  private inspect() {
    const { path, mapping } = this.file;
    const { maxEventBytes } = this.destination.limits;
    return this.parts.inspectors().inspect({ path, format: mapping.format, mapping, maxEventBytes });
  }

  /** Enters into the journal how the object is made. */
  private async plan(form: ObjectForm): Promise<ObjectPlan> {
    const { target } = this.object;
    const { path, mapping, sizeBytes, id } = this.file;
    const { format } = await this.inspect();
    const pieceBytes = await this.pieceBytes(form);
    const isCompressed = form === 'untouched' && format.gzip && pieceBytes === undefined;
    const wholeBytes = sizeBytes * (form === 'untouched' ? 1 : jsonGrowth * (format.gzip ? gunzipGrowth : 1));
    const mostBytes = pieceBytes === undefined ? wholeBytes : pieceBytes * piecesGrowth;
    const key = objectKey({
      ...{
        prefix: target.prefix,
        path,
        version: objectVersion({ path, mapping }, target, hostname()),
        gzip: isCompressed || target.gzipLevel > 0,
      },
      format: form === 'untouched' && format.kind === 'csv' ? 'csv' : 'json',
    });
    const plan = { form, key, partBytes: partBytesFor(mostBytes), compressed: isCompressed };
    this.parts.journal.planObject(id, plan);
    return plan;
  }

  private async upload(plan: ObjectPlan): Promise<UploadEnd> {
    const { target } = this.object;
    const { file } = this;
    const begun = await stampOf(file.path);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.signal, stop.signal]);
    const rowsOrder = this.rowsOrder(plan, signal);
    const checked = plan.form === 'untouched' ? check(rowsOrder, stop) : Promise.resolve(undefined);
    const isPlain = plan.compressed || target.gzipLevel === 0;
    // Bytes that are not compressed are copied into their part before the next ones are asked for.
    const held = isPlain ? 0 : blocksHeld;
    if (isPlain && plan.form === 'untouched') {
      this.parts.journal.setPartsPlanned(file.id, Math.max(1, Math.ceil(begun.sizeBytes / plan.partBytes)));
    }
    const source = plan.form === 'untouched' ? fileBlocks(file.path, begun.sizeBytes, defaultBlockBytes, held) : jsonLines(rowsOrder);
    try {
      return await uploadObject({
        ...this.uploading(plan, signal),
        pieces: this.pack(plan, source, signal),
        mayComplete: async () => {
          const problem = await checked;
          if (problem !== undefined) throw problem.error;
          await this.expectSame(begun.stamp);
        },
      });
    } catch (error) {
      stop.abort();
      // What made the check stop the upload is the reason, not that it was stopped.
      const problem = await checked;
      throw problem === undefined ? error : problem.error;
    } finally {
      stop.abort();
      await checked;
    }
  }

  /** Rows are checked before the object that they are in is sent. */
  private async uploadInPieces(plan: ObjectPlan, pieceBytes: number): Promise<'stored' | 'forgotten'> {
    const { file, signal } = this;
    const begun = await stampOf(file.path);
    const { format } = await sniffFile(file.path, file.mapping.format);
    const rows = untilStopped(planRows({ ...this.rowsOrder(plan, signal), stretchBytes: stretchBytesFor(pieceBytes) }), signal);
    const text = { path: file.path, gzip: format.gzip, encoding: format.encoding, pieceBytes };
    try {
      return await uploadPieces(plan.form === 'untouched' ? textPieces(rows, text) : rowPieces(rows, pieceBytes), {
        ...this.uploading(plan, signal),
        clock: this.parts.clock,
        isRead: this.object.target.reference,
        pack: (content) => this.pack(plan, content, signal),
        mayComplete: () => this.expectSame(begun.stamp),
      });
    } finally {
      await rows.return();
    }
  }

  private rowsOrder({ form }: ObjectPlan, signal: AbortSignal): ObjectRowsOrder {
    const { file, destination, parts, onChange } = this;
    return { file, form, destination, parts, signal, onChange, countOnly: this.object.target.untouched };
  }

  private pack(plan: ObjectPlan, source: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const level = this.object.target.gzipLevel;
    return plan.compressed || level === 0 ? source : bytesOf(gzip(source, { level, signal }));
  }

  private uploading(plan: ObjectPlan, signal: AbortSignal) {
    const { file, destination, parts } = this;
    const { endpoint, region, bucket, pathStyle } = this.object.target;
    const store = { endpoint, region, bucket, pathStyle };
    const client = createObjectClient(
      { store, connectionId: destination.connectionId, lane: destination.objectLane(store), signal, onAttempt: this.count },
      { ...parts, sign: signObjectRequest },
    );
    return {
      ...{ fileId: file.id, key: plan.key, partBytes: plan.partBytes, client, journal: parts.journal, signal },
      partsAtOnce: partsAtOnceFor(plan.partBytes, destination.limits.concurrentRequests),
      places: destination.places.s3,
    };
  }

  private async expectSame(stamp: string): Promise<void> {
    const { path } = this.file;
    this.signal.throwIfAborted();
    if ((await stampOf(path)).stamp !== stamp)
      throw new UploaderError('source-changed', `${path} was changed while it was being sent`, { path });
  }
}

/** What ends early because it was stopped is not the end. */
async function* untilStopped<T>(items: AsyncGenerator<T, void>, signal: AbortSignal): AsyncGenerator<T, void> {
  yield* items;
  signal.throwIfAborted();
}

/** Reads the rows of a file whose bytes go as they are. Resolves with what is wrong, and stops the upload then. */
async function check(order: ObjectRowsOrder, stop: AbortController): Promise<{ readonly error: unknown } | undefined> {
  try {
    const rows = planRows(order);
    for (let next = await rows.next(); next.done !== true; next = await rows.next());
    return undefined;
  } catch (error) {
    stop.abort();
    return { error };
  }
}

async function* jsonLines(order: ObjectRowsOrder): AsyncGenerator<Uint8Array, void> {
  for await (const batch of planRows(order)) yield asJsonLines(batch.payload);
  order.signal.throwIfAborted();
}

async function* bytesOf(pieces: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array, void> {
  for await (const { bytes } of pieces) yield bytes;
}
