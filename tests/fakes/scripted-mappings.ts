import { mappingSchema } from '../../shared/contract/mapping.ts';
import type { NamedMapping } from '../../shared/contract/mappings.ts';
import type { MappingCommands } from '../../electron/engine/engine.ts';

export const fakeNamedMapping = (change: Partial<NamedMapping> = {}): NamedMapping => ({
  ...{ id: 'mapping-1', name: 'plant', version: 2, savedAt: Date.UTC(2026, 2, 3), folders: [], filesSent: 12 },
  ...change,
});

/** Mappings of a scripted engine: one, and everything that is asked is told. */
export const scriptedMappings = (called: (text: string) => void): MappingCommands => ({
  list: () => {
    called('mappings.list');
    return [fakeNamedMapping()];
  },
  get: ({ name }) => {
    called(`mappings.get ${name}`);
    const { id, version, savedAt } = fakeNamedMapping();
    return { id, name, version, savedAt, mapping: mappingSchema.parse({}), versions: [{ version, savedAt }] };
  },
  save: ({ name }) => {
    called(`mappings.save ${name}`);
    return fakeNamedMapping({ name });
  },
  rename: ({ id, name }) => {
    called(`mappings.rename ${id} ${name}`);
    return fakeNamedMapping({ id, name });
  },
  remove: (id) => {
    called(`mappings.remove ${id}`);
  },
  ofFile: (fileId) => {
    called(`mappings.ofFile ${fileId}`);
    return mappingSchema.parse({});
  },
});
