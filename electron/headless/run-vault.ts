import type { Credentials } from '../engine/model.ts';
import type { SecretVault } from '../engine/ports.ts';
import { isSavedConnection } from '../../shared/model/environment-connection.ts';

/** Lays memory over a vault that writes: what came from the environment stays in this process. */
export function createRunVault(saved: SecretVault): SecretVault {
  const held = new Map<string, Credentials>();
  const isHeld = (id: string): boolean => !isSavedConnection({ id });
  return {
    kind: saved.kind,
    get: async (id) => (isHeld(id) ? held.get(id) : saved.get(id)),
    set: async (id, credentials) => {
      if (isHeld(id)) held.set(id, credentials);
      else await saved.set(id, credentials);
    },
    delete: async (id) => {
      if (isHeld(id)) held.delete(id);
      else await saved.delete(id);
    },
  };
}

/** A vault for one run that writes nothing at all. */
export function createMemoryVault(): SecretVault {
  const held = new Map<string, Credentials>();
  return {
    kind: 'memory',
    get: async (id) => held.get(id),
    set: async (id, credentials) => void held.set(id, credentials),
    delete: async (id) => void held.delete(id),
  };
}
