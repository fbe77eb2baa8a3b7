import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { CheckJob } from '../../shared/contract/check.ts';
import type { Failure } from '../../shared/contract/common.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import { bridge } from '../bridge.ts';

/** Often enough for a bar that moves; the engine answers from memory. */
const pauseBetweenLooksMs = 200;

/** The check of every row before an upload, as the engine has it. One at a time: a new one ends the one before. */
export const useChecking = defineStore('checking', () => {
  const job = shallowRef<CheckJob>();
  const failure = shallowRef<Failure>();
  const starting = ref(false);
  /** What the check is about, to tell whether it still says something about what will be sent. */
  let about: string | undefined;
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const running = computed(() => starting.value || job.value?.state === 'running');

  const follow = async (checkId: string, mine: number) => {
    const answer = await bridge.call('check.get', { checkId });
    if (turn !== mine) return;
    if (!answer.ok) {
      failure.value = answer.failure;
      job.value = undefined;
      return;
    }
    job.value = answer.value;
    if (answer.value.state === 'running') timer = setTimeout(() => void follow(checkId, mine), pauseBetweenLooksMs);
  };

  const stop = async () => {
    if (job.value?.state !== 'running') return;
    const answer = await bridge.call('check.cancel', { checkId: job.value.checkId });
    if (!answer.ok) failure.value = answer.failure;
  };

  /** Nothing of it is shown any more; what runs is ended. */
  const forget = () => {
    void stop();
    turn++;
    clearTimeout(timer);
    about = undefined;
    job.value = undefined;
    failure.value = undefined;
    starting.value = false;
  };

  const begin = async (input: CommandInput<'check.start'>) => {
    forget();
    const mine = turn;
    about = JSON.stringify(input);
    starting.value = true;
    const answer = await bridge.call('check.start', input);
    if (turn !== mine) {
      // Nobody waits for it any more.
      if (answer.ok) void bridge.call('check.cancel', { checkId: answer.value.checkId });
      return;
    }
    if (answer.ok) await follow(answer.value.checkId, mine);
    else failure.value = answer.failure;
    if (turn === mine) starting.value = false;
  };

  /** Begins unless there is a check of exactly this that came, or is coming, to its end. */
  const ensure = async (input: CommandInput<'check.start'>) => {
    const isKnown = about === JSON.stringify(input) && failure.value === undefined && job.value?.state !== 'cancelled';
    if (!isKnown) await begin(input);
  };

  return { job, failure, running, begin, ensure, stop, forget };
});
