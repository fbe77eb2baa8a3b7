import { describe, expect, it } from 'vitest';
import type { VaultRequest } from '../../../electron/desktop/engine-messages.ts';
import { createVaultClient } from '../../../electron/desktop/vault-client.ts';

const credentials = {
  apiKey: 'key-of-plant',
  accessKeyId: 'id-of-plant',
  secretAccessKey: 'secret-of-plant',
  sessionToken: 'token-of-plant',
};

describe('the vault as the engine sees it', () => {
  it('matches answers to questions, in whatever order they come', async () => {
    const asked: VaultRequest[] = [];
    const vault = createVaultClient(
      'keychain',
      (request) => void asked.push(request),
      () => undefined,
    );
    const [first, second] = [vault.get('a'), vault.get('b')];
    vault.receive({ kind: 'vault', id: 2 });
    vault.receive({ kind: 'vault', id: 1, credentials });
    expect(await first).toEqual(credentials);
    expect(await second).toBeUndefined();
    expect(asked.map(({ connectionId }) => connectionId)).toEqual(['a', 'b']);
  });

  it('fails with the code of the main process', async () => {
    const vault = createVaultClient(
      'keychain',
      () => undefined,
      () => undefined,
    );
    const saved = vault.set('a', credentials);
    vault.receive({ kind: 'vault', id: 1, failure: { code: 'disk-full', message: 'no room', context: {} } });
    await expect(saved).rejects.toMatchObject({ code: 'disk-full' });
  });

  it('names every secret that passes, so that no log holds it', async () => {
    const secrets: string[] = [];
    const vault = createVaultClient(
      'keychain',
      () => undefined,
      (secret) => void secrets.push(secret),
    );
    const saved = vault.set('a', credentials);
    expect(secrets).toEqual(Object.values(credentials));
    vault.receive({ kind: 'vault', id: 1 });
    await saved;
  });
});
