import { expect, test } from 'vitest';
import { connectionChangeSchema, connectionInputSchema } from '../../../../shared/contract/connections.ts';
import { additionOf, changeOf, formOfConnection, lacksSecrets } from '../../../../renderer/stores/connection-form.ts';
import { lacksKeys } from '../../../../renderer/stores/bucket-form.ts';
import { productionConnection } from '../../../fakes/fake-data.ts';

const secrets = { apiKey: 'k', accessKeyId: 'i', secretAccessKey: 's', sessionToken: '' };

test('a new connection is what the contract takes, with its default limits', () => {
  const input = additionOf({ ...formOfConnection(undefined), name: ' Plant ', secrets });
  expect(connectionInputSchema.parse(input)).toMatchObject({
    name: 'Plant',
    root: 'https://api.fineo.io',
    limits: {},
    secrets: { apiKey: 'k' },
  });
  expect(input.secrets).not.toHaveProperty('sessionToken');
});

test('secrets that are left empty are kept', () => {
  const form = formOfConnection(productionConnection);
  expect(lacksSecrets(form, true)).toBe(false);
  const change = { ...changeOf(form, productionConnection), id: 'production' };
  expect(change).not.toHaveProperty('secrets');
  expect(connectionChangeSchema.parse(change).limits).toEqual(productionConnection.limits);
});

test('a key is never saved with the secret of another', () => {
  const form = formOfConnection(productionConnection);
  expect(lacksSecrets({ ...form, secrets: { ...secrets, secretAccessKey: '' } }, true)).toBe(true);
  expect(lacksSecrets({ ...form, secrets }, true)).toBe(false);
  expect(lacksSecrets(formOfConnection(undefined), false)).toBe(true);
});

test('a bucket is kept with its connection, what has no field included, and goes when its name is emptied', () => {
  const before = { ...productionConnection, objectStore: { bucket: 'rows', prefix: 'a', pathStyle: true, gzipLevel: 1 } };
  const form = formOfConnection(before);
  expect(connectionChangeSchema.parse({ ...changeOf(form, before), id: 'p' }).objectStore).toEqual(before.objectStore);
  const larger = { ...form, bucket: { ...form.bucket, objectMb: '500', gzipLevel: '' } };
  expect(connectionChangeSchema.parse({ ...changeOf(larger, before), id: 'p' }).objectStore).toMatchObject({ gzipLevel: 3, objectMb: 500 });
  const emptied = { ...form, bucket: { ...form.bucket, bucket: ' ' } };
  expect(changeOf(emptied, before).objectStore).toBeNull();
});

test('keys of the bucket are saved with all other secrets, or not at all', () => {
  const form = formOfConnection(productionConnection);
  const withKeys = { ...form, bucket: { ...form.bucket, keys: { accessKeyId: 'b', secretAccessKey: 'c', sessionToken: '' } } };
  expect(lacksSecrets(withKeys, true)).toBe(true);
  expect(changeOf({ ...withKeys, secrets }, productionConnection).secrets).toEqual({
    ...{ apiKey: 'k', accessKeyId: 'i', secretAccessKey: 's' },
    objectStore: { accessKeyId: 'b', secretAccessKey: 'c' },
  });
  expect(lacksKeys({ ...withKeys.bucket, keys: { ...withKeys.bucket.keys, secretAccessKey: '' } })).toBe(true);
});
