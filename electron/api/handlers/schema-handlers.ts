import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';
import { requirePath } from './file-handlers.ts';

export const schemaHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'schema'> => ({
  'schema.get': async (input) => {
    if (input.refresh) await sandbox.ensureFor(input.connectionId);
    return engine.schema(input);
  },
  'schema.change': async (input) => {
    await sandbox.ensureFor(input.connectionId);
    return engine.changeSchema(input);
  },
  'schema.timestamp': async (input) => engine.explainTimestamp(input),
  'schema.simulate': async (input) => {
    requirePath(input.path);
    return engine.simulate(input);
  },
  'schema.unknown': ({ connectionId }) => engine.unknownFields(connectionId),
});
