import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toPlainData } from '../../../electron/api/plain-data.ts';

const limits = { maxTextLength: 100, maxValues: 10, maxDepth: 3 };

describe('what comes over a channel', () => {
  it('arrives as it was sent when it is plain', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(toPlainData(value)).toEqual({ kind: 'plain', value });
        expect(toPlainData(structuredClone(value))).toEqual({ kind: 'plain', value });
      }),
    );
  });

  it('is a copy: what the sender changes later changes nothing', () => {
    const sent = { path: '/a', list: [1] };
    const arrived = toPlainData(sent);
    sent.path = '/b';
    sent.list.push(2);
    expect(arrived).toEqual({ kind: 'plain', value: { path: '/a', list: [1] } });
  });

  it.each([
    ['text', { a: 'x'.repeat(99) }, { a: 'x'.repeat(100) }],
    ['values', Array.from({ length: 9 }, () => 1), Array.from({ length: 10 }, () => 1)],
    ['depth', [[[1]]], [[[[1]]]]],
  ])('has at most so much %s', (_what, fits, exceeds) => {
    expect(toPlainData(fits, limits)).toEqual({ kind: 'plain', value: fits });
    expect(toPlainData(exceeds, limits)).toMatchObject({ kind: 'refused' });
  });

  it('may name columns like members of objects', () => {
    const value = { rename: { constructor: 'maker', prototype: 'model', toString: 'text' } };
    expect(toPlainData(value)).toEqual({ kind: 'plain', value });
  });
});
