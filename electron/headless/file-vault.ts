import { createKeyFileCipher } from '../api/key-file-cipher.ts';
import { createSealedVault } from '../api/sealed-vault.ts';
import type { Clock, Logger, SecretVault } from '../engine/ports.ts';

/**
 * Keeps secrets in `<dataDir>/vault.json`, sealed with the key in `<dataDir>/vault.key`; both are readable by the user
 * alone. What it protects against: secrets turning up in a search, an editor, or a copy of one of the two files. What
 * it does not: whoever can read both files, so any program this user runs, reads the secrets.
 */
export const createFileVault = (options: { readonly dataDir: string; readonly clock: Clock; readonly logger: Logger }): SecretVault =>
  createSealedVault({ ...options, kind: 'file', cipher: createKeyFileCipher(options.dataDir) });
