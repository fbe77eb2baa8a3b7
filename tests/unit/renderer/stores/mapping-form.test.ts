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
  withZone,
  zoneOf,
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

const complete = mappingSchema.parse({
  metricType: { kind: 'column', column: 'metrictype', from: 'schema' },
  timestamp: {
    ...{ column: 'date', columns: ['date', 'time'], separator: 'T', unit: 's', timeOfDay: '12:00' },
    patterns: ["uuuu-MM-dd'T'HH:mm@ Europe/Berlin"],
  },
  rename: { t: 'temperature' },
  drop: ['note'],
  constants: { plant: 'north', number: 7, spare: true, code: '12' },
  nullTokens: ['NA', '-'],
  decimalComma: true,
  types: { t: 'number' },
  rejects: { policy: 'stop', after: 5 },
});

test('a mapping that says everything comes back as it was', () => {
  const form = formOf({ ...nothing, suggestion: complete });
  expect(mappingOf(form, complete)).toEqual(complete);
  expect(mappingOf({ ...form, rejectPolicy: 'skip' }, complete).rejects).toBeUndefined();
  const bySchema = mappingSchema.parse({ timestamp: { from: 'schema', column: 'timestamp' } });
  expect(mappingOf(formOf({ ...nothing, suggestion: bySchema }), bySchema)).toEqual(bySchema);
});

test('what is taken back is in the mapping no more', () => {
  const form = {
    ...formOf({ ...nothing, suggestion: complete }),
    ...{ metricKind: 'constant' as const, metricValue: 'x', moreColumns: [], unit: 'ms' as const, rename: { t: ' ' }, drop: [], types: {} },
    ...{ constants: [{ name: '', value: 'lost' }], nullTokens: ' , ', decimalComma: false },
  };
  const mapping = mappingOf(form, complete);
  expect(mapping).toMatchObject({ metricType: { kind: 'constant', value: 'x' }, rename: {}, drop: [], constants: {} });
  expect(Object.keys(mapping)).not.toEqual(expect.arrayContaining(['types', 'nullTokens', 'decimalComma']));
  expect(Object.keys(mapping.timestamp).sort()).toEqual(['column', 'patterns', 'timeOfDay']);
});

test('constants are numbers and truth values where they are written as such, and texts else', () => {
  const constants = ['7', '-1.5', '007', '1e400', 'true', 'north', ''].map((value, at) => ({ name: `c${String(at)}`, value }));
  const form = { ...formOf({ ...nothing, suggestion }), constants };
  expect(Object.values(mappingOf(form, suggestion).constants)).toEqual([7, -1.5, '007', '1e400', true, 'north', '']);
});

test('what the schema says need not be said again', () => {
  const form = { ...formOf({ ...nothing, suggestion: mappingSchema.parse({}), missing: ['metricType', 'timestamp'] }) };
  expect(missingAnswers({ ...form, metricKind: 'schema', timeFrom: 'schema' }, nothing)).toEqual([]);
  expect(missingAnswers({ ...form, metricKind: 'schema' }, nothing)).toEqual(['timestamp']);
});

test('columns that another delimiter takes away are mapped no more', () => {
  const before = {
    ...formOf({ ...nothing, suggestion: complete }),
    drop: ['date', 'note'],
    types: { date: 'text' as const, t: 'number' as const },
  };
  const after = formAfterFormat(before, { ...nothing, suggestion });
  expect([after.drop, after.types, after.moreColumns, after.nullTokens]).toEqual([['date'], { date: 'text' }, [], 'NA, -']);
});

test('the zone of a pattern is read and written behind it', () => {
  expect(['uuuu-MM-dd@ UTC+1', 'uuuu@Europe/Berlin ', 'uuuu'].map(zoneOf)).toEqual(['UTC+1', 'Europe/Berlin', '']);
  expect(withZone('uuuu-MM-dd@ UTC+1', ' Europe/Berlin ')).toBe('uuuu-MM-dd@ Europe/Berlin');
  expect([withZone('uuuu@ UTC+1', ''), withZone('', 'UTC+1')]).toEqual(['uuuu', '']);
});
