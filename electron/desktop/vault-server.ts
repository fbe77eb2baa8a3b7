import { UploaderError } from '../engine/errors.ts';
import type { Logger, SecretVault } from '../engine/ports.ts';
import type { VaultAnswer, VaultRequest } from './engine-messages.ts';

/** Carries out in the main process what the engine's process asks of the vault. Never rejects. */
export async function answerVaultRequest(vault: SecretVault, request: VaultRequest, logger: Logger): Promise<VaultAnswer> {
  const { id, connectionId } = request;
  try {
    switch (request.action) {
      case 'get': {
        const credentials = await vault.get(connectionId);
        return { kind: 'vault', id, ...(credentials === undefined ? {} : { credentials }) };
      }
      case 'set':
        await vault.set(connectionId, request.credentials);
        return { kind: 'vault', id };
      case 'delete':
        await vault.delete(connectionId);
        return { kind: 'vault', id };
    }
  } catch (error) {
    const known =
      error instanceof UploaderError ? error : new UploaderError('vault-unavailable', 'the secrets cannot be read or saved', {}, error);
    logger.error('the vault failed', { action: request.action, reason: error instanceof Error ? error.message : String(error) });
    return { kind: 'vault', id, failure: known.toFailure() };
  }
}
