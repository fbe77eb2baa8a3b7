import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../../shared/contract/mapping.ts';
import { BatchBuilder } from '../../../../electron/engine/batch/batch-builder.ts';
import { csvShaper, settings, encoderOf } from './settings.ts';

const columns = ['metrictype', 'timestamp', 'a', 'b “c”', 'd"\\'] as const;

const mappings: fc.Arbitrary<MappingInput> = fc.record({
  metricType: fc.constantFrom<NonNullable<MappingInput['metricType']>>(
    { kind: 'column', column: 'metrictype' },
    { kind: 'constant', value: 'weather "ü"' },
    { kind: 'fileName', pattern: '^([a-z]+)-' },
  ),
  timestamp: fc.constantFrom(
    { column: 'timestamp' },
    { column: 'timestamp', patterns: ['uuuu-MM-dd'], timeOfDay: '12:30' },
    { column: 'timestamp', patterns: ['ISO_DATE_TIME', "uuuu'年'"] },
  ),
  rename: fc.constantFrom({}, { a: 'ä' }, { a: 'b', 'b “c”': 'a' }),
  drop: fc.constantFrom([], ['a'], ['b “c”', 'd"\\']),
  constants: fc.constantFrom({}, { site: 'Zürich "1"', line: 2, on: true }),
  numbers: fc.constantFrom('schema', 'number', 'text'),
});

const cellOf = (delimiter: string) =>
  fc
    .tuple(
      fc.oneof(
        {
          weight: 4,
          arbitrary: fc.constantFrom('', '0', '-1.5', '1e5', '01', '1.', '9007199254740993', 'true', 'Zürich', 'x"y', 'a\\b', '\t', '𝄞'),
        },
        { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('a', '1', '"', ' ', '.', 'é', '\n', delimiter), maxLength: 5 }) },
      ),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([text, quoting]) =>
      quoting === 0 || text.includes(delimiter) || text.includes('\n') || text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text,
    );
const others = (delimiter: string) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.array(cellOf(delimiter), { minLength: 3, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(cellOf(delimiter), { minLength: 2, maxLength: 4 }) },
  );
const metricCell = fc.constantFrom('weather', 'pump', 'weather', '', '""', '"we""ather"', 'a"b', 'wé');
const timeCell = fc.oneof(
  { weight: 3, arbitrary: fc.constant('1500000000000') },
  fc.constantFrom(
    '1500000000000',
    '"1500000000000"',
    '-1',
    '0',
    '1500000000',
    '01500000000000',
    '2012-01-31',
    '2012-02-31',
    '',
    '1e12',
    '+1500000000000',
  ),
  fc.constantFrom('2017-07-14T02:40:00.000Z', '"2017-07-14T02:40:00+02:00"', '999999999999', '9999999999999', '15000000000000', '2017年'),
);

describe('the way straight from bytes', () => {
  it('gives the event the way through cells gives, or leaves the row to it', () => {
    const row = fc.constantFrom(',', ';', '\t', '|').chain((delimiter) =>
      fc.record({
        delimiter: fc.constant(delimiter),
        cells: fc.tuple(metricCell, timeCell, others(delimiter)),
        tail: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(' ', 'x') }),
      }),
    );
    let written = 0;
    fc.assert(
      fc.property(
        mappings,
        row,
        fc.constantFrom(40, 90, 375_000),
        (mapping, { delimiter, cells: [metric, time, more], tail }, maxEventBytes) => {
          const types = new Map([
            [
              'weather "ü"',
              new Map([
                ['a', 'STRING'],
                ['b', 'DOUBLE'],
              ]),
            ],
          ]);
          const shapeSettings = settings(mapping, {
            fileName: 'weather-1.csv',
            maxEventBytes,
            fieldTypes: mapping.rename?.['a'] === 'ä' ? types : new Map(),
          });
          const { shape, plan } = csvShaper(shapeSettings, columns);
          const line = [metric, time, ...more].join(delimiter) + tail;
          const parsed = Papa.parse<string[]>(`${line}\n`, { delimiter, newline: '\n' });
          if (parsed.errors.length > 0) return;
          const sink = new BatchBuilder({ maxEvents: 10, maxBytes: 1_000_000 }, { byte: 0, row: 0, line: 1 });
          const bytes = Buffer.from(`,,${line}\nnext`);
          const end = bytes.length - 5;
          const size = encoderOf(plan, { delimiter, quote: '"' })?.(bytes, 2, end, sink) ?? -1;
          if (size === -1) return;
          written += 1;
          expect(sink.buffer.toString('utf8', sink.length, sink.length + size)).toBe(shape(parsed.data[0] ?? []));
        },
      ),
      { numRuns: 3_000 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it('is taken by plain rows', () => {
    const { plan } = csvShaper(settings(), ['metrictype', 'timestamp', 'a', 'b']);
    const sink = new BatchBuilder({ maxEvents: 10, maxBytes: 1_000_000 }, { byte: 0, row: 0, line: 1 });
    const line = Buffer.from('weather,1500000000000,"Zürich",9007199254740993.10');
    const size = encoderOf(plan, { delimiter: ',', quote: '"' })?.(line, 0, line.length, sink) ?? -1;
    expect(sink.buffer.toString('utf8', 1, 1 + size)).toBe(
      '{"metrictype":"weather","timestamp":1500000000000,"a":"Zürich","b":9007199254740993.10}',
    );
  });

  it('leaves a timestamp of megabytes to the other way', () => {
    const { plan } = csvShaper(settings({ timestamp: { column: 'timestamp', patterns: ['ISO_DATE_TIME'] } }), ['metrictype', 'timestamp']);
    const sink = new BatchBuilder({ maxEvents: 10, maxBytes: 1_000_000 }, { byte: 0, row: 0, line: 1 });
    const line = Buffer.from(`weather,${'1'.repeat(2_000_000)}`);
    expect(encoderOf(plan, { delimiter: ',', quote: '"' })?.(line, 0, line.length, sink)).toBe(-1);
  });
});
