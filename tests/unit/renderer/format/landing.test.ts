import { expect, test } from 'vitest';
import { fieldCalled, landingFields, landingRows, metricCalled } from '../../../../renderer/format/landing.ts';

test('the first rows are shown field by field, and one that is rejected with its reason', () => {
  const reject = { code: 'timestamp-missing' as const, message: 'the row has no timestamp', context: {} };
  const rows = landingRows([
    { line: 2, event: '{"metrictype":"w","timestamp":1500000000000,"a":12345678901234567890.50,"b":"x"}' },
    { line: 3, reject },
    { line: 4, event: '{"metrictype":"w","c":null,"a":true}' },
    { line: 5, event: '{"metrictype":"cut' },
  ]);
  expect(rows).toEqual([
    { line: 2, metric: 'w', time: 1_500_000_000_000, values: { a: '12345678901234567890.50', b: 'x' }, reject: undefined },
    { line: 3, metric: '', time: undefined, values: {}, reject },
    { line: 4, metric: 'w', time: undefined, values: { c: 'null', a: 'true' }, reject: undefined },
    { line: 5, metric: '', time: undefined, values: {}, reject: undefined },
  ]);
  expect(landingFields(rows)).toEqual(['a', 'b', 'c']);
});

test('with a schema, its names of metric type and time count, as they do for the service', () => {
  const metric = { name: 'weather', aliases: ['w'], timestampPatterns: [], timestampAliases: ['day'], fields: [] };
  const schema = { tenant: { timestampPatterns: [], metricKeys: ['kind'] }, metrics: [metric] };
  const preview = [{ line: 2, event: '{"metrictype":"other","kind":"w","day":7,"timestamp":8}' }];
  expect(landingRows(preview, schema)).toMatchObject([{ metric: 'weather', time: 7, values: { metrictype: 'other', timestamp: '8' } }]);
});

test('metric types and fields are found by name or alias', () => {
  const field = { name: 'temperature', aliases: ['t'], type: 'DOUBLE' as const };
  const metric = { name: 'weather', aliases: ['w'], timestampPatterns: [], timestampAliases: [], fields: [field] };
  const schema = { tenant: { timestampPatterns: [], metricKeys: [] }, metrics: [metric] };
  expect(['weather', 'w', 'W'].map((name) => metricCalled(schema, name)?.name)).toEqual(['weather', 'weather', undefined]);
  expect([fieldCalled(metric, 't'), fieldCalled(undefined, 't')]).toEqual([field, undefined]);
});
