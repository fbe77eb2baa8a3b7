import { expect, test } from 'vitest';
import { limitsSchema } from '../../../../shared/contract/connections.ts';
import {
  bandwidthFormOf,
  bandwidthOf,
  goesPastMidnight,
  hasBandwidthProblem,
  newLine,
} from '../../../../renderer/stores/bandwidth-form.ts';

const timetable = [
  { days: [1, 2], from: '08:00', to: '18:00', bytesPerSecond: 250_000 },
  { days: [0, 6], from: '22:00', to: '06:00', bytesPerSecond: 0 },
  { days: [3], from: '00:00', to: '12:00', bytesPerSecond: null },
];

test('a bandwidth with its timetable is saved as it was when nothing was changed', () => {
  const limits = limitsSchema.parse({ bytesPerSecond: 2_500_000, timetable });
  expect(bandwidthOf(bandwidthFormOf(limits))).toEqual({ bytesPerSecond: 2_500_000, timetable });
});

test('an empty limit is none, and takes away one that was there', () => {
  expect(bandwidthOf({ megabytes: ' ', lines: [] })).toEqual({ bytesPerSecond: null, timetable: [] });
});

test('what the engine would refuse is said before it is saved', () => {
  expect(hasBandwidthProblem({ megabytes: '', lines: [newLine()] })).toBe(false);
  expect(hasBandwidthProblem({ megabytes: 'fast', lines: [] })).toBe(true);
  expect(hasBandwidthProblem({ megabytes: '0.0001', lines: [] })).toBe(true);
  expect(hasBandwidthProblem({ megabytes: '', lines: [{ ...newLine(), days: [] }] })).toBe(true);
  expect(hasBandwidthProblem({ megabytes: '', lines: [{ ...newLine(), megabytes: '' }] })).toBe(true);
  expect(hasBandwidthProblem({ megabytes: '', lines: [{ ...newLine(), megabytes: '', sends: 'nothing' }] })).toBe(false);
});

test('hours that end at or before their beginning go on to the next day', () => {
  expect(goesPastMidnight({ from: '22:00', to: '06:00' })).toBe(true);
  expect(goesPastMidnight({ from: '00:00', to: '00:00' })).toBe(true);
  expect(goesPastMidnight({ from: '08:00', to: '18:00' })).toBe(false);
});
