import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watch } from 'vue';
import type { Failure } from '../../shared/contract/common.ts';
import type { TimestampExplanation } from '../../shared/contract/timestamp.ts';
import { bridge } from '../bridge.ts';

const typingPauseMs = 150;

/** Lines of a text, without empty ones. */
export const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');

/** Patterns and a value, and what the engine makes of them as they are typed. */
export const useTimestampTester = defineStore('timestamp-tester', () => {
  /** One a line, in the order in which they are tried. */
  const patterns = ref('');
  const value = ref('');
  const answer = shallowRef<TimestampExplanation>();
  const failure = shallowRef<Failure>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  const isAsked = computed(() => value.value !== '');
  const ask = async () => {
    const mine = ++turn;
    const result = await bridge.call('schema.timestamp', { patterns: [...linesOf(patterns.value)], value: value.value });
    if (mine !== turn) return;
    failure.value = result.ok ? undefined : result.failure;
    answer.value = result.ok ? result.value : undefined;
  };
  watch([patterns, value], () => {
    clearTimeout(timer);
    turn++;
    if (!isAsked.value) {
      answer.value = undefined;
      failure.value = undefined;
    } else timer = setTimeout(() => void ask(), typingPauseMs);
  });

  /** Puts a pattern where the one stands that does not read the value; in front of all when it is not known which. */
  const usePattern = (pattern: string) => {
    const lines = linesOf(patterns.value);
    patterns.value = (lines.length === 1 ? [pattern] : [pattern, ...lines.filter((line) => line !== pattern)]).join('\n');
  };
  return { patterns, value, answer, failure, isAsked, usePattern };
});
