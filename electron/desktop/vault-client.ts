import { UploaderError } from '../engine/errors.ts';
import type { Credentials } from '../engine/model.ts';
import type { SecretVault } from '../engine/ports.ts';
import type { VaultAnswer, VaultRequest } from './engine-messages.ts';

type Question = VaultRequest extends infer R ? (R extends VaultRequest ? Omit<R, 'kind' | 'id'> : never) : never;

/** The vault of the main process, as the engine's process sees it. */
export interface VaultClient extends SecretVault {
  /** To be called with each answer of the main process. */
  receive(answer: VaultAnswer): void;
}

/** `onSecret` is told each secret that passes, so that a log can leave it out. */
export function createVaultClient(
  kind: SecretVault['kind'],
  post: (request: VaultRequest) => void,
  onSecret: (secret: string) => void,
): VaultClient {
  const waiting = new Map<number, { resolve(credentials: Credentials | undefined): void; reject(error: Error): void }>();
  let lastId = 0;

  const ask = (question: Question): Promise<Credentials | undefined> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      post({ ...question, kind: 'vault', id: lastId });
    });
  const note = (credentials: Credentials | undefined): void => {
    const { objectStore, ...own } = credentials ?? { objectStore: undefined };
    for (const secret of Object.values<string | undefined>({ ...own })) if (secret !== undefined) onSecret(secret);
    for (const secret of Object.values<string | undefined>({ ...objectStore })) if (secret !== undefined) onSecret(secret);
  };

  return {
    kind,
    get: (connectionId) => ask({ action: 'get', connectionId }),
    set: async (connectionId, credentials) => {
      note(credentials);
      await ask({ action: 'set', connectionId, credentials });
    },
    delete: async (connectionId) => {
      await ask({ action: 'delete', connectionId });
    },
    receive: ({ id, credentials, failure }) => {
      const question = waiting.get(id);
      waiting.delete(id);
      note(credentials);
      if (failure === undefined) question?.resolve(credentials);
      else question?.reject(new UploaderError(failure.code, failure.message, failure.context));
    },
  };
}
