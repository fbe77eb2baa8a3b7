import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';

export const schemaHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'schema'> => ({
  'schema.get': async (input) => {
    if (input.refresh) await sandbox.ensureFor(input.connectionId);
    return engine.schema(input);
  },
  'schema.change': async (input) => {
    await sandbox.ensureFor(input.connectionId);
    return engine.changeSchema(input);
  },
});
