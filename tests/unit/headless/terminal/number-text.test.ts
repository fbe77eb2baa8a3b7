import { expect, it } from 'vitest';
import { bytesText, countedText, durationText } from '../../../../electron/headless/terminal/number-text.ts';

it('writes sizes in the unit that fits, also at its borders', () => {
  expect([0, 999, 1_000, 48_219, 999_949, 999_950, 2_000_000_000].map(bytesText)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '48.2 kB',
    '999.9 kB',
    '1 MB',
    '2 GB',
  ]);
});

it('writes durations without a minute of sixty seconds', () => {
  expect([0.42, 59.9, 119.9, 185, 3_599.9, 7_260].map(durationText)).toEqual([
    '0.4 s',
    '59.9 s',
    '2 min 00 s',
    '3 min 05 s',
    '1 h 00 min',
    '2 h 01 min',
  ]);
});

it('writes one of a thing without the s', () => {
  expect([countedText(1, 'row'), countedText(0, 'row'), countedText(2_000, 'retry', 'retries')]).toEqual([
    '1 row',
    '0 rows',
    '2,000 retries',
  ]);
});
