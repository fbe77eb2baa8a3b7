import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { linesOf, useTimestampTester } from '../../../../renderer/stores/timestamp-tester.ts';
import type { TimestampExplanation } from '../../../../shared/contract/timestamp.ts';
import { scriptedBridge } from '../../../fakes/scripted-bridge.ts';

vi.mock('../../../../renderer/bridge.ts', async () => ({ bridge: (await import('../../../fakes/scripted-bridge.ts')).scriptedBridge }));

beforeEach(() => {
  vi.useFakeTimers();
  scriptedBridge.asked.length = 0;
  setActivePinia(createPinia());
});
afterEach(() => {
  vi.useRealTimers();
});

const answerOf = (epochMillis: number): TimestampExplanation => ({ epochMillis, attempts: [], hints: [] });
const typed = async () => {
  await nextTick();
  await vi.runAllTimersAsync();
};

it('asks after a pause in typing, and shows the answer to the newest question', async () => {
  const answers: ((answer: TimestampExplanation) => void)[] = [];
  scriptedBridge.script = { 'schema.timestamp': () => new Promise((resolve) => answers.push(resolve)) };
  const tester = useTimestampTester();
  tester.patterns = 'ISO_INSTANT\n\nuuuu-MM-dd HH:mm\n';
  tester.value = '1';
  await nextTick();
  tester.value = '12';
  await typed();
  expect(scriptedBridge.asked.map(({ input }) => input)).toEqual([{ patterns: ['ISO_INSTANT', 'uuuu-MM-dd HH:mm'], value: '12' }]);
  tester.value = '123';
  await typed();
  answers[1]?.(answerOf(123));
  answers[0]?.(answerOf(12));
  await typed();
  expect(tester.answer?.epochMillis).toBe(123);
  tester.value = '';
  await typed();
  expect(tester.answer).toBeUndefined();
});

it('a pattern that mends takes the place of the only one, else it comes first', () => {
  const tester = useTimestampTester();
  tester.patterns = 'yyyy';
  tester.usePattern('uuuu');
  expect(linesOf(tester.patterns)).toEqual(['uuuu']);
  tester.patterns = 'ISO_INSTANT\nyyyy';
  tester.usePattern('uuuu');
  expect(linesOf(tester.patterns)).toEqual(['uuuu', 'ISO_INSTANT', 'yyyy']);
});
