import { describe, expect, it } from 'vitest';
import { csvShaper, eventOf, ndjsonShaper, rejectOf, settings } from './settings.ts';

const metricType = { kind: 'constant' as const, value: 'm' };
const time = 1_490_638_685_520;

describe('values are read as the mapping says', () => {
  it('null tokens are no values, in CSV and in JSON', () => {
    const given = settings({ metricType, nullTokens: ['NA', '-'] });
    expect(eventOf(csvShaper(given, ['timestamp', 'a', 'b', 'c']).shape([String(time), 'NA', '-', '-1']))).toBe(
      `{"metrictype":"m","timestamp":${String(time)},"c":-1}`,
    );
    expect(eventOf(ndjsonShaper(given)(`{"timestamp":${String(time)},"a":"NA","b":null,"c":"x"}`))).toBe(
      `{"metrictype":"m","timestamp":${String(time)},"c":"x"}`,
    );
  });

  it('numbers with a decimal comma keep their digits', () => {
    const { shape } = csvShaper(settings({ metricType, decimalComma: true }), ['timestamp', 'a', 'b', 'c', 'd', 'e']);
    expect(eventOf(shape([String(time), '1,50', '1.234.567,8', '-0,5', '1,2,3', '12.34']))).toBe(
      `{"metrictype":"m","timestamp":${String(time)},"a":1.50,"b":1234567.8,"c":-0.5,"d":"1,2,3","e":12.34}`,
    );
  });

  it('a column that has to hold numbers rejects what is none; truth values lose their capitals; text stays text', () => {
    const { shape } = csvShaper(settings({ metricType, types: { a: 'number', b: 'boolean', c: 'text' } }), ['timestamp', 'a', 'b', 'c']);
    expect(eventOf(shape([String(time), '1.50', 'TRUE', '007']))).toBe(
      `{"metrictype":"m","timestamp":${String(time)},"a":1.50,"b":true,"c":"007"}`,
    );
    expect(rejectOf(shape([String(time), 'warm', 'TRUE', '7']))).toMatchObject({ code: 'value-type-mismatch', column: 'a' });
    expect(rejectOf(shape([String(time), '1', 'ja', '7']))).toMatchObject({ code: 'value-type-mismatch', column: 'b' });
  });
});

describe('times', () => {
  it('of several columns are joined before they are read, and none of the columns is sent', () => {
    const timestamp = { column: 'date', columns: ['date', 'clock'], patterns: ['dd.MM.uuuu HH:mm@Europe/Berlin'] };
    const { shape } = csvShaper(settings({ metricType, timestamp }), ['date', 'a', 'clock']);
    expect(eventOf(shape(['27.03.2017', '1', '20:18']))).toBe('{"metrictype":"m","timestamp":1490638680000,"a":1}');
    expect(rejectOf(shape(['27.03.2017', '1', '']))).toMatchObject({ code: 'timestamp-missing', column: 'clock' });
    const glued = csvShaper(settings({ metricType, timestamp: { ...timestamp, separator: 'T', patterns: ["uuuu-MM-dd'T'HH:mm"] } }), [
      'date',
      'clock',
    ]);
    expect(eventOf(glued.shape(['2017-03-27', '18:18']))).toBe('{"metrictype":"m","timestamp":1490638680000}');
  });

  it.each([
    ['s', '1490638685', 1_490_638_685_000],
    ['s', '1490638685.5209', 1_490_638_685_520],
    ['s', '-0.0005', -1],
    ['us', '1490638685520999', time],
    ['ns', '1490638685520999999', time],
    ['ns', '-1', -1],
  ] as const)('in %s: %s', (unit, text, millis) => {
    const { shape } = csvShaper(settings({ metricType, timestamp: { column: 'timestamp', unit } }), ['timestamp']);
    expect(eventOf(shape([text]))).toBe(`{"metrictype":"m","timestamp":${String(millis)}}`);
  });

  it('in seconds is what a number means, patterns are tried for the rest', () => {
    const timestamp = { column: 'timestamp', unit: 's' as const, patterns: ['ISO_INSTANT'] };
    const { shape } = csvShaper(settings({ metricType, timestamp }), ['timestamp']);
    expect(eventOf(shape(['2017-03-27T18:18:05.520Z']))).toContain(String(time));
    expect(rejectOf(shape(['soon'])).reason).toContain('seconds since 1970');
  });
});

describe('a mapping that leaves it to the schema', () => {
  const schema = {
    tenant: { metricKeys: ['type', 'kind'], timestampPatterns: ['uuuu-MM-dd HH:mm'] },
    metrics: [{ name: 'weather', aliases: ['wx'], timestampPatterns: [], timestampAliases: ['when', 'ts'], fields: [] }],
  };
  const bySchema = {
    metricType: { kind: 'column' as const, column: 'metrictype', from: 'schema' as const },
    timestamp: { column: 'timestamp', from: 'schema' as const },
  };

  it('takes the first key and the first alias that have a value, under their own names', () => {
    const { shape } = csvShaper(settings(bySchema, { schema }), ['ts', 'kind', 'type', 'when', 'a']);
    expect(eventOf(shape(['', 'wx', '', '2017-03-27 18:18', '1']))).toBe('{"kind":"wx","when":1490638680000,"a":1}');
    expect(eventOf(shape(['1490638685520', 'x', 'weather', '', '1']))).toBe('{"type":"weather","ts":1490638685520,"kind":"x","a":1}');
    expect(rejectOf(shape(['1', '', '', '', '1']))).toMatchObject({ code: 'metric-type-missing' });
    expect(rejectOf(shape(['soon', 'wx', '', '', '1']))).toMatchObject({ code: 'timestamp-unparsable', column: 'ts' });
  });

  it('is refused without the schema', () => {
    expect(() => csvShaper(settings(bySchema), ['timestamp'])).toThrow('schema-unknown');
  });

  it('sends the text itself where a pattern would take the milliseconds for another time', () => {
    const digits = { ...schema, tenant: { ...schema.tenant, timestampPatterns: ['uuuuDDDHHmmss'] } };
    const { shape } = csvShaper(settings(bySchema, { schema: digits }), ['kind', 'ts']);
    expect(eventOf(shape(['wx', '2017086201805']))).toMatch(/"ts":(1490645885000|"2017086201805")/);
  });
});

describe('rows that go past the service', () => {
  const none = { metricType: { kind: 'none' }, timestamp: { from: 'none', column: 'timestamp' } } as const;
  const past = { pastService: true };

  it('need no metric type and no time: each column goes under its name, whatever it is called, and none is empty', () => {
    const { shape, plan } = csvShaper(settings(none, past), ['timestamp', 'metrictype', '_fc', 'a']);
    expect(plan).toBeUndefined();
    expect(eventOf(shape(['yesterday', '', 'x', '1.50']))).toBe('{"timestamp":"yesterday","_fc":"x","a":1.50}');
    expect(eventOf(shape(['', '', '', '']))).toBe('{}');
    expect(rejectOf(shape(['1', '2']))).toMatchObject({ code: 'ragged-row' });
    const constant = csvShaper(settings({ ...none, constants: { site: 'north' }, rename: { a: 'b' }, drop: ['c'] }, past), ['a', 'c']);
    expect(eventOf(constant.shape(['', '1']))).toBe('{"site":"north"}');
    expect(eventOf(constant.shape(['007', '1']))).toBe('{"b":"007","site":"north"}');
  });

  it('keep what is nested in JSON, on one line', () => {
    const shape = ndjsonShaper(settings(none, past));
    expect(eventOf(shape('{"a":{"b":[1,\n 2.50]},"timestamp":"x","n":null,"metrictype":1}'))).toBe(
      '{"a":{"b":[1,  2.50]},"timestamp":"x","metrictype":1}',
    );
    expect(rejectOf(shape('[1]'))).toMatchObject({ code: 'json-not-object' });
  });

  it('are checked for what the mapping does name', () => {
    const timed = csvShaper(settings({ metricType: none.metricType, timestamp: { column: 'at', patterns: ['uuuu-MM-dd HH:mm'] } }, past), [
      'at',
      'a',
    ]);
    expect(eventOf(timed.shape(['2017-03-27 18:18', '1']))).toBe('{"timestamp":1490638680000,"a":1}');
    expect(rejectOf(timed.shape(['yesterday', '1']))).toMatchObject({ code: 'timestamp-unparsable', column: 'at' });
    expect(rejectOf(timed.shape(['', '1']))).toMatchObject({ code: 'timestamp-missing', column: 'at' });
    const typed = ndjsonShaper(settings({ metricType: { kind: 'column', column: 'kind' }, timestamp: none.timestamp }, past));
    expect(eventOf(typed('{"kind":"m","timestamp":"noon"}'))).toBe('{"metrictype":"m","timestamp":"noon"}');
    expect(rejectOf(typed('{"a":1}'))).toMatchObject({ code: 'metric-type-missing', column: 'kind' });
    const twice = csvShaper(settings({ metricType: none.metricType, timestamp: { column: 'at' } }, past), ['at', 'timestamp']);
    expect(rejectOf(twice.shape([String(time), '5']))).toMatchObject({ code: 'field-name-forbidden', column: 'timestamp' });
  });

  it('are refused where the service is to read them', () => {
    for (const mapping of [none, { metricType: none.metricType }, { metricType, timestamp: none.timestamp }]) {
      expect(() => csvShaper(settings(mapping), ['timestamp', 'a'])).toThrow('mapping-invalid');
      expect(() => ndjsonShaper(settings(mapping))).toThrow('mapping-invalid');
    }
  });
});
