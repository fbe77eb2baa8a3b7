import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirstRows, packFirstRows } from '../../../../electron/engine/read/first-rows.ts';

const hash = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16).padStart(16, '0')),
  fc.constantFrom('0000000000000000', '0000000000000001', '0000000100000000', 'ffffffffffffffff'),
);

it('hashes of first rows are in the set that were given or added, and no others', () => {
  fc.assert(
    fc.property(fc.array(hash, { maxLength: 3_000 }), fc.array(hash), fc.array(hash), (given, added, others) => {
      const rows = new FirstRows(packFirstRows(given));
      for (const row of added) rows.add(row);
      const model = new Set([...given, ...added]);
      for (const row of [...model, ...others]) expect(rows.has(row)).toBe(model.has(row));
    }),
    { numRuns: 50 },
  );
});

it('what is no such hash is in no set', () => {
  const rows = new FirstRows(packFirstRows(['', 'none', 'ABCDEF0123456789']));
  rows.add('zz');
  expect(['', 'none', 'zz', '0000000000000000'].some((row) => rows.has(row))).toBe(false);
});
