import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';

export const mappingHandlers = ({ mappings }: Engine): HandlersOf<'mappings'> => ({
  'mappings.list': async () => ({ mappings: [...mappings.list()] }),
  'mappings.get': async (input) => mappings.get(input),
  'mappings.save': async (input) => mappings.save(input),
  'mappings.rename': async (input) => mappings.rename(input),
  'mappings.remove': async ({ id }) => {
    mappings.remove(id);
    return {};
  },
  'mappings.ofFile': async ({ fileId }) => ({ mapping: mappings.ofFile(fileId) }),
});
