import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { PauseScope } from '../../shared/contract/flow.ts';
import { bridge } from '../bridge.ts';
import { useEngine } from './engine.ts';

/** Pausing and resuming, of everything, a connection or a folder. What is paused is the engine's state. */
export const useFlow = defineStore('flow', () => {
  const engine = useEngine();
  const failure = shallowRef<Failure>();
  const working = ref(false);

  const ask = async (command: 'flow.pause' | 'flow.resume', scope: PauseScope) => {
    working.value = true;
    const answer = await bridge.call(command, scope);
    working.value = false;
    failure.value = answer.ok ? undefined : answer.failure;
  };
  const pause = (scope: PauseScope) => ask('flow.pause', scope);
  const resume = (scope: PauseScope) => ask('flow.resume', scope);
  const ofConnection = computed(() => new Map(engine.flow?.connections.map((state) => [state.connectionId, state])));
  return { failure, working, ofConnection, pause, resume };
});
