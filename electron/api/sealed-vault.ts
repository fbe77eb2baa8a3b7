import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { secretsSchema } from '../../shared/contract/connections.ts';
import { UploaderError } from '../engine/errors.ts';
import type { Credentials } from '../engine/model.ts';
import type { Clock, Logger, SecretVault } from '../engine/ports.ts';
import { writeAtomically } from './atomic-write.ts';

/** Makes a text unreadable without a key. Both reject when they cannot. */
export interface VaultCipher {
  /** Name of the way it is sealed; an entry is opened only by the cipher that sealed it. */
  readonly scheme: string;
  seal(connectionId: string, text: string): Promise<Uint8Array>;
  open(connectionId: string, sealed: Uint8Array): Promise<string>;
}

const vaultFileSchema = z.strictObject({
  version: z.literal(1),
  entries: z.array(z.strictObject({ connectionId: z.string(), scheme: z.string(), sealed: z.base64() })),
});
type Entry = z.infer<typeof vaultFileSchema>['entries'][number];

export interface SealedVaultOptions {
  readonly dataDir: string;
  readonly kind: SecretVault['kind'];
  readonly cipher: VaultCipher;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Keeps secrets sealed in `<dataDir>/vault.json` (mode 0600, replaced atomically). What cannot be opened counts as
 * not there, with a warning in the log, because what helps is the same: enter the secrets again. A file that cannot
 * be read is set aside before another is written. `set` and `delete` throw `UploaderError` (`vault-unavailable`,
 * `disk-full`).
 */
export function createSealedVault(options: SealedVaultOptions): SecretVault {
  const { cipher, clock, logger } = options;
  const file = path.join(options.dataDir, 'vault.json');
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: each change reads the file and replaces it. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const turn = last.then(task);
    last = turn.catch(() => undefined);
    return turn;
  };

  const read = async (): Promise<{ readonly entries: readonly Entry[]; readonly broken: boolean }> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { entries: [], broken: false };
      throw unavailable(error);
    }
    try {
      return { entries: vaultFileSchema.parse(JSON.parse(text)).entries, broken: false };
    } catch {
      logger.warn('the file with the secrets is damaged: they have to be entered again', { file });
      return { entries: [], broken: true };
    }
  };

  const change = (connectionId: string, added: () => Promise<readonly Entry[]>): Promise<void> =>
    inTurn(async () => {
      const { entries, broken } = await read();
      try {
        const next = [...entries.filter((entry) => entry.connectionId !== connectionId), ...(await added())];
        await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
        if (broken) await rename(file, `${file}.damaged-${clock.now()}`);
        await writeAtomically(file, `${JSON.stringify({ version: 1, entries: next })}\n`);
      } catch (error) {
        throw unavailable(error);
      }
    });

  const open = async (entry: Entry): Promise<Credentials | undefined> => {
    if (entry.scheme !== cipher.scheme) {
      logger.warn('secrets were sealed in another way and have to be entered again', {
        connectionId: entry.connectionId,
        scheme: entry.scheme,
      });
      return undefined;
    }
    try {
      return secretsSchema.parse(JSON.parse(await cipher.open(entry.connectionId, Buffer.from(entry.sealed, 'base64'))));
    } catch {
      logger.warn('secrets cannot be opened and have to be entered again', { connectionId: entry.connectionId });
      return undefined;
    }
  };

  return {
    kind: options.kind,
    get: (connectionId) =>
      inTurn(async () => {
        const { entries } = await read();
        const entry = entries.find((candidate) => candidate.connectionId === connectionId);
        return entry === undefined ? undefined : open(entry);
      }),
    set: (connectionId, credentials) =>
      change(connectionId, async () => {
        const sealed = await cipher.seal(connectionId, JSON.stringify(credentials));
        return [{ connectionId, scheme: cipher.scheme, sealed: Buffer.from(sealed).toString('base64') }];
      }),
    delete: (connectionId) => change(connectionId, async () => []),
  };
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

function unavailable(error: unknown): UploaderError {
  const code = codeOf(error) ?? 'unknown';
  if (code === 'ENOSPC') return new UploaderError('disk-full', 'there is no room to save the secrets', {}, error);
  return new UploaderError('vault-unavailable', 'the secrets cannot be read or saved', { cause: code }, error);
}
