/* eslint-disable @typescript-eslint/no-deprecated -- the asynchronous ones are not in every Electron this runs on, and read what these wrote */
import { safeStorage } from 'electron';
import { createKeyFileCipher } from '../api/key-file-cipher.ts';
import { createSealedVault, type VaultCipher } from '../api/sealed-vault.ts';
import type { Clock, Logger, SecretVault } from '../engine/ports.ts';

/**
 * Secrets sealed by the system's keychain. Where there is none (Linux without a secret service) they are sealed with a
 * key in a file beside them, and `kind` says so. To be called when Electron is ready; before, there is no keychain.
 */
export function createDesktopVault(options: { readonly dataDir: string; readonly clock: Clock; readonly logger: Logger }): SecretVault {
  if (hasKeychain()) return createSealedVault({ ...options, kind: 'keychain', cipher: keychainCipher });
  options.logger.warn('there is no keychain: secrets are sealed with a key in a file', { dataDir: options.dataDir });
  return createSealedVault({ ...options, kind: 'file', cipher: createKeyFileCipher(options.dataDir) });
}

/** `basic_text` seals with a key that is the same on every machine: that is no keychain. */
const hasKeychain = (): boolean =>
  safeStorage.isEncryptionAvailable() && (process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text');

/** The id of the connection is sealed with the text, so that an entry cannot be moved to another connection. */
const keychainCipher: VaultCipher = {
  scheme: 'keychain',
  seal: async (connectionId, text) => safeStorage.encryptString(JSON.stringify([connectionId, text])),
  open: async (connectionId, sealed) => {
    const opened: unknown = JSON.parse(safeStorage.decryptString(Buffer.from(sealed)));
    const [id, text] = Array.isArray(opened) ? (opened as readonly unknown[]) : [];
    if (id !== connectionId || typeof text !== 'string') throw new Error('sealed for another connection');
    return text;
  },
};
