import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueText } from '../../../electron/sandbox/event-intake.ts';
import { scanEvent, scanEvents } from '../../../electron/sandbox/event-scanner.ts';

/** What the scanner finds, put together as values. */
const read = (text: string | Buffer): { kind: string; members: [string, unknown][] }[] | undefined => {
  const bytes = Buffer.from(text);
  const events: { kind: string; members: [string, unknown][] }[] = [];
  const result = scanEvents(bytes, ({ event, names }) => {
    const members = Array.from({ length: event.fieldCount }, (_, at): [string, unknown] => [
      names[event.nameIds[at] ?? -1] ?? '',
      JSON.parse(bytes.toString('utf8', event.valueStarts[at], event.valueEnds[at])),
    ]);
    events.push({ kind: event.kind, members });
  });
  return result.kind === 'read' ? events : undefined;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'metrictype', 'é', '"', '\\', '__proto__', '\u0000', '😀'),
  fc.string({ unit: 'grapheme' }),
);
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.maxSafeInteger(),
);
const flat = fc.array(fc.tuple(name, scalar), { maxLength: 6 });
const textOf = (members: readonly [string, unknown][]): string =>
  `{${members.map(([key, value]) => `${JSON.stringify(key)} :\n${JSON.stringify(value)}`).join('\t, ')}}`;

describe('reading events as bytes', () => {
  it('finds every name and value of every event, whatever changes from one to the next', () => {
    fc.assert(
      fc.property(fc.array(flat, { maxLength: 8 }), (events) => {
        const found = read(` [${events.map(textOf).join(' ,')}] `);
        const wanted = events.map((members) => ({
          kind: 'object',
          members: members.map(([key, value]) => [key, JSON.parse(JSON.stringify(value)) as unknown]),
        }));
        expect(found).toEqual(wanted);
      }),
    );
  });

  it('tells nested and other elements from events', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 }), (values) => {
        const kinds = read(JSON.stringify(values))?.map(({ kind }) => kind);
        const wanted = values.map((value) => {
          if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'other';
          return Object.values(value).some((member) => typeof member === 'object' && member !== null) ? 'nested' : 'object';
        });
        expect(kinds).toEqual(wanted);
      }),
    );
  });

  it('takes and refuses the same texts as JSON.parse, also when one character is changed', () => {
    const character = fc.constantFrom(...Array.from('{}[]",:\\/0123456789.eE+-truefalsn \n\tu\u0001é'));
    const valid = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }).map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(valid, fc.nat(), character, fc.constantFrom('replace', 'insert', 'delete'), (text, at, by, how) => {
        const place = at % text.length;
        const changed = text.slice(0, place) + (how === 'delete' ? '' : by) + text.slice(how === 'insert' ? place : place + 1);
        expect(read(changed) !== undefined).toBe(Array.isArray(parsed(changed)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses what is no text', () => {
    expect(read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))).toBeUndefined();
    expect(read('\ufeff[]')).toBeUndefined();
    expect(read('')).toBeUndefined();
    expect(read('{}')).toBeUndefined();
    expect(read(`[${'['.repeat(2_000)}${']'.repeat(2_000)}]`)).toBeUndefined();
  });

  it('keeps numbers digit for digit', () => {
    const numbers = ['9223372036854775807', '-0.10', '1E400', '12345678901234567890.123456789'];
    const bytes = Buffer.from(`{${numbers.map((number, index) => `"n${index}":${number}`).join(',')}}`);
    const found: string[] = [];
    scanEvent(bytes, ({ event }) => {
      for (let at = 0; at < event.fieldCount; at++) found.push(valueText(bytes, event.valueStarts[at] ?? 0, event.valueEnds[at] ?? 0));
    });
    expect(found).toEqual(numbers);
  });
});
