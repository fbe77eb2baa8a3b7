import { expect, test } from 'vitest';
import { averagesBy, summaryOf, throughputWindowMs, withSample, type ThroughputSample } from '../../../../renderer/format/throughput.ts';

const at = (ms: number, rows = 100): ThroughputSample => ({ at: ms, rows, bytes: rows * 100 });
const many = (count: number): readonly ThroughputSample[] =>
  Array.from({ length: count }, (_, second) => at(second * 1_000, second)).reduce<readonly ThroughputSample[]>(withSample, []);

test('the curve holds five minutes and no more, however long the app runs', () => {
  const samples = many(1_000);
  expect(samples).toHaveLength(throughputWindowMs / 1_000);
  expect(samples.at(-1)?.at).toBe(999_000);
});

test('a clock that was set back begins the curve anew', () => {
  expect(withSample(many(10), at(2_000))).toEqual([at(2_000)]);
});

test('those who do not see the curve are told the same', () => {
  expect(summaryOf([])).toBeUndefined();
  expect(summaryOf([at(0, 10), at(1_000, 50), at(2_000, 30)])).toMatchObject({ now: { rows: 30 }, highest: 50, average: 30 });
  expect(averagesBy([at(0, 10), at(1_000, 20), at(60_000, 50)], 60_000)).toEqual([at(60_000, 50), at(0, 15)]);
});
