import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { formatDuration, formatShare, formatSize, timeLeftMs } from '../../../../renderer/format/quantity.ts';

beforeAll(() => void vi.stubGlobal('navigator', { language: 'en-US' }));

test('sizes are in decimal units, as the limits of the service are', () => {
  expect([0, 999, 1_000, 48_219, 375_000, 5_000_000, 2_000_000_000].map(formatSize)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '48.2 kB',
    '375 kB',
    '5 MB',
    '2 GB',
  ]);
});

test('nothing is called complete before it is, nor untouched once it has begun', () => {
  expect([0, 0.0001, 0.5, 0.9999, 1, 1.2].map(formatShare)).toEqual(['0%', '1%', '50%', '99%', '100%', '100%']);
});

test('durations show their two largest units', () => {
  expect([400, 61_000, 3_600_000, 90_061_000].map(formatDuration)).toEqual(['0 sec', '1 min 1 sec', '1 hr', '1 day 1 hr']);
});

test('the time left is never promised too short, and not at all without a rate', () => {
  expect(timeLeftMs(100, 0, 0)).toBeUndefined();
  expect(timeLeftMs(100, 100, 5)).toBeUndefined();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 1e9 }), (total, rate) => {
      expect(timeLeftMs(total, 0, rate)).toBeGreaterThanOrEqual(Math.floor((total / rate) * 1000));
    }),
  );
});
