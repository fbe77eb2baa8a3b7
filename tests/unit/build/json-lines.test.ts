import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonArrayToLines } from '../../../build/json-lines.ts';

describe('a JSON array as JSON lines', () => {
  it('keeps the digits of numbers', () => {
    expect(jsonArrayToLines('[{"a": 1.10, "b": 12345678901234567890},\n {"a":-0.0}]')).toBe(
      '{"a":1.10,"b":12345678901234567890}\n{"a":-0.0}\n',
    );
  });

  it('keeps every object, whatever its texts contain', () => {
    const rows = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()))));
    fc.assert(
      fc.property(rows, fc.constantFrom(undefined, 2), (objects, indent) => {
        const lines = jsonArrayToLines(JSON.stringify(objects, null, indent))
          .split('\n')
          .slice(0, -1);
        expect(lines.map((line) => JSON.stringify(JSON.parse(line)))).toEqual(objects.map((object) => JSON.stringify(object)));
      }),
    );
  });

  it('refuses what is no array', () => {
    expect(() => jsonArrayToLines('{"a":1}')).toThrow('not a JSON array');
  });
});
