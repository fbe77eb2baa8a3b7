import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../../shared/contract/mapping.ts';
import { compileCsvShaper } from '../../../../electron/engine/shape/csv-event.ts';
import { csvShaper, eventOf, rejectOf, settings } from './settings.ts';

const columns = ['metrictype', 'timestamp', 'a', 'b'];
const shape = (cells: readonly string[], mapping: MappingInput = {}, maxEventBytes = 375_000) =>
  csvShaper(settings(mapping, { maxEventBytes }), columns).shape(cells);
const failureOf = (mapping: MappingInput, names: readonly string[] = columns) => {
  const compiled = compileCsvShaper(settings(mapping), names);
  return compiled.ok ? undefined : compiled.failure;
};

describe('a row of cells becomes an event', () => {
  it('numbers keep their digits, other text is text, empty cells are left out', () => {
    expect(eventOf(shape(['weather', '1500000000000', '9223372036854775807', '0.10']))).toBe(
      '{"metrictype":"weather","timestamp":1500000000000,"a":9223372036854775807,"b":0.10}',
    );
    expect(eventOf(shape(['weather', '1500000000000', '', '1,5']))).toBe('{"metrictype":"weather","timestamp":1500000000000,"b":"1,5"}');
    expect(eventOf(shape(['weather', '1500000000000', '007', 'say "ü"']))).toBe(
      '{"metrictype":"weather","timestamp":1500000000000,"a":"007","b":"say \\"ü\\""}',
    );
  });

  it('columns are renamed and dropped, constants added', () => {
    const mapping: MappingInput = { rename: { a: 'temperature' }, drop: ['b'], constants: { site: 'x', line: 2, on: false } };
    expect(JSON.parse(eventOf(shape(['w', '1500000000000', '1', '2'], mapping)))).toEqual({
      ...{ metrictype: 'w', timestamp: 1_500_000_000_000, temperature: 1 },
      ...{ site: 'x', line: 2, on: false },
    });
  });

  it('the metric type can be a constant or come from the name of the file', () => {
    const cells = ['ignored', '1500000000000', '1', ''];
    expect(eventOf(shape(cells, { metricType: { kind: 'constant', value: 'fixed' } }))).toContain('"metrictype":"fixed"');
    const fromName = csvShaper(settings({ metricType: { kind: 'fileName', pattern: '^(\\w+)-' } }, { fileName: 'pump-7.csv' }), columns);
    expect(eventOf(fromName.shape(cells))).toContain('"metrictype":"pump"');
  });

  it('numbers go out as the schema, or the mapping, says', () => {
    const cells = ['w', '1500000000000', '1', '2'];
    const fieldTypes = new Map([
      [
        'w',
        new Map([
          ['a', 'STRING'],
          ['b', 'DOUBLE'],
        ]),
      ],
    ]);
    const event = (numbers: 'schema' | 'number' | 'text') =>
      JSON.parse(eventOf(csvShaper(settings({ numbers }, { fieldTypes }), columns).shape(cells))) as unknown;
    expect(event('schema')).toMatchObject({ a: '1', b: 2 });
    expect(event('number')).toMatchObject({ a: 1, b: 2 });
    expect(event('text')).toMatchObject({ a: '1', b: '2' });
  });

  it('columns may be called like the members every object has', () => {
    const names = ['metrictype', 'timestamp', 'constructor', 'toString', '__proto__', 'valueOf'];
    const { shape: own } = csvShaper(settings(), names);
    expect(eventOf(own(['w', '1500000000000', '1', '2', '3', '4']))).toBe(
      '{"metrictype":"w","timestamp":1500000000000,"constructor":1,"toString":2,"__proto__":3,"valueOf":4}',
    );
  });

  it('a date without a time is taken at the time of day of the mapping', () => {
    const at = (timeOfDay: string) =>
      eventOf(shape(['w', '31.01.2012', '', ''], { timestamp: { column: 'timestamp', patterns: ['dd.MM.uuuu'], timeOfDay } }));
    expect(at('00:00')).toContain(`"timestamp":${Date.UTC(2012, 0, 31)}`);
    expect(at('13:45')).toContain(`"timestamp":${Date.UTC(2012, 0, 31, 13, 45)}`);
    const zoned: MappingInput = { timestamp: { column: 'timestamp', patterns: ['dd.MM.uuuu@ UTC+1'] } };
    expect(eventOf(shape(['w', '31.01.2012', '', ''], zoned))).toContain(`"timestamp":${Date.UTC(2012, 0, 30, 23)}`);
  });
});

describe('a row that cannot be an event says why', () => {
  it.each<[string, readonly string[], string, MappingInput?]>([
    ['ragged-row', ['w', '1500000000000', '1'], ''],
    ['ragged-row', ['w', '1500000000000', '1', '2', '3'], ''],
    ['metric-type-missing', ['', '1500000000000', '1', '2'], 'metrictype'],
    ['timestamp-missing', ['w', '', '1', '2'], 'timestamp'],
    ['timestamp-unparsable', ['w', 'yesterday', '1', '2'], 'timestamp'],
    ['timestamp-unparsable', ['w', '30.02.2012', '1', '2'], 'timestamp', { timestamp: { column: 'timestamp', patterns: ['dd.MM.uuuu'] } }],
    ['timestamp-before-1971', ['w', '1500000000', '1', '2'], 'timestamp'],
    ['timestamp-before-1971', ['w', '0', '1', '2'], 'timestamp'],
    ['field-name-forbidden', ['w', '1500000000000', '1', '2'], 'a', { rename: { a: 'companykey' } }],
    ['field-name-forbidden', ['w', '1500000000000', '1', '2'], 'a', { rename: { a: '_fx' } }],
    ['field-name-forbidden', ['w', '1500000000000', '1', '2'], 'b', { rename: { b: 'T1¦¦x' } }],
  ])('%s: %j', (code, cells, column, mapping) => {
    const rejected = rejectOf(shape(cells, mapping));
    expect(rejected).toMatchObject({ code, column });
    expect(rejected.reason).not.toBe('');
  });

  it('an event of the greatest size goes, one byte more does not', () => {
    const bare = Buffer.byteLength(eventOf(shape(['w', '1500000000000', 'é', ''])));
    const fitting = `é${'x'.repeat(375_000 - bare)}`;
    expect(Buffer.byteLength(eventOf(shape(['w', '1500000000000', fitting, ''])))).toBe(375_000);
    expect(rejectOf(shape(['w', '1500000000000', `${fitting}x`, '']))).toMatchObject({
      code: 'event-too-large',
      reason: expect.stringContaining('375001') as string,
    });
  });
});

describe('a mapping that does not suit the columns is refused before anything is sent', () => {
  it.each<[string, MappingInput, (readonly string[])?]>([
    ['metric-type-unknown', {}, ['timestamp', 'a']],
    ['metric-type-unknown', { metricType: { kind: 'fileName', pattern: '^(\\d+)$' } }],
    ['timestamp-column-unknown', {}, ['metrictype', 'a']],
    ['mapping-invalid', { metricType: { kind: 'fileName', pattern: '(' } }],
    ['mapping-invalid', { timestamp: { column: 'timestamp', patterns: ['uuuu-bb'] } }],
    ['mapping-invalid', { rename: { a: 'b' } }],
    ['mapping-invalid', { rename: { a: 'timestamp' } }],
    ['mapping-invalid', { constants: { a: 1 } }],
  ])('%s: %j', (code, mapping, names) => {
    expect(failureOf(mapping, names)?.code).toBe(code);
  });
});
