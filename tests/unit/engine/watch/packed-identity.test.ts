import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ContentIdentity } from '../../../../electron/engine/read/tail-protocol.ts';
import { packIdentity, unpackIdentity } from '../../../../electron/engine/watch/packed-identity.ts';

const place = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const window = fc.record({ from: place, to: place, digest });

it('an identity is the same after it was packed, wherever its windows lie, and takes less than half as much', () => {
  fc.assert(
    fc.property(fc.record({ head: window, tail: window }), (identity: ContentIdentity) => {
      const packed = packIdentity(identity);
      expect(unpackIdentity(packed)).toEqual(identity);
      expect(packed.length).toBeLessThan(JSON.stringify(identity).length / 2);
    }),
  );
});
