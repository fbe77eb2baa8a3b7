import { expect, test } from 'vitest';
import { defaultInclude, folderChangeSchema, folderInputSchema } from '../../../../shared/contract/folders.ts';
import { mappingSchema } from '../../../../shared/contract/mapping.ts';
import { defaultFolder } from '../../../../shared/model/default-folder.ts';
import { fileInFolder, folderInputOf, formOfFolder, whyFolderBlocked } from '../../../../renderer/stores/folder-form.ts';
import { fakeFolder, fakeFolders } from '../../../fakes/fake-folders.ts';

const path = '/var/log/plant';

test('a new folder opens with the defaults of the contract', () => {
  const { path: _, connectionId: __, ...filled } = folderInputSchema.parse({ path, connectionId: 'production' });
  expect(defaultFolder).toEqual(filled);
  expect(defaultFolder.include).toEqual(defaultInclude);
  const input = folderInputOf({ ...formOfFolder(undefined, 'production'), path }, undefined);
  expect(folderInputSchema.parse(input)).toEqual(folderInputSchema.parse({ path, connectionId: 'production' }));
});

test.each(fakeFolders)('$name is saved as it was when nothing was changed', (folder) => {
  const input = folderInputOf(formOfFolder(folder, 'sandbox'), folder.mapping);
  const saved = folderChangeSchema.parse({ ...input, id: folder.id });
  expect(folder).toMatchObject(saved);
});

test('a file that grows is never moved or deleted, whatever was chosen before', () => {
  const form = { ...formOfFolder(undefined, 'production'), path, mode: 'rows', after: 'delete' } as const;
  expect(folderInputOf(form, undefined).after).toEqual({ kind: 'keep' });
  expect(folderInputOf({ ...form, mode: 'files' }, undefined).after).toEqual({ kind: 'delete' });
});

test('a mapping says the metric type itself, so that two answers cannot differ', () => {
  const form = { ...formOfFolder(fakeFolder({ metricType: 'press' }), 'production'), path };
  expect(folderInputOf(form, undefined).metricType).toBe('press');
  expect(folderInputOf(form, mappingSchema.parse({}))).not.toHaveProperty('metricType');
});

test('a sample is found in the folder of any system', () => {
  expect(fileInFolder('/data/lab/', '2026/run.csv')).toBe('/data/lab/2026/run.csv');
  expect(fileInFolder('C:\\data\\lab', '2026/run.csv')).toBe('C:\\data\\lab\\2026\\run.csv');
});

test('what is missing is asked for in the order of the form', () => {
  const form = formOfFolder(undefined, '');
  expect(whyFolderBlocked(form)).toBe('folderForm.blocked.path');
  expect(whyFolderBlocked({ ...form, path })).toBe('folderForm.blocked.connection');
  const connected = { ...form, path, connectionId: 'production' };
  expect(whyFolderBlocked(connected)).toBeUndefined();
  expect(whyFolderBlocked({ ...connected, taken: 'own' })).toBe('folderForm.blocked.include');
  expect(whyFolderBlocked({ ...connected, mode: 'files', after: 'move' })).toBe('folderForm.blocked.moveTo');
});
