import { expect, it } from 'vitest';
import { describeFormat, describeMetricType, describeTimestamp } from '../../../../electron/headless/upload/assumption-text.ts';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import { inspection } from '../../../fakes/upload-records.ts';

const csv = inspection('/files/a.csv');

it('tells what is unusual about a file', () => {
  const format = { ...csv.format, delimiter: ';', header: false, encoding: 'windows-1252', gzip: true };
  expect(describeFormat({ ...csv, format })).toBe('CSV, semicolon, 2 columns, no header, windows-1252, gzipped');
  expect(describeFormat({ ...csv, format: { ...csv.format, delimiter: '^' } })).toBe('CSV, “^”, 2 columns');
  expect(describeFormat({ ...csv, format: { ...csv.format, kind: 'ndjson' }, columns: csv.columns.slice(1) })).toBe('JSON lines, 1 field');
});

it.each([
  [[], 'milliseconds since 1970'],
  [['uuuu-MM-dd'], 'uuuu-MM-dd (UTC)'],
  [['uuuu-MM-dd HH:mm @ Europe/Berlin'], 'uuuu-MM-dd HH:mm (Europe/Berlin)'],
  [['uuuu-MM-dd HH:mmXXX'], 'uuuu-MM-dd HH:mmXXX'],
  [["uuuu-MM-dd HH:mm'Z'"], "uuuu-MM-dd HH:mm'Z' (UTC)"],
  [['ISO_INSTANT', 'ISO_DATE_TIME'], 'ISO_INSTANT or ISO_DATE_TIME (UTC)'],
])('tells in which zone times by %j are', (patterns, text) => {
  expect(describeTimestamp(mappingSchema.parse({ timestamp: { column: 'date', patterns } }), csv)).toBe(
    `timestamp from column date as ${text}`,
  );
});

it.each([
  [{ kind: 'constant', value: 'weather' } as const, 'metric type weather'],
  [{ kind: 'column', column: 'kind' } as const, 'metric type from column kind'],
  [{ kind: 'fileName', pattern: '^(\\w+)' } as const, 'metric type from the file name a.csv by ^(\\w+)'],
])('tells where the metric type comes from: %j', (metricType, text) => {
  expect(describeMetricType(mappingSchema.parse({ metricType }), csv)).toBe(text);
});
