/** Where objects lie, and how that is written as an address. Source: Amazon S3 User Guide, "Methods for accessing a bucket". */
import { encodeSegment } from './route.ts';

/** A bucket somewhere. */
export interface ObjectStore {
  /** `http(s)://host[:port]`; absent: Amazon S3 in the region. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** The bucket in the path (`true`) or in the host name; absent: in the path wherever the host name would not do. */
  readonly pathStyle?: boolean | undefined;
}

const amazonHost = (region: string): string => `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** A name that is one label of a host name; a dot in it would not fit the certificate. */
const isHostLabel = (bucket: string): boolean => /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket);

export interface ObjectAddress {
  readonly origin: string;
  /** Path and query, percent-encoded. */
  readonly path: string;
}

/**
 * @param key absent: the bucket itself
 * @param query parameters with their values; an empty value stands alone (`?uploads`)
 */
export function objectAddress(store: ObjectStore, key?: string, query: Readonly<Record<string, string>> = {}): ObjectAddress {
  const endpoint = new URL(store.endpoint ?? `https://${amazonHost(store.region)}`);
  const inPath = !isHostLabel(store.bucket) || (store.pathStyle ?? store.endpoint !== undefined);
  const origin = inPath ? endpoint.origin : `${endpoint.protocol}//${store.bucket}.${endpoint.host}`;
  const segments = [...(inPath ? [store.bucket] : []), ...(key === undefined ? [] : key.split('/'))];
  const search = Object.entries(query).map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`);
  const path = `${endpoint.pathname.replace(/\/+$/, '')}/${segments.map(encodeSegment).join('/')}`;
  return { origin, path: search.length === 0 ? path : `${path}?${search.join('&')}` };
}

/** `s3://bucket/key`, as the service takes it. */
export const objectUrl = (bucket: string, key: string): string => `s3://${bucket}/${key}`;
