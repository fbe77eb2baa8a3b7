/**
 * The flow of one file by the S3 route: read → (shape) → compress → sign → send into the bucket → reference → received.
 * How the object is made is decided once and recorded, each part when it has arrived; rows are confirmed when all of it has.
 */
import { holdCodes } from '../../shared/error-codes.ts';
import { blocksHeld, defaultBlockBytes, gzip } from './compress/gzip.ts';
import { stampOf } from './discover/file-stamp.ts';
import { UploaderError, failure } from './errors.ts';
import { beginsWithMark, isReadAsMapped } from './object-form.ts';
import { objectKey } from './object-key.ts';
import { Replan, planRows, type ObjectRowsOrder } from './object-rows.ts';
import { asJsonLines, fileBlocks } from './object-source.ts';
import { uploadObject, type UploadEnd } from './object-upload.ts';
import type { FileEnd } from './pipeline.ts';
import type { Destination, PipelineParts } from './pipeline-parts.ts';
import type { ReaderPool } from './reader-pool.ts';
import type { FileRecord } from './record/file-record.ts';
import type { ObjectForm, ObjectPlan, ObjectRecord } from './record/object-record.ts';
import { objectUrl } from './send/s3-address.ts';
import { createObjectClient } from './send/s3-client.ts';
import { partBytesFor, partsAtOnceFor } from './send/s3-part-plan.ts';
import { awaitReceived, referObject } from './send/s3-reference.ts';
import { signObjectRequest } from './sign/sign-object-request.ts';
import { signRequest } from './sign/sign-request.ts';

export interface ObjectSendingParts extends PipelineParts {
  readonly inspectors: () => ReaderPool;
}

/** A file is planned anew so often, then something is wrong with it or its bucket. */
const mostAttempts = 4;
/** JSON lines have so many bytes for each of a CSV; of a gzipped file, so many for each of its bytes. A bound, not a guess. */
const jsonGrowth = 16;
const gunzipGrowth = 64;

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
    await run.follow();
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

  private readonly count = (attempt: { readonly bytes: number; readonly isRetry: boolean }): void => {
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
        const end = await this.upload(plan);
        if (end.kind === 'stored') {
          this.parts.journal.completeObject(this.file.id, {
            etag: end.etag,
            bytes: end.bytes,
            completedAt: end.at ?? this.parts.clock.now(),
          });
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

  /** Until the service has received it. */
  async follow(): Promise<void> {
    const { journal } = this.parts;
    const { target, plan, state } = this.object;
    if (state === 'received' || plan === undefined) return;
    if (!target.reference) {
      journal.confirmObject(this.file.id, `stored as ${objectUrl(target.bucket, plan.key)}`);
      return;
    }
    const { connectionId, endpoint, lane } = this.destination;
    const url = objectUrl(target.bucket, plan.key);
    const reference = { url, connectionId, endpoint, lane, signal: this.signal, onAttempt: this.count };
    const ports = { ...this.parts, sign: signRequest };
    if (state === 'complete') {
      const toldAt = await referObject(reference, ports);
      journal.setReferenced(this.file.id, Math.min(toldAt ?? Infinity, this.object.completedAt ?? Infinity));
      this.onChange();
    }
    const since = this.object.completedAt ?? 0;
    journal.confirmObject(this.file.id, `${url} ${await awaitReceived(reference, since, ports)}`);
  }

  private async chooseForm(): Promise<ObjectForm> {
    const { target } = this.object;
    if (target.untouched) return 'untouched';
    const { path, mapping } = this.file;
    const inspection = await this.inspect();
    if (inspection.refusal !== undefined || !isReadAsMapped(mapping, inspection)) return 'rows';
    return (await beginsWithMark(path, inspection.format.gzip)) ? 'rows' : 'untouched';
  }

  private inspect() {
    const { path, mapping } = this.file;
    const { maxEventBytes } = this.destination.limits;
    return this.parts.inspectors().inspect({ path, format: mapping.format, mapping, maxEventBytes });
  }

  /** Enters into the journal how the object is made. */
  private async plan(form: ObjectForm): Promise<ObjectPlan> {
    const { target } = this.object;
    const { path, version, sizeBytes, id } = this.file;
    const { format } = await this.inspect();
    const isCompressed = form === 'untouched' && format.gzip;
    const mostBytes = sizeBytes * (form === 'untouched' ? 1 : jsonGrowth * (format.gzip ? gunzipGrowth : 1));
    const key = objectKey({
      ...{ prefix: target.prefix, path, version, gzip: isCompressed || target.gzipLevel > 0 },
      format: form === 'untouched' && format.kind === 'csv' ? 'csv' : 'json',
    });
    const plan = { form, key, partBytes: partBytesFor(mostBytes), compressed: isCompressed };
    this.parts.journal.planObject(id, plan);
    return plan;
  }

  private async upload(plan: ObjectPlan): Promise<UploadEnd> {
    const { target } = this.object;
    const { file, destination, parts } = this;
    const begun = await stampOf(file.path);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.signal, stop.signal]);
    const store = { endpoint: target.endpoint, region: target.region, bucket: target.bucket, pathStyle: target.pathStyle };
    const rowsOrder = { file, form: plan.form, destination, parts, signal, onChange: this.onChange, countOnly: target.untouched };
    const checked = plan.form === 'untouched' ? check(rowsOrder, stop) : Promise.resolve(undefined);
    const isPlain = plan.compressed || target.gzipLevel === 0;
    // Bytes that are not compressed are copied into their part before the next ones are asked for.
    const held = isPlain ? 0 : blocksHeld;
    const source = plan.form === 'untouched' ? fileBlocks(file.path, begun.sizeBytes, defaultBlockBytes, held) : jsonLines(rowsOrder);
    const client = createObjectClient(
      { store, connectionId: destination.connectionId, lane: destination.objectLane(store), signal, onAttempt: this.count },
      { ...parts, sign: signObjectRequest },
    );
    try {
      return await uploadObject({
        ...{ fileId: file.id, key: plan.key, partBytes: plan.partBytes, client, journal: parts.journal, signal },
        partsAtOnce: partsAtOnceFor(plan.partBytes, destination.limits.concurrentRequests),
        places: destination.places.s3,
        pieces: isPlain ? source : bytesOf(gzip(source, { level: target.gzipLevel, signal })),
        mayComplete: async () => {
          const problem = await checked;
          if (problem !== undefined) throw problem.error;
          this.signal.throwIfAborted();
          if ((await stampOf(file.path)).stamp !== begun.stamp) {
            throw new UploaderError('source-changed', `${file.path} was changed while it was being sent`, { path: file.path });
          }
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
