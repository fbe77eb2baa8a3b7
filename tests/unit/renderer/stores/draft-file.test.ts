import { expect, test } from 'vitest';
import { draftState, whyBlocked, type DraftFile } from '../../../../renderer/stores/draft-file.ts';
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
