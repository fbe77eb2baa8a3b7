import { expect, test } from 'vitest';
import { draftState, mappingOfDraft, whyBlocked, type DraftFile } from '../../../../renderer/stores/draft-file.ts';
import { formOf } from '../../../../renderer/stores/mapping-form.ts';
import { productionConnection, sandboxConnection, weatherInspection } from '../../../fakes/fake-data.ts';

const inspection = weatherInspection('/samples/a.csv', undefined);
const form = formOf(inspection);
const ready: DraftFile = {
  id: '1',
  name: 'a.csv',
  sizeBytes: 10,
  path: '/samples/a.csv',
  handedOverBytes: 0,
  inspection,
  form,
  failure: undefined,
  reading: false,
};
const lacking = (...missing: ('metricType' | 'timestamp')[]): DraftFile => ({
  ...ready,
  name: 'b.csv',
  form: {
    ...form,
    ...(missing.includes('metricType') && { metricValue: '' }),
    ...(missing.includes('timestamp') && { timestampColumn: '' }),
  },
});
const why = (...args: Parameters<typeof whyBlocked>) => whyBlocked(...args)?.key;

test('a complete upload may be sent', () => {
  expect(whyBlocked([ready], productionConnection)).toBeUndefined();
  expect(whyBlocked([ready], sandboxConnection)).toBeUndefined();
});

test('what keeps it from being sent is said, with the name of the file', () => {
  expect(why([], productionConnection)).toBe('upload.blocked.noFiles');
  expect(why([ready], undefined)).toBe('upload.blocked.noConnection');
  expect(why([{ ...ready, reading: true }], productionConnection)).toBe('upload.blocked.busy');
  expect(whyBlocked([ready, lacking('metricType')], productionConnection)).toEqual({
    key: 'upload.blocked.metricType',
    values: { name: 'b.csv' },
  });
  expect(why([lacking('timestamp')], productionConnection)).toBe('upload.blocked.timestamp');
  expect(why([lacking('metricType', 'timestamp')], productionConnection)).toBe('upload.blocked.both');
  expect(why([{ ...ready, failure: { code: 'gzip-corrupt', message: '', context: {} } }], productionConnection)).toBe(
    'upload.blocked.refused',
  );
});

test('a file goes from handed over to read to ready', () => {
  expect(draftState({ ...ready, path: undefined })).toBe('handing-over');
  expect(draftState({ ...ready, inspection: undefined })).toBe('reading');
  expect(draftState(lacking('timestamp'))).toBe('needs');
  expect(draftState(ready)).toBe('ready');
});

test('a constant of a mapping that is a text of digits stays a text, and one that is typed in is the number it looks like', () => {
  const base = { ...inspection.suggestion, constants: { code: '12', flag: 'true', number: 12 } };
  const taken: DraftFile = { ...ready, base, form: formOf({ ...inspection, suggestion: base }) };
  expect(mappingOfDraft(taken)?.constants).toEqual({ code: '12', flag: 'true', number: 12 });
  const typed = taken.form && { ...taken.form, constants: [...taken.form.constants, { name: 'line', value: '7' }] };
  expect(mappingOfDraft({ ...taken, form: typed })?.constants).toEqual({ code: '12', flag: 'true', number: 12, line: 7 });
  const changed = taken.form && { ...taken.form, constants: [{ name: 'code', value: '13' }] };
  expect(mappingOfDraft({ ...taken, form: changed })?.constants).toEqual({ code: 13 });
});
