/** Reads from an S3 endpoint: path-style addresses, Signature Version 4 of its own making. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { canonicalQuery, uriEncode } from './canonical-request.ts';
import { signatureOf, signingAlgorithm, signingKey } from './signature.ts';

export interface ObjectStorageAccess {
  /** `http(s)://host[:port]` */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface ObjectStorage {
  /** Keys of the object, or of all objects below it when it is a folder. Rejects with the reason when they cannot be listed. */
  list(bucket: string, key: string, signal: AbortSignal): Promise<readonly string[]>;
  open(bucket: string, key: string, signal: AbortSignal): Promise<Readable>;
}

const emptyDigest = createHash('sha256').update('').digest('hex');

const signedHeaders = (access: ObjectStorageAccess, url: URL, nowMs: number): Record<string, string> => {
  const date = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = date.slice(0, 8);
  const headers = { host: url.host, 'x-amz-content-sha256': emptyDigest, 'x-amz-date': date };
  const names = Object.keys(headers).join(';');
  const canonicalRequest = [
    'GET',
    // S3 alone takes the path as it is sent.
    url.pathname,
    canonicalQuery(url.search.slice(1)),
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    names,
    emptyDigest,
  ].join('\n');
  const scope = `${day}/${access.region}/s3/aws4_request`;
  const stringToSign = [signingAlgorithm, date, scope, createHash('sha256').update(canonicalRequest).digest('hex')].join('\n');
  const signature = signatureOf(signingKey(access.secretAccessKey, day, access.region, 's3'), stringToSign);
  const authorization = `${signingAlgorithm} Credential=${access.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { 'x-amz-content-sha256': emptyDigest, 'x-amz-date': date, authorization };
};

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const xmlText = (text: string): string =>
  text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    return entities[name ?? ''] ?? whole;
  });
const xmlValues = (xml: string, tag: string): string[] =>
  [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g'))].map(([, text]) => xmlText(text ?? ''));

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    // What is not wanted any more need not be transferred.
    await reader.cancel();
  }
}

export function createObjectStorage(access: ObjectStorageAccess, clockNow: () => number): ObjectStorage {
  const get = async (path: string, query: string, signal: AbortSignal): Promise<Response> => {
    const url = new URL(`${access.endpoint.replace(/\/+$/, '')}${path}${query === '' ? '' : `?${query}`}`);
    const answer = await fetch(url, { headers: signedHeaders(access, url, clockNow()), signal });
    if (answer.ok) return answer;
    const [code = ''] = xmlValues((await answer.text()).slice(0, 10_000), 'Code');
    throw new Error(`the object storage answered ${answer.status} ${code}`.trim());
  };
  const pathOf = (bucket: string, key: string): string => `/${[bucket, ...key.split('/')].map(uriEncode).join('/')}`;

  return {
    async list(bucket, key, signal) {
      const folder = key === '' || key.endsWith('/') ? key : `${key}/`;
      const found: string[] = [];
      for (let token: string | undefined = ''; token !== undefined;) {
        const more: string = token === '' ? '' : `continuation-token=${uriEncode(token)}&`;
        const answer = await get(
          `/${uriEncode(bucket)}`,
          `${more}list-type=2&prefix=${uriEncode(key)}`,
          AbortSignal.any([signal, AbortSignal.timeout(20_000)]),
        );
        const xml = await answer.text();
        const keys = xmlValues(xml, 'Key');
        if (keys.includes(key) && !key.endsWith('/')) return [key];
        found.push(...keys.filter((name) => name.startsWith(folder) && !name.endsWith('/')));
        token = xmlValues(xml, 'IsTruncated')[0] === 'true' ? xmlValues(xml, 'NextContinuationToken')[0] : undefined;
      }
      return found;
    },
    async open(bucket, key, signal) {
      const answer = await get(pathOf(bucket, key), '', signal);
      if (!answer.body) return Readable.from([]);
      return Readable.from(chunksOf(answer.body));
    },
  };
}
