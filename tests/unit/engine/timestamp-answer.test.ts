import { describe, expect, it } from 'vitest';
import { answerTimestamp } from '../../../electron/engine/timestamp-answer.ts';
import { timestampExplanationSchema } from '../../../shared/contract/timestamp.ts';

const now = Date.UTC(2026, 2, 3);
const answer = (value: string, ...patterns: string[]) => timestampExplanationSchema.parse(answerTimestamp({ patterns, value }, now));

describe('the tester of timestamps', () => {
  it('names the pattern that fits, and why those before it do not', () => {
    const found = answer('2017-03-27 20:18:05', 'ISO_INSTANT', 'uuuu-MM-dd HH:mm:ss@ UTC+1', 'uuuu-MM-dd HH:mm:ss');
    expect(found).toMatchObject({ epochMillis: Date.UTC(2017, 2, 27, 19, 18, 5), matched: 'uuuu-MM-dd HH:mm:ss@ UTC+1', hints: [] });
    expect(found.attempts.map(({ pattern, isMatch }) => [pattern, isMatch])).toEqual([
      ['ISO_INSTANT', false],
      ['uuuu-MM-dd HH:mm:ss@ UTC+1', true],
    ]);
    expect(found.attempts[0]?.reason).not.toBe('');
  });

  it('takes whole numbers for milliseconds after all patterns, and points out seconds', () => {
    const found = answer('1490638685', 'ISO_INSTANT');
    expect(found.matched).toBeUndefined();
    expect(found.epochMillis).toBe(1_490_638_685);
    expect(found.attempts.at(-1)).toEqual({ isMatch: true, reason: '' });
    expect(found.hints).toMatchObject([{ code: 'unit', unit: 's', epochMillis: 1_490_638_685_000 }]);
  });

  it('says what would mend a pattern that never resolves', () => {
    const found = answer('2017-03-27 20:18', 'yyyy-MM-dd HH:mm');
    expect(found.epochMillis).toBeUndefined();
    expect(found.hints).toMatchObject([{ code: 'pattern', pattern: 'uuuu-MM-dd HH:mm' }]);
  });
});
