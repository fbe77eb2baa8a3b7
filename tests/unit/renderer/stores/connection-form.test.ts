import { expect, test } from 'vitest';
import { connectionChangeSchema, connectionInputSchema } from '../../../../shared/contract/connections.ts';
import { additionOf, changeOf, formOfConnection, lacksSecrets } from '../../../../renderer/stores/connection-form.ts';
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
  const change = { ...changeOf(form), id: 'production' };
  expect(change).not.toHaveProperty('secrets');
  expect(connectionChangeSchema.parse(change).limits).toEqual(productionConnection.limits);
});

test('a key is never saved with the secret of another', () => {
  const form = formOfConnection(productionConnection);
  expect(lacksSecrets({ ...form, secrets: { ...secrets, secretAccessKey: '' } }, true)).toBe(true);
  expect(lacksSecrets({ ...form, secrets }, true)).toBe(false);
  expect(lacksSecrets(formOfConnection(undefined), false)).toBe(true);
});
