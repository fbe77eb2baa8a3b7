import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffDelayMs } from '../../../../electron/engine/send/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

it('waits anywhere up to a limit that doubles with each failure and ends at 20 seconds', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), random, (failures, value) => {
      expect(backoffDelayMs({ failures }, () => value)).toBe(value * Math.min(20_000, 100 * 2 ** (failures - 1)));
    }),
  );
});

it('never comes back before the service wants it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(1_000_000), random, (failures, retryAfterMs, value) => {
      expect(backoffDelayMs({ failures, retryAfterMs }, () => value)).toBeGreaterThanOrEqual(retryAfterMs);
    }),
  );
});
