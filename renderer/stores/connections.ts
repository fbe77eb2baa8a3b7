import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { ConnectionCheck } from '../../shared/contract/connections.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import { bridge } from '../bridge.ts';

/** What can be done to connections. The list is the engine's; see `useEngine().connections`. */
export const useConnections = defineStore('connections', () => {
  const failure = shallowRef<Failure>();
  const saving = ref(false);
  const testing = ref<string>();
  const checks = shallowRef<Readonly<Record<string, readonly ConnectionCheck[]>>>({});

  /** Adds it, or changes the one with the id. The id when it is saved. */
  const save = async (
    id: string | undefined,
    input: CommandInput<'connections.add'> | Omit<CommandInput<'connections.update'>, 'id'>,
  ): Promise<string | undefined> => {
    saving.value = true;
    const answer =
      id === undefined
        ? await bridge.call('connections.add', input as CommandInput<'connections.add'>)
        : await bridge.call('connections.update', { ...input, id });
    saving.value = false;
    failure.value = answer.ok ? undefined : answer.failure;
    return answer.ok ? answer.value.id : undefined;
  };
  const remove = async (id: string) => {
    const answer = await bridge.call('connections.remove', { id });
    failure.value = answer.ok ? undefined : answer.failure;
  };
  const test = async (id: string) => {
    testing.value = id;
    const answer = await bridge.call('connections.test', { id });
    testing.value = undefined;
    failure.value = answer.ok ? undefined : answer.failure;
    if (answer.ok) checks.value = { ...checks.value, [id]: answer.value.checks };
  };
  return { failure, saving, testing, checks, save, remove, test };
});
