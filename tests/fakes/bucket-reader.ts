/** Objects read back by the sandbox's own implementation of S3, which shares nothing with the uploader's. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createObjectStorage } from '../../electron/sandbox/object-storage.ts';
import type { S3Server } from '../../build/s3-server.ts';

export interface BucketReader {
  keys(prefix: string): Promise<readonly string[]>;
  /** SHA-256 of the object, or of what is compressed in it. */
  digest(key: string): Promise<string>;
  text(key: string): Promise<string>;
  /** Writes the object to a file, as it is. */
  save(key: string, path: string): Promise<void>;
}

export function bucketReader(server: S3Server, bucket: string): BucketReader {
  const storage = createObjectStorage(server, () => Date.now());
  const never = new AbortController().signal;
  const open = async (key: string): Promise<AsyncIterable<Buffer>> => {
    const content = await storage.open(bucket, key, never);
    return key.endsWith('.gz') ? content.pipe(createGunzip()) : content;
  };
  return {
    keys: (prefix) => storage.list(bucket, prefix, never),
    save: async (key, path) => pipeline(await storage.open(bucket, key, never), createWriteStream(path)),
    digest: async (key) => digestOf(await open(key)),
    text: async (key) => {
      const chunks: Buffer[] = [];
      for await (const chunk of await open(key)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

async function digestOf(content: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}

export const fileDigest = (path: string): Promise<string> => digestOf(createReadStream(path) as AsyncIterable<Buffer>);
