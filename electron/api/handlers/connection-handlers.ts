import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';

export const connectionHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'connections'> => ({
  'connections.add': (input) => engine.addConnection(input),
  'connections.update': (input) => engine.updateConnection(input),
  'connections.remove': async ({ id }) => {
    await engine.removeConnection(id);
    return {};
  },
  'connections.test': async ({ id }) => {
    await sandbox.ensureFor(id);
    return { checks: [...(await engine.testConnection(id))] };
  },
  'connections.testBucket': async ({ id, objectStore }) => {
    await sandbox.ensureFor(id);
    return { checks: [...(await engine.testBucket(id, objectStore))] };
  },
  'connections.bucketPolicies': async ({ id, objectStore }) => engine.bucketPolicies(id, objectStore),
});
