/** Port and credentials of a sandbox, kept so that a restart has the same. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const identitySchema = z.strictObject({
  port: z.number().int().min(0).max(65_535),
  apiKey: z.string().min(20),
  accessKeyId: z.string().min(16),
  secretAccessKey: z.string().min(20),
});
export type Identity = z.infer<typeof identitySchema>;

const characters = (count: number, alphabet: string): string => {
  // 256 is no multiple of these lengths: a slight preference for the first letters, of no weight at this length.
  return [...randomBytes(count)].map((byte) => alphabet[byte % alphabet.length]).join('');
};
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const generate = (): Identity => ({
  port: 0,
  apiKey: characters(40, letters),
  accessKeyId: `AKIA${characters(16, upper)}`,
  secretAccessKey: characters(40, letters),
});

const pathIn = (dataDir: string): string => join(dataDir, 'sandbox.json');

/** The one of the last start, or a new one where there is none that can be read. */
export function loadIdentity(dataDir: string): Identity {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
  } catch {
    return generate();
  }
}

/** Readable by its owner alone; old or new at any moment, never half. */
export function saveIdentity(dataDir: string, identity: Identity): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = pathIn(dataDir);
  writeFileSync(`${path}.new`, JSON.stringify(identity), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
