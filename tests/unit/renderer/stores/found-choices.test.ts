import { expect, test } from 'vitest';
import type { Finding, FindingCode } from '../../../../shared/contract/finding.ts';
import { foundMetricType, foundTimes } from '../../../../renderer/stores/found-choices.ts';
import { formOf } from '../../../../renderer/stores/mapping-form.ts';
import { weatherInspection } from '../../../fakes/fake-data.ts';

const inspection = weatherInspection('/samples/a.csv', undefined);
const form = {
  ...formOf(inspection),
  ...{ metricKind: 'constant' as const, metricValue: 'a', timestampColumn: 'date', patterns: ['uuuu-MM-dd'], timestampIsSaid: true },
};
const finding = (subject: Finding['subject'], code: FindingCode, value: string, column?: string): Finding => ({
  ...{ subject, code, value, confidence: 'low', params: {} },
  ...(column === undefined ? {} : { column }),
});

test('how sure the metric type is stands beside it, until a person says another one', () => {
  const byName = [finding('metricType', 'metric-file-name', 'a')];
  expect(foundMetricType(byName, form)).toBe(byName[0]);
  expect(foundMetricType(byName, { ...form, metricValue: 'b' })).toBeUndefined();
  expect(foundMetricType(byName, { ...form, metricKind: 'fileName' })).toBeUndefined();
  const byColumn = [finding('metricType', 'metric-column', 'metrictype')];
  expect(foundMetricType(byColumn, form)).toBeUndefined();
  expect(foundMetricType(byColumn, { ...form, metricKind: 'column', metricColumn: 'metrictype' })).toBe(byColumn[0]);
});

test('how sure the time is stands beside its column and pattern, until a person says others', () => {
  const codes = (found: Finding, change: Partial<typeof form> = {}) =>
    foundTimes({ ...inspection, findings: [found] }, { ...form, ...change }).map(({ code }) => code);
  const agrees = finding('timestamp', 'time-agrees', 'uuuu-MM-dd', 'date');
  expect(codes(agrees)).toEqual(['time-agrees']);
  expect(codes(agrees, { patterns: ['uuuu-dd-MM'] })).toEqual([]);
  expect(codes(agrees, { timestampColumn: 'other' })).toEqual([]);
  expect(codes(agrees, { timeFrom: 'schema' })).toEqual([]);
  expect(codes(agrees, { moreColumns: ['time'] })).toEqual([]);
  expect(codes(finding('timestamp', 'time-agrees', '', 'date'), { patterns: [''] })).toEqual(['time-agrees']);

  const open = finding('timestamp', 'time-day-month', 'dd/MM/uuuu', 'date');
  expect(codes(open, { timestampIsSaid: false })).toEqual(['time-day-month']);
  expect(codes(open)).toEqual([]);

  const seconds = finding('timestamp', 'time-seconds', '', 'date');
  expect(codes(seconds)).toEqual(['time-seconds']);
  expect(codes(seconds, { unit: 's' })).toEqual([]);

  const year = finding('timestamp', 'time-year-alone', '', 'Year');
  const patterns = [''];
  expect(codes(year, { timestampColumn: '', patterns })).toEqual(['time-year-alone']);
  expect(codes(year, { timestampColumn: 'Year', patterns })).toEqual(['time-year-alone']);
  expect(codes(year, { timestampColumn: 'other', patterns })).toEqual([]);
  expect(codes(year, { timestampColumn: 'Year', patterns: ['uuuu'] })).toEqual([]);
  const none = finding('timestamp', 'time-none', '');
  expect(codes(none, { timestampColumn: inspection.suggestion.timestamp.column, patterns })).toEqual(['time-none']);
  expect(codes(finding('columnType', 'type-agrees', 'text', 'date'))).toEqual([]);
});
