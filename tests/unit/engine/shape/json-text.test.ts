import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonNumber, jsonString } from '../../../../electron/engine/shape/json-text.ts';
import { emptyMembers, scanObject } from '../../../../electron/engine/shape/object-members.ts';

/** RFC 8259, section 6. */
const rfcNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const isParsedAsNumber = (text: string): boolean => {
  try {
    return typeof JSON.parse(text) === 'number' && !/^\s|\s$/.test(text);
  } catch {
    return false;
  }
};

const numberSoup = fc.oneof(
  fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', 'E', ' ', 'x'), maxLength: 9 }),
  fc.double().map(String),
  fc.bigInt().map(String),
);

describe('a text is sent as a number', () => {
  it('exactly when it is one by the grammar of JSON', () => {
    fc.assert(
      fc.property(numberSoup, (text) => {
        expect(isJsonNumber(text)).toBe(rfcNumber.test(text));
        expect(isJsonNumber(text)).toBe(isParsedAsNumber(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['', '-', '.5', '5.', '01', '-01', '+1', '1e', '1e+', '0x1', 'NaN', 'Infinity', '1,5', '1 ', '１'])('not “%s”', (text) => {
    expect(isJsonNumber(text)).toBe(false);
  });

  it.each(['0', '-0', '0.0', '9223372036854775807', '0.1234567890123456789', '1E400', '-1.5e-7'])('“%s” is', (text) => {
    expect(isJsonNumber(text)).toBe(true);
  });
});

it('a text becomes the JSON string that JSON.stringify makes', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u2028', '\ud800', '\udc00', 'a', '😀') }),
      ),
      (text) => {
        expect(jsonString(text)).toBe(JSON.stringify(text));
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('the members of an object', () => {
  const space = fc.constantFrom('', ' ', '\t', ' \t ');
  const value = fc.oneof(
    numberSoup.filter((text) => rfcNumber.test(text)),
    fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a', '😀', '\n') }).map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null'),
    fc.jsonValue({ maxDepth: 3 }).map((nested) => JSON.stringify({ nested })),
    fc.array(fc.jsonValue({ maxDepth: 2 })).map((nested) => JSON.stringify(nested)),
  );
  const name = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', '"', '\\', '}', ':', 'é', '\t') }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\u0061"', '"__proto__"', '""'),
  );
  const members = fc.array(fc.tuple(name, value, space, space), { maxLength: 6 });

  it('keep their text, in their order, whatever stands in them', () => {
    fc.assert(
      fc.property(members, space, (all, around) => {
        const text = `${around}{${around}${all.map(([key, each, before, after]) => `${before}${key}${after}:${before}${each}${after}`).join(',')}}${around}`;
        const found = emptyMembers();
        JSON.parse(text);
        scanObject(text, found);
        expect(found.names.slice(0, found.count)).toEqual(all.map(([key]) => JSON.parse(key) as string));
        expect(found.values.slice(0, found.count)).toEqual(all.map(([, each]) => each));
      }),
      { numRuns: 1_000 },
    );
  });
});
