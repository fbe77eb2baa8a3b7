import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VaultCipher } from './sealed-vault.ts';

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random key that lies in `<dataDir>/vault.key` (mode 0600), made the first time it is needed.
 * The id of the connection is authenticated with the text: an entry cannot be moved to another connection.
 */
export function createKeyFileCipher(dataDir: string): VaultCipher {
  const keyFile = path.join(dataDir, 'vault.key');
  let key: Promise<Buffer> | undefined;
  const loadKey = (): Promise<Buffer> => {
    key ??= readOrMakeKey(keyFile).catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };
  return {
    scheme: 'aes-256-gcm',
    seal: async (connectionId, text) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', await loadKey(), iv).setAAD(Buffer.from(connectionId));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
    },
    open: async (connectionId, sealed) => {
      const decipher = createDecipheriv('aes-256-gcm', await loadKey(), sealed.subarray(0, ivBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(connectionId))
        .setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}

async function readOrMakeKey(keyFile: string): Promise<Buffer> {
  const found = await readKey(keyFile);
  if (found !== undefined) return found;
  await mkdir(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  const temporary = `${keyFile}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, randomBytes(keyBytes), { mode: 0o600, flag: 'wx', flush: true });
    // A link, not a rename: of two processes that make a key at the same time one wins and both use its key.
    await link(temporary, keyFile).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  const made = await readKey(keyFile);
  if (made === undefined) throw new Error(`the key ${keyFile} cannot be read back`);
  return made;
}

async function readKey(keyFile: string): Promise<Buffer | undefined> {
  try {
    const key = await readFile(keyFile);
    if (key.length !== keyBytes) throw new Error(`${keyFile} is not a key of ${keyBytes} bytes`);
    return key;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
