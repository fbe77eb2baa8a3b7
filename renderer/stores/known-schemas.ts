import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { KnownSchema } from '../../shared/contract/schema.ts';
import { bridge } from '../bridge.ts';

/** The schemas as the engine knows them, by connection: one copy for all screens, so that what one of them changes shows in the others. */
export const useKnownSchemas = defineStore('known-schemas', () => {
  const known = shallowRef<Readonly<Record<string, KnownSchema>>>({});
  const of = (connectionId: string | undefined) => (connectionId === undefined ? undefined : known.value[connectionId]);

  const take = (answer: KnownSchema) => {
    known.value = { ...known.value, [answer.connectionId]: answer };
  };
  /** `refresh`: what the service says now; otherwise what is kept. */
  const get = async (connectionId: string, refresh: boolean) => {
    const answer = await bridge.call('schema.get', { connectionId, refresh });
    if (answer.ok) take(answer.value);
    return answer;
  };

  return { of, take, get };
});
