import { expect, test } from 'vitest';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import {
  formAfterFormat,
  formOf,
  isDateOnly,
  isOrderOpen,
  mappingOf,
  metricTypeInFileName,
  missingAnswers,
  patternsFor,
} from '../../../../renderer/stores/mapping-form.ts';

const columns = (names: readonly string[]) => names.map((name) => ({ name, type: 'text' as const, examples: [] }));
const nothing = { missing: [], columns: columns(['date']), timestampCandidates: [], name: 'weather.csv' };

const suggestion = mappingSchema.parse({
  metricType: { kind: 'constant', value: 'weather' },
  timestamp: { column: 'date', patterns: ['uuuu-MM-dd'], timeOfDay: '12:00' },
  rename: { a: 'b' },
});

test('a suggestion that nobody touched is sent as it was suggested', () => {
  expect(mappingOf(formOf({ ...nothing, suggestion }), suggestion)).toEqual(suggestion);
});

test('what nobody can know starts empty, and stays missing until it is answered', () => {
  const unknown = mappingSchema.parse({});
  const form = formOf({ ...nothing, suggestion: unknown, missing: ['metricType', 'timestamp'] });
  expect([form.metricKind, form.metricValue, form.timestampColumn]).toEqual(['constant', '', '']);
  expect(mappingOf(form, unknown)).toEqual(unknown);
  expect(mappingOf({ ...form, metricValue: ' weather ', timestampColumn: 'time' }, unknown)).toMatchObject({
    metricType: { kind: 'constant', value: 'weather' },
    timestamp: { column: 'time' },
  });
});

test('a metric type taken from the file name counts as an answer, one that was cleared does not', () => {
  const form = formOf({ ...nothing, suggestion, missing: ['metricType'] });
  expect(form.metricValue).toBe('weather');
  expect(missingAnswers(form, nothing)).toEqual([]);
  expect(missingAnswers({ ...form, metricValue: ' ' }, nothing)).toEqual(['metricType']);
  expect(missingAnswers({ ...form, metricKind: 'column', metricColumn: 'gone' }, nothing)).toEqual(['metricType']);
  expect(missingAnswers({ ...form, metricKind: 'fileName', metricPattern: '^x' }, nothing)).toEqual(['metricType']);
});

test('a date that could be read either way round waits for a person', () => {
  const inspection = { ...nothing, suggestion, missing: ['timestamp' as const] };
  const form = formOf(inspection);
  expect([form.timestampColumn, form.patterns]).toEqual(['date', ['']]);
  expect(missingAnswers(form, inspection)).toEqual(['timestamp']);
  expect(missingAnswers({ ...form, patterns: ['dd.MM.uuuu'], timestampIsSaid: true }, inspection)).toEqual([]);
  expect(isOrderOpen(['dd/MM/uuuu', 'MM/dd/uuuu'])).toBe(true);
  expect(isOrderOpen(['dd/MM/uuuu', 'uuuu'])).toBe(false);
});

test('the patterns of a column are offered once each, over all candidates', () => {
  const candidates = [
    { column: 'date', patterns: ['dd/MM/uuuu'], reason: '' },
    { column: 'other', patterns: ['uuuu'], reason: '' },
    { column: 'date', patterns: ['MM/dd/uuuu', 'dd/MM/uuuu'], reason: '' },
  ];
  expect(patternsFor(candidates, 'date')).toEqual(['dd/MM/uuuu', 'MM/dd/uuuu']);
});

test('empty patterns are left out', () => {
  const form = { ...formOf({ ...nothing, suggestion }), patterns: ['', ' ISO_INSTANT '] };
  expect(mappingOf(form, suggestion).timestamp.patterns).toEqual(['ISO_INSTANT']);
});

test('every way of saying the metric type becomes a valid mapping', () => {
  const form = formOf({ ...nothing, suggestion });
  for (const metricKind of ['constant', 'column', 'fileName'] as const) {
    for (const text of ['', 'x']) {
      const mapping = mappingOf({ ...form, metricKind, metricValue: text, metricColumn: text, metricPattern: text }, suggestion);
      expect(mappingSchema.safeParse(mapping).success).toBe(true);
    }
  }
});

test('correcting the delimiter keeps the answers that still fit the new columns', () => {
  const before = { ...formOf({ ...nothing, suggestion }), metricValue: 'mine', timestampColumn: 'when', patterns: ['ISO_INSTANT'] };
  const kept = formAfterFormat(before, { ...nothing, suggestion, columns: columns(['when', 'date']) });
  expect([kept.metricValue, kept.timestampColumn, kept.patterns]).toEqual(['mine', 'when', ['ISO_INSTANT']]);
  const gone = formAfterFormat(before, { ...nothing, suggestion });
  expect([gone.metricValue, gone.timestampColumn, gone.patterns]).toEqual(['mine', 'date', ['uuuu-MM-dd']]);
});

test('a pattern on file names shows what it finds, and a broken one finds nothing', () => {
  expect(metricTypeInFileName('^([a-z]+)-', 'weather-2026.csv')).toBe('weather');
  expect(metricTypeInFileName('(', 'weather-2026.csv')).toBeUndefined();
});

test('a time of day is asked for dates only', () => {
  expect(['uuuu-MM-dd', 'dd.MM.uuuu@ UTC+1', "uuuu 'Hour'"].map(isDateOnly)).toEqual([true, true, true]);
  expect(['uuuu-MM-dd HH:mm', 'ISO_INSTANT', '', 'rfc_1123_date_time'].map(isDateOnly)).toEqual([false, false, false, false]);
});
