/** The key of an object: made of where the file lies and how it is mapped, so that sending it again replaces it. Pure. */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Mapping } from '../../shared/contract/mapping.ts';
import type { Connection } from '../../shared/contract/connections.ts';
import { defaultGzipLevel, type ObjectTarget, type ObjectUpload } from '../../shared/contract/object-store.ts';
import { UploaderError } from './errors.ts';

/** A key has 1,024 bytes of UTF-8 at most. */
const mostNameLength = 180;

const knownEndings = /(?:\.(?:csv|tsv|txt|log|json|jsonl|ndjson))?(?:\.gz)?$/i;

/** A part of a key: no control characters, no halves of characters, and nothing that is a way instead of a name. */
function segment(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/[\u0000-\u001f\u007f\\/]|\p{Surrogate}/gu, '_')
    .trim();
  const cut = Array.from(clean).slice(0, mostNameLength).join('');
  return cut === '.' || cut === '..' ? '' : cut;
}

/**
 * `<prefix>/<folder>/<file>-<version>.csv.gz`. The service reads what ends in `.csv` or `.csv.gz` as CSV, anything else as JSON lines.
 */
export function objectKey(file: {
  readonly prefix: string;
  readonly path: string;
  readonly version: string;
  readonly format: 'csv' | 'json';
  readonly gzip: boolean;
}): string {
  const stem = segment(basename(file.path).replace(knownEndings, ''));
  const name = `${stem === '' ? 'file' : stem}-${file.version}.${file.format}${file.gzip ? '.gz' : ''}`;
  return [...file.prefix.split('/'), basename(dirname(file.path))]
    .map(segment)
    .filter((part) => part !== '')
    .concat(name)
    .join('/');
}

/**
 * The part of a key that stands for the file. The same for all forms that its rows can have, so that one takes the place of the other;
 * another for another metric type, because those are other rows.
 */
export function objectVersion(file: { readonly path: string; readonly mapping: Mapping }, target: ObjectTarget, host: string): string {
  const { endpoint, bucket, prefix } = target;
  const parts = [file.path, file.mapping.metricType, endpoint ?? '', bucket, prefix, host];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
}

/** What the keys of one file have in common, in whatever form and in however many objects. */
export const objectStem = (key: string): string => key.replace(/(?:-\d{5,})?\.(?:csv|json)(?:\.gz)?$/, '');

/**
 * Tells files apart by all that decides which object they become: another bucket, or another content of it, is another file. So is
 * one that the service is told of: what only lies in the bucket is not what it has received.
 */
export function objectDigest(mappingDigest: string, target: ObjectTarget, host: string): string {
  const { endpoint, bucket, prefix, gzipLevel, untouched, objectMb, reference } = target;
  const parts = [
    mappingDigest,
    endpoint ?? '',
    bucket,
    prefix,
    gzipLevel > 0,
    untouched,
    host,
    ...(objectMb === undefined ? [] : [objectMb]),
    ...(reference ? [] : ['no reference']),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Where the files of an upload go: what is said for it, then what the connection says. Throws `bucket-missing`. */
export function objectTargetOf(
  connection: Pick<Connection, 'objectStore' | 'region' | 'name'>,
  given: Partial<ObjectUpload> = {},
): ObjectTarget {
  const { objectStore: saved } = connection;
  const bucket = given.bucket ?? saved?.bucket;
  if (bucket === undefined) {
    throw new UploaderError('bucket-missing', `no bucket is set for the connection ${connection.name}`, { connection: connection.name });
  }
  return {
    bucket,
    prefix: given.prefix ?? saved?.prefix ?? '',
    endpoint: given.endpoint ?? saved?.endpoint,
    region: given.region ?? saved?.region ?? connection.region,
    pathStyle: given.pathStyle ?? saved?.pathStyle,
    gzipLevel: given.gzipLevel ?? saved?.gzipLevel ?? defaultGzipLevel,
    objectMb: given.objectMb ?? saved?.objectMb,
    reference: given.reference ?? true,
    untouched: given.untouched ?? false,
  };
}
