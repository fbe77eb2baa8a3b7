import { expect, test } from 'vitest';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import { formAfterFormat, formOf, isDateOnly, mappingOf, metricTypeInFileName } from '../../../../renderer/stores/mapping-form.ts';

const suggestion = mappingSchema.parse({
  metricType: { kind: 'constant', value: 'weather' },
  timestamp: { column: 'date', patterns: ['uuuu-MM-dd'], timeOfDay: '12:00' },
  rename: { a: 'b' },
});

test('a suggestion that nobody touched is sent as it was suggested', () => {
  expect(mappingOf(formOf({ suggestion, missing: [] }), suggestion)).toEqual(suggestion);
});

test('what the engine calls missing starts empty, and stays missing until it is answered', () => {
  const unknown = mappingSchema.parse({});
  const form = formOf({ suggestion: unknown, missing: ['metricType', 'timestamp'] });
  expect([form.metricKind, form.metricValue, form.timestampColumn]).toEqual(['constant', '', '']);
  expect(mappingOf(form, unknown)).toEqual(unknown);
  expect(mappingOf({ ...form, metricValue: ' weather ', timestampColumn: 'time' }, unknown)).toMatchObject({
    metricType: { kind: 'constant', value: 'weather' },
    timestamp: { column: 'time' },
  });
});

test('empty patterns are left out', () => {
  const form = { ...formOf({ suggestion, missing: [] }), patterns: ['', ' ISO_INSTANT '] };
  expect(mappingOf(form, suggestion).timestamp.patterns).toEqual(['ISO_INSTANT']);
});

test('every way of saying the metric type becomes a valid mapping', () => {
  const form = formOf({ suggestion, missing: [] });
  for (const metricKind of ['constant', 'column', 'fileName'] as const) {
    for (const text of ['', 'x']) {
      const mapping = mappingOf({ ...form, metricKind, metricValue: text, metricColumn: text, metricPattern: text }, suggestion);
      expect(mappingSchema.safeParse(mapping).success).toBe(true);
    }
  }
});

test('correcting the delimiter keeps the answers that still fit the new columns', () => {
  const before = { ...formOf({ suggestion, missing: [] }), metricValue: 'mine', timestampColumn: 'when', patterns: ['ISO_INSTANT'] };
  const columns = (names: readonly string[]) => names.map((name) => ({ name, type: 'text' as const, examples: [] }));
  const kept = formAfterFormat(before, { suggestion, missing: [], columns: columns(['when', 'date']) });
  expect([kept.metricValue, kept.timestampColumn, kept.patterns]).toEqual(['mine', 'when', ['ISO_INSTANT']]);
  const gone = formAfterFormat(before, { suggestion, missing: [], columns: columns(['date']) });
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
