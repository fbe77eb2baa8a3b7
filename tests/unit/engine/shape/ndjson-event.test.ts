import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../../shared/contract/mapping.ts';
import { eventOf, ndjsonShaper, rejectOf, settings } from './settings.ts';

const shape = (line: string, mapping: MappingInput = {}, maxEventBytes = 375_000) =>
  ndjsonShaper(settings(mapping, { maxEventBytes }))(line);

const head = '{"metrictype":"w","timestamp":1500000000000';

describe('a line of JSON becomes an event', () => {
  it('as it is written when nothing has to change', () => {
    const line = `${head}, "n": 9223372036854775807, "d":0.1234567890123456789, "e":1E400, "x":null, "t":true}`;
    expect(eventOf(shape(line))).toBe(line);
    expect(eventOf(shape(` ${line} `))).toBe(line);
  });

  it('numbers keep their digits when it is rebuilt', () => {
    const event = eventOf(
      shape('{"when":"2012-01-31","big":9223372036854775807,"drop":[1],"exact":0.10}', {
        metricType: { kind: 'constant', value: 'w' },
        timestamp: { column: 'when', patterns: ['uuuu-MM-dd'] },
        drop: ['drop'],
        rename: { exact: 'e' },
        constants: { site: 'x' },
      }),
    );
    expect(event).toBe(`{"metrictype":"w","timestamp":${Date.UTC(2012, 0, 31)},"big":9223372036854775807,"e":0.10,"site":"x"}`);
  });

  it('a timestamp the service would not take as it is written is sent in whole milliseconds', () => {
    expect(eventOf(shape('{"metrictype":"w","timestamp":1.5e12,"x":1500000000000}'))).toBe(`${head},"x":1500000000000}`);
    expect(eventOf(shape('{"metrictype":"w","timestamp":1500000000000.0,"x":"1500000000000"}'))).toBe(`${head},"x":"1500000000000"}`);
    expect(eventOf(shape('{"timestamp":"+1500000000000","metrictype":"w"}'))).toBe(`${head}}`);
  });

  it('of a member that stands there twice the last counts', () => {
    const event = eventOf(
      shape('{"a":1,"m":"old","a":2,"timestamp":1500000000000,"m":"new"}', { metricType: { kind: 'column', column: 'm' } }),
    );
    expect(event).toBe('{"metrictype":"new","timestamp":1500000000000,"a":2}');
  });

  it('every value it does not change is the same to who reads it', () => {
    // Without a backslash: JSON.parse of Node 24.9 takes the name " for the name \ once it has seen that one.
    const flat = fc.dictionary(
      fc
        .string({ unit: fc.constantFrom('a', 'b', '"', '\t', 'é', ' ', '__proto__'), minLength: 1, maxLength: 4 })
        .filter((name) => !name.startsWith('_f')),
      fc.oneof(fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(flat, fc.constantFrom<MappingInput>({}, { constants: { site: 'x' } }), (members, mapping) => {
        const line = JSON.stringify({ ...members, metrictype: 'w', timestamp: 1_500_000_000_000 });
        expect(JSON.parse(eventOf(shape(line, mapping)))).toEqual({ ...(JSON.parse(line) as object), ...mapping.constants });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a line that cannot be an event says why', () => {
  it.each<[string, string, string, MappingInput?]>([
    ['json-invalid', '{"metrictype":"w"', ''],
    ['json-invalid', '{"metrictype":"w","timestamp":01}', ''],
    ['json-invalid', `${head}} {}`, ''],
    ['json-not-object', '[1]', ''],
    ['json-not-object', 'null', ''],
    ['json-not-object', '"text"', ''],
    ['json-not-flat', `${head},"a":{"b":1}}`, 'a'],
    ['json-not-flat', `${head},"a":[]}`, 'a'],
    ['metric-type-missing', '{"timestamp":1500000000000}', 'metrictype'],
    ['metric-type-missing', '{"metrictype":null,"timestamp":1500000000000}', 'metrictype'],
    ['metric-type-missing', '{"metrictype":"","timestamp":1500000000000}', 'metrictype'],
    ['metric-type-missing', '{"timestamp":1500000000000}', 'toString', { metricType: { kind: 'column', column: 'toString' } }],
    ['timestamp-missing', '{"metrictype":"w"}', 'timestamp'],
    ['timestamp-missing', '{"metrictype":"w","timestamp":null}', 'timestamp'],
    ['timestamp-unparsable', '{"metrictype":"w","timestamp":true}', 'timestamp'],
    ['timestamp-unparsable', '{"metrictype":"w","timestamp":1500000000000.5}', 'timestamp'],
    ['timestamp-unparsable', '{"metrictype":"w","timestamp":"soon"}', 'timestamp'],
    ['timestamp-before-1971', '{"metrictype":"w","timestamp":1500000000}', 'timestamp'],
    ['field-name-forbidden', `${head},"companykey":1}`, 'companykey'],
    ['field-name-forbidden', `${head},"_fa":1}`, '_fa'],
    ['field-name-forbidden', `${head},"T12¦¦x":1}`, 'T12¦¦x'],
    ['field-name-forbidden', `${head},"a":1}`, 'a', { rename: { a: '_fa' } }],
    ['field-name-forbidden', '{"metrictype":"w","when":1500000000000,"timestamp":5}', 'timestamp', { timestamp: { column: 'when' } }],
    ['field-name-duplicate', `${head},"a":1,"b":2}`, 'a', { rename: { a: 'b' } }],
    ['field-name-duplicate', `${head},"a":1}`, 'a', { constants: { a: 2 } }],
  ])('%s: %s', (code, line, column, mapping) => {
    const rejected = rejectOf(shape(line, mapping));
    expect(rejected).toMatchObject({ code, column });
    expect(rejected.reason).not.toBe('');
  });

  it('an event of the greatest size goes, one byte more does not; sent as it is or rebuilt', () => {
    for (const mapping of [{}, { drop: ['none'] }] satisfies MappingInput[]) {
      const fitting = `${head},"x":"${'é'.repeat(20)}${'x'.repeat(375_000 - head.length - 8 - 40)}"}`;
      expect(Buffer.byteLength(fitting)).toBe(375_000);
      expect(eventOf(shape(fitting, mapping))).toBe(fitting);
      expect(rejectOf(shape(fitting.replace('xx', 'xxx'), mapping)).code).toBe('event-too-large');
    }
  });
});
