import type { Connection, Limits } from '../../shared/contract/connections.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import { areKeysEntered, bucketFormOf, bucketOf, keysOf, type BucketForm } from './bucket-form.ts';
import { bandwidthFormOf, bandwidthOf, type BandwidthForm } from './bandwidth-form.ts';

export const limitNames = [
  'requestsPerSecond',
  'burst',
  'concurrentRequests',
  'maxStreamEvents',
  'maxStreamRequestBytes',
  'maxBatchRequestBytes',
  'maxEventBytes',
] as const satisfies readonly (keyof Limits)[];
export type LimitName = (typeof limitNames)[number];

export const secretNames = ['apiKey', 'accessKeyId', 'secretAccessKey', 'sessionToken'] as const;
export type SecretName = (typeof secretNames)[number];

/** A connection while a person edits it; everything is text. An empty limit is the default, an empty secret the saved one. */
export interface ConnectionForm {
  name: string;
  root: string;
  stage: string;
  region: string;
  secrets: Record<SecretName, string>;
  limits: Record<LimitName, string>;
  bandwidth: BandwidthForm;
  bucket: BucketForm;
}

/** What a new connection starts with; the hosted service's address is in fineo-api.md, Hosts. */
export const formOfConnection = (connection: Connection | undefined): ConnectionForm => ({
  name: connection?.name ?? '',
  root: connection?.root ?? 'https://api.fineo.io',
  stage: connection?.stage ?? 'v1',
  region: connection?.region ?? 'us-east-1',
  secrets: { apiKey: '', accessKeyId: '', secretAccessKey: '', sessionToken: '' },
  limits: Object.fromEntries(limitNames.map((name) => [name, connection === undefined ? '' : String(connection.limits[name])])) as Record<
    LimitName,
    string
  >,
  bandwidth: bandwidthFormOf(connection?.limits),
  bucket: bucketFormOf(connection?.objectStore),
});

const limitsOf = (form: ConnectionForm): Partial<Limits> => ({
  ...(Object.fromEntries(
    limitNames.flatMap((name) => (form.limits[name].trim() === '' ? [] : [[name, Number(form.limits[name])]])),
  ) as Partial<Limits>),
  ...bandwidthOf(form.bandwidth),
});

const isAnySecretEntered = (form: ConnectionForm) =>
  secretNames.some((name) => form.secrets[name].trim() !== '') || areKeysEntered(form.bucket);

/** Secrets are kept or replaced together, so that a key is never paired with another's secret. */
export const lacksSecrets = (form: ConnectionForm, mayKeep: boolean): boolean =>
  (!mayKeep || isAnySecretEntered(form)) &&
  (['apiKey', 'accessKeyId', 'secretAccessKey'] as const).some((name) => form.secrets[name].trim() === '');

const endpointOf = ({ name, root, stage, region }: ConnectionForm) => ({
  name: name.trim(),
  root: root.trim(),
  stage: stage.trim(),
  region: region.trim(),
});

const secretsOf = ({ secrets, bucket }: ConnectionForm): CommandInput<'connections.add'>['secrets'] => ({
  apiKey: secrets.apiKey,
  accessKeyId: secrets.accessKeyId,
  secretAccessKey: secrets.secretAccessKey,
  ...(secrets.sessionToken.trim() !== '' && { sessionToken: secrets.sessionToken }),
  ...(areKeysEntered(bucket) && { objectStore: keysOf(bucket) }),
});

export const additionOf = (form: ConnectionForm): CommandInput<'connections.add'> => ({
  ...endpointOf(form),
  limits: limitsOf(form),
  objectStore: bucketOf(form.bucket, undefined),
  secrets: secretsOf(form),
});

/** Without secrets when none was entered: the saved ones stay. */
export const changeOf = (form: ConnectionForm, before: Connection | undefined): Omit<CommandInput<'connections.update'>, 'id'> => ({
  ...endpointOf(form),
  limits: limitsOf(form),
  objectStore: bucketOf(form.bucket, before?.objectStore) ?? null,
  ...(isAnySecretEntered(form) && { secrets: secretsOf(form) }),
});
