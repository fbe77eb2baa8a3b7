/** The operations of S3 that sending takes. Source: Amazon S3 API Reference. */
import { createHash } from 'node:crypto';
import { UploaderError } from '../errors.ts';
import { callObjectStore, type ObjectAnswer, type ObjectCall, type ObjectContext, type ObjectPorts } from './s3-call.ts';
import { plainEtag, xmlElements, xmlEscaped, xmlValue } from './s3-xml.ts';

/** A body with what is needed to sign it and to have it checked. */
export interface ObjectBody {
  readonly bytes: Uint8Array;
  /** SHA-256 as hex: a part of the signature. */
  readonly sha256: string;
  /** MD5 as hex: what the store is asked to check, and what its ETag is compared with. */
  readonly md5: string;
}

export const objectBody = (bytes: Uint8Array): ObjectBody => ({
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  md5: createHash('md5').update(bytes).digest('hex'),
});

export interface StoredPart {
  /** 1 to 10,000. */
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
  readonly bytes: number;
}

export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
}

/** What the store says of an object it has just stored. */
export interface StoredAnswer {
  readonly etag: string | undefined;
  /** The store's clock, milliseconds since 1970. */
  readonly at: number | undefined;
}

export interface StoredObject {
  readonly etag: string | undefined;
  readonly bytes: number;
  /** Milliseconds since 1970 by the store's clock; undefined when it does not say. */
  readonly modifiedAt: number | undefined;
}

/** Every operation throws `UploaderError` with a hold code when it cannot be done. */
export interface ObjectClient {
  /** `onSend`: before each attempt. */
  put(key: string, body: ObjectBody, onSend?: () => void): Promise<StoredAnswer>;
  createUpload(key: string): Promise<string>;
  /** Undefined: the store knows no such upload (any more). `onSend`: before each attempt. */
  uploadPart(upload: OpenUpload, number: number, body: ObjectBody, onSend?: () => void): Promise<{ readonly etag: string } | undefined>;
  /** Undefined: the store knows no such upload (any more), perhaps because it is complete. */
  completeUpload(upload: OpenUpload, parts: readonly StoredPart[]): Promise<StoredAnswer | undefined>;
  abortUpload(upload: OpenUpload): Promise<void>;
  /** Undefined: the store knows no such upload (any more). */
  listParts(upload: OpenUpload): Promise<readonly StoredPart[] | undefined>;
  /** Uploads that were begun and neither completed nor aborted, of keys with this beginning. */
  listUploads(prefix: string): Promise<readonly OpenUpload[]>;
  head(key: string): Promise<StoredObject | undefined>;
  /** All keys with this beginning. */
  list(prefix: string): Promise<readonly string[]>;
  /** One that is gone already is as good. */
  remove(key: string): Promise<void>;
  /** The region of the bucket, as the store says. */
  location(): Promise<string>;
}

const hexToBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
/** An address has room for so many pages of a list; a store that says "more" without end is not followed for ever. */
const mostPages = 1_000;

export function createObjectClient(context: ObjectContext, ports: ObjectPorts): ObjectClient {
  const call = (request: ObjectCall): Promise<ObjectAnswer> => callObjectStore(request, context, ports);
  const bodyOf = ({ bytes, sha256, md5 }: ObjectBody, type?: string) => ({
    body: bytes,
    bodyDigest: sha256,
    headers: { 'content-md5': hexToBase64(md5), ...(type === undefined ? {} : { 'content-type': type }) },
  });

  return {
    async put(key, body, onSend) {
      const answer = done(await call({ method: 'PUT', key, ...bodyOf(body, typeOf(key)), onSend }));
      return { etag: plainEtag(answer.headers['etag']), at: timeOf(answer.headers['date']) };
    },
    async createUpload(key) {
      const answer = done(await call({ method: 'POST', key, query: { uploads: '' }, headers: { 'content-type': typeOf(key) } }));
      const uploadId = xmlValue(answer.body, 'UploadId');
      if (uploadId === undefined) throw new Error('the object store began an upload and did not say which');
      return uploadId;
    },
    async uploadPart({ key, uploadId }, number, body, onSend) {
      const answer = await call({ method: 'PUT', key, query: { partNumber: String(number), uploadId }, ...bodyOf(body), onSend });
      return answer.kind === 'missing' ? undefined : { etag: plainEtag(answer.headers['etag']) ?? body.md5 };
    },
    async completeUpload({ key, uploadId }, parts) {
      const list = parts.map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>"${xmlEscaped(etag)}"</ETag></Part>`);
      const xml = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${list.join('')}</CompleteMultipartUpload>`;
      const body = Buffer.from(xml);
      const answer = await call({ method: 'POST', key, query: { uploadId }, headers: { 'content-type': 'application/xml' }, body });
      return answer.kind === 'missing' ? undefined : { etag: plainEtag(xmlValue(answer.body, 'ETag')), at: timeOf(answer.headers['date']) };
    },
    async abortUpload({ key, uploadId }) {
      // One that is gone already is as good.
      await call({ method: 'DELETE', key, query: { uploadId } });
    },
    async listParts({ key, uploadId }) {
      const parts: StoredPart[] = [];
      for (let marker: string | undefined = '0', page = 0; marker !== undefined && page < mostPages; page += 1) {
        const answer = await call({ method: 'GET', key, query: { 'part-number-marker': marker, uploadId } });
        if (answer.kind === 'missing') return undefined;
        for (const part of xmlElements(answer.body, 'Part')) {
          const etag = plainEtag(xmlValue(part, 'ETag'));
          if (etag !== undefined) parts.push({ number: Number(xmlValue(part, 'PartNumber')), etag, bytes: Number(xmlValue(part, 'Size')) });
        }
        marker = xmlValue(answer.body, 'IsTruncated') === 'true' ? xmlValue(answer.body, 'NextPartNumberMarker') : undefined;
      }
      return parts;
    },
    async listUploads(prefix) {
      const uploads: OpenUpload[] = [];
      let markers: Readonly<Record<string, string>> | undefined = {};
      for (let page = 0; markers !== undefined && page < mostPages; page += 1) {
        const { body } = done(await call({ method: 'GET', query: { uploads: '', prefix, 'encoding-type': 'url', ...markers } }));
        const isEncoded = xmlValue(body, 'EncodingType') === 'url';
        const text = (xml: string, element: string): string => {
          const value = xmlValue(xml, element) ?? '';
          return isEncoded ? decodeURIComponent(value.replaceAll('+', ' ')) : value;
        };
        for (const upload of xmlElements(body, 'Upload')) {
          const uploadId = xmlValue(upload, 'UploadId');
          if (uploadId !== undefined) uploads.push({ key: text(upload, 'Key'), uploadId });
        }
        markers =
          xmlValue(body, 'IsTruncated') === 'true'
            ? { 'key-marker': text(body, 'NextKeyMarker'), 'upload-id-marker': xmlValue(body, 'NextUploadIdMarker') ?? '' }
            : undefined;
      }
      return uploads;
    },
    async head(key) {
      const answer = await call({ method: 'HEAD', key });
      if (answer.kind === 'missing') return undefined;
      return {
        etag: plainEtag(answer.headers['etag']),
        bytes: Number(answer.headers['content-length'] ?? '0'),
        modifiedAt: timeOf(answer.headers['last-modified']),
      };
    },
    async list(prefix) {
      const keys: string[] = [];
      let more: Readonly<Record<string, string>> | undefined = {};
      for (let page = 0; more !== undefined && page < mostPages; page += 1) {
        const { body } = done(await call({ method: 'GET', query: { 'list-type': '2', 'encoding-type': 'url', prefix, ...more } }));
        for (const entry of xmlElements(body, 'Contents'))
          keys.push(decodeURIComponent((xmlValue(entry, 'Key') ?? '').replaceAll('+', ' ')));
        const token: string | undefined = xmlValue(body, 'NextContinuationToken');
        more = xmlValue(body, 'IsTruncated') === 'true' && token !== undefined ? { 'continuation-token': token } : undefined;
      }
      return keys;
    },
    async remove(key) {
      await call({ method: 'DELETE', key });
    },
    async location() {
      const { body } = done(await call({ method: 'GET', query: { location: '' } }));
      const region = xmlValue(body, 'LocationConstraint') ?? '';
      // Two regions have names from before there were others.
      return region === '' ? 'us-east-1' : region === 'EU' ? 'eu-west-1' : region;
    },
  };
}

/** An operation on the bucket, or one that makes what it names: nothing can be missing but the bucket. */
function done(answer: ObjectAnswer): Extract<ObjectAnswer, { kind: 'done' }> {
  if (answer.kind === 'done') return answer;
  throw new UploaderError('bucket-missing', answer.message);
}

const timeOf = (text: string | undefined): number | undefined => {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

const typeOf = (key: string): string =>
  key.endsWith('.gz') ? 'application/gzip' : key.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/x-ndjson';

/** The ETag of an object whose parts have these MD5 digests, where the store makes them so. */
export function etagOfParts(md5s: readonly string[]): string {
  const all = createHash('md5');
  for (const md5 of md5s) all.update(md5, 'hex');
  return `${all.digest('hex')}-${String(md5s.length)}`;
}
