/** send, with the journal around it: one object into the bucket, in one request or in parts, going on where an earlier run stood. */
import { UploaderError } from './errors.ts';
import type { Journal } from './record/journal.ts';
import { etagOfParts, objectBody, type ObjectBody, type ObjectClient, type StoredAnswer, type StoredPart } from './send/s3-client.ts';
import { cutParts, type ObjectPart } from './send/s3-parts.ts';
import type { Semaphore } from './semaphore.ts';

export interface ObjectUploading {
  readonly fileId: string;
  readonly key: string;
  readonly partBytes: number;
  /** Parts of this object under way at once. */
  readonly partsAtOnce: number;
  /** Requests of the connection at once. */
  readonly places: Semaphore;
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly client: ObjectClient;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Before the object becomes visible: throws when it must not. */
  readonly mayComplete: () => Promise<void>;
}

export type UploadEnd =
  | { readonly kind: 'stored'; readonly etag: string | undefined; readonly bytes: number; readonly at: number | undefined }
  /** The store has forgotten the upload: everything has to be sent anew. */
  | { readonly kind: 'forgotten' };

/** Resolves when the store holds the whole object. Throws `UploaderError` with a hold code; what has arrived is in the journal then. */
export async function uploadObject(order: ObjectUploading): Promise<UploadEnd> {
  const run = new UploadRun(order);
  try {
    for await (const part of cutParts(order.pieces, order.partBytes, order.partsAtOnce + 1)) {
      if (part.isLast) order.journal.setPartsPlanned(order.fileId, part.number);
      if (part.number === 1 && part.isLast) return await run.whole(part);
      if (part.number === 1) await run.open();
      if (!(await run.add(part))) break;
    }
    return await run.complete();
  } finally {
    await run.settled();
  }
}

interface SentPart {
  readonly etag: string;
  readonly md5: string;
  readonly bytes: number;
}

class UploadRun {
  private uploadId = '';
  /** What the store holds of an upload that an earlier run began. */
  private kept: ReadonlyMap<number, StoredPart> = new Map();
  private readonly sent = new Map<number, SentPart>();
  private readonly inFlight = new Set<Promise<void>>();
  private broken: { readonly error: unknown } | undefined;
  private isForgotten = false;

  constructor(private readonly order: ObjectUploading) {}

  /** All of it in one request. */
  async whole(part: ObjectPart): Promise<UploadEnd> {
    const { client, key, mayComplete } = this.order;
    const body = objectBody(part.bytes);
    await mayComplete();
    return this.proven(part.bytes.length, await client.put(key, body, this.noting(part)), body.md5);
  }

  /** Finds the upload that an earlier run began, or begins one; uploads of the same key that nobody goes on with are ended. */
  async open(): Promise<void> {
    const { client, journal, fileId, key } = this.order;
    const known = journal.object(fileId).uploadId;
    const stored = known === undefined ? undefined : await client.listParts({ key, uploadId: known });
    if (known !== undefined && stored !== undefined) {
      this.uploadId = known;
      this.kept = new Map(stored.map((part) => [part.number, part]));
      return;
    }
    await this.endOrphans();
    this.uploadId = await client.createUpload(key);
    journal.setUploadId(fileId, this.uploadId);
  }

  private async endOrphans(): Promise<void> {
    const { client, key } = this.order;
    const all = await client.listUploads(key).catch((error: unknown) => {
      // Who may write need not be allowed to list; then a rule of the bucket has to clear up.
      if (error instanceof UploaderError && (error.code === 'bucket-forbidden' || error.code === 'object-refused')) return [];
      throw error;
    });
    for (const upload of all) if (upload.key === key) await client.abortUpload(upload);
  }

  /** Sends a part in the background, unless the store has it. `false`: no further part is wanted. */
  async add(part: ObjectPart): Promise<boolean> {
    const body = objectBody(part.bytes);
    const kept = this.keptEtag(part, body);
    if (kept !== undefined) {
      this.sent.set(part.number, { etag: kept, md5: body.md5, bytes: part.bytes.length });
      part.release();
      return !this.mustStop();
    }
    const place = await this.order.places.acquire();
    if (this.mustStop()) {
      place();
      return false;
    }
    const sending = this.send(part, body)
      .catch((error: unknown) => {
        this.broken ??= { error };
      })
      .finally(() => {
        place();
        part.release();
        this.inFlight.delete(sending);
      });
    this.inFlight.add(sending);
    return true;
  }

  private mustStop(): boolean {
    return this.order.signal.aborted || this.broken !== undefined || this.isForgotten;
  }

  /** The same bytes lie there already: the journal knows, or the store's own digest says so. */
  private keptEtag(part: ObjectPart, body: ObjectBody): string | undefined {
    const { journal, fileId } = this.order;
    const kept = this.kept.get(part.number);
    if (kept?.bytes !== part.bytes.length) return undefined;
    if (kept.etag === body.md5) {
      journal.addPart(fileId, { number: part.number, bytes: kept.bytes, sha256: body.sha256, etag: kept.etag });
      return kept.etag;
    }
    const known = journal.part(fileId, part.number);
    return known?.sha256 === body.sha256 && known.etag === kept.etag ? kept.etag : undefined;
  }

  /** That it leaves is in the journal before it does. */
  private noting({ number, bytes }: ObjectPart): () => void {
    return () => {
      this.order.journal.beginPart(this.order.fileId, number, bytes.length);
    };
  }

  private async send(part: ObjectPart, body: ObjectBody): Promise<void> {
    const { client, journal, fileId, key } = this.order;
    const stored = await client.uploadPart({ key, uploadId: this.uploadId }, part.number, body, this.noting(part));
    if (stored === undefined) {
      this.isForgotten = true;
      return;
    }
    const bytes = part.bytes.length;
    this.sent.set(part.number, { etag: stored.etag, md5: body.md5, bytes });
    journal.addPart(fileId, { number: part.number, bytes, sha256: body.sha256, etag: stored.etag });
  }

  async complete(): Promise<UploadEnd> {
    const { client, journal, fileId, key, mayComplete, signal } = this.order;
    await this.settled();
    if (this.broken !== undefined) throw this.broken.error;
    if (this.isForgotten) {
      journal.setUploadId(fileId, undefined);
      return { kind: 'forgotten' };
    }
    if (signal.aborted) throw new UploaderError('cancelled', 'stopped before everything was sent');
    await mayComplete();
    const parts = [...this.sent].sort(([a], [b]) => a - b).map(([number, part]) => ({ number, ...part }));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const expected = parts.every(({ etag, md5 }) => etag === md5) ? etagOfParts(parts.map(({ md5 }) => md5)) : undefined;
    const done = await client.completeUpload({ key, uploadId: this.uploadId }, parts);
    if (done !== undefined) return this.proven(bytes, done, expected);
    // An answer that was lost: the upload is gone because it is complete.
    const found = await client.head(key);
    if (found !== undefined && found.bytes === bytes && expected !== undefined && found.etag === expected) {
      return { kind: 'stored', etag: found.etag, bytes, at: found.modifiedAt };
    }
    journal.setUploadId(fileId, undefined);
    return { kind: 'forgotten' };
  }

  /** The digest of the store says it holds these bytes; where it makes its digests otherwise, their number has to do. */
  private async proven(bytes: number, stored: StoredAnswer, expected: string | undefined): Promise<UploadEnd> {
    const { etag, at } = stored;
    if (etag !== undefined && etag === expected) return { kind: 'stored', etag, bytes, at };
    const found = await this.order.client.head(this.order.key);
    if (found?.bytes === bytes) return { kind: 'stored', etag: found.etag, bytes, at };
    throw new UploaderError('object-incomplete', `the object store holds ${String(found?.bytes ?? 0)} bytes of ${String(bytes)}`, {
      key: this.order.key,
    });
  }

  async settled(): Promise<void> {
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
  }
}
