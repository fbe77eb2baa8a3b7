import { defineStore } from 'pinia';
import { computed, shallowRef, watch } from 'vue';
import type { SchemaDrift } from '../../shared/contract/sample.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';

/** Folders that follow files bring rows all the time; what they are called seldom changes. */
const pauseBetweenReadsMs = 30_000;

/** What files that were sent or checked have and the schema has not, by connection; read again when something was sent. */
export const useSchemaDrift = defineStore('schema-drift', () => {
  const engine = useEngine();
  const byConnection = shallowRef<Readonly<Record<string, SchemaDrift>>>({});
  let timer: ReturnType<typeof setTimeout> | undefined;

  const read = async (connectionId: string) => {
    const answer = await bridge.call('schema.unknown', { connectionId });
    // A connection that was removed meanwhile has none.
    if (answer.ok) byConnection.value = { ...byConnection.value, [connectionId]: answer.value };
  };
  const readAll = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const { id } of engine.connections) void read(id);
  };
  const ended = computed(() =>
    engine.transfers
      .filter(({ state }) => state !== 'running')
      .map(({ id, state }) => `${id} ${state}`)
      .join(),
  );
  const followed = computed(() => engine.folders.map(({ id, ledger }) => `${id} ${ledger.rowsConfirmed}`).join());
  watch([() => engine.loaded, () => engine.connections.length, ended], readAll, { immediate: true });
  watch(followed, () => {
    timer ??= setTimeout(readAll, pauseBetweenReadsMs);
  });
  return { byConnection, read };
});
