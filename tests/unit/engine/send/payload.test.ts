import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventBytesOf, eventCountOf, splitInHalves, subsetOf } from '../../../../electron/engine/send/payload.ts';
import { payloadOf } from './payloads.ts';

const read = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));
const events = fc.array(fc.record({ text: fc.string({ unit: 'binary' }), row: fc.nat() }), { minLength: 2, maxLength: 40 });

describe('a payload taken apart', () => {
  it('holds exactly the events that were chosen, in their order', () => {
    fc.assert(
      fc.property(events, fc.array(fc.nat(39)), (all, picks) => {
        const indexes = [...new Set(picks.filter((pick) => pick < all.length))].sort((a, b) => a - b);
        const subset = subsetOf(payloadOf(all), indexes);
        expect(read(subset.bytes)).toEqual(indexes.map((index) => all[index]));
        expect([...subset.rows]).toEqual(indexes);
        expect(subset.starts.length).toBe(indexes.length + 1);
      }),
    );
  });

  it('loses nothing when halved until single events are left', () => {
    fc.assert(
      fc.property(events, (all) => {
        const singles = (payload: ReturnType<typeof payloadOf>): (typeof payload)[] =>
          eventCountOf(payload) === 1 ? [payload] : splitInHalves(payload).flatMap(singles);
        const parts = singles(payloadOf(all));
        expect(parts.flatMap(({ bytes }) => read(bytes))).toEqual(all);
        expect(parts.map((part) => eventBytesOf(part, 0))).toEqual(all.map((event) => Buffer.byteLength(JSON.stringify(event))));
      }),
    );
  });

  it('refuses what makes no sense', () => {
    expect(() => splitInHalves(payloadOf([{ a: 1 }]))).toThrow(RangeError);
    expect(() => subsetOf(payloadOf([{ a: 1 }]), [1])).toThrow(RangeError);
    expect(read(subsetOf(payloadOf([{ a: 1 }]), []).bytes)).toEqual([]);
  });
});
