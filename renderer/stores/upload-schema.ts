import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { KnownSchema } from '../../shared/contract/schema.ts';
import { bridge } from '../bridge.ts';

/** The schemas that mappings are made by. What cannot be read is no obstacle: nothing is suggested then. */
export const useUploadSchema = defineStore('upload-schema', () => {
  const known = shallowRef<Readonly<Record<string, KnownSchema>>>({});
  const schemaOf = (connectionId: string | undefined) => (connectionId === undefined ? undefined : known.value[connectionId]?.schema);

  /** What the service says now; true when there is one to go by. */
  const read = async (connectionId: string): Promise<boolean> => {
    const answer = await bridge.call('schema.get', { connectionId, refresh: true });
    if (answer.ok) known.value = { ...known.value, [connectionId]: answer.value };
    return schemaOf(connectionId) !== undefined;
  };

  return { schemaOf, read };
});
