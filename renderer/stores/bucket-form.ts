import type { Connection } from '../../shared/contract/connections.ts';
import type { CommandInput } from '../../shared/contract/contract.ts';
import { bucketPolicies, type BucketPolicies } from '../../shared/model/bucket-policy.ts';

export const bucketKeyNames = ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const;

/** The bucket of a connection while a person edits it; everything is text. Without a name there is none; an empty number is the default. */
export interface BucketForm {
  bucket: string;
  prefix: string;
  endpoint: string;
  region: string;
  gzipLevel: string;
  objectMb: string;
  /** Keys of its own, where those of the connection are not for it. */
  keys: Record<(typeof bucketKeyNames)[number], string>;
}

export const bucketFormOf = (store: Connection['objectStore']): BucketForm => ({
  bucket: store?.bucket ?? '',
  prefix: store?.prefix ?? '',
  endpoint: store?.endpoint ?? '',
  region: store?.region ?? '',
  gzipLevel: store === undefined ? '' : String(store.gzipLevel),
  objectMb: store?.objectMb === undefined ? '' : String(store.objectMb),
  keys: { accessKeyId: '', secretAccessKey: '', sessionToken: '' },
});

const numberIn = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));
const textIn = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** Undefined: there is none. What the form has no field for stays as it was. */
export function bucketOf(form: BucketForm, before: Connection['objectStore']): CommandInput<'connections.add'>['objectStore'] {
  const bucket = textIn(form.bucket);
  if (bucket === undefined) return undefined;
  return {
    ...{ bucket, prefix: form.prefix.trim(), endpoint: textIn(form.endpoint), region: textIn(form.region) },
    ...{ gzipLevel: numberIn(form.gzipLevel), objectMb: numberIn(form.objectMb), pathStyle: before?.pathStyle },
  };
}

export const areKeysEntered = ({ keys }: BucketForm): boolean => bucketKeyNames.some((name) => keys[name].trim() !== '');

/** One of a pair without the other. */
export const lacksKeys = (form: BucketForm): boolean =>
  areKeysEntered(form) && (form.keys.accessKeyId.trim() === '' || form.keys.secretAccessKey.trim() === '');

export const keysOf = ({ keys: { accessKeyId, secretAccessKey, sessionToken } }: BucketForm) => ({
  ...{ accessKeyId, secretAccessKey },
  ...(sessionToken.trim() !== '' && { sessionToken }),
});

/** To be copied; undefined as long as the bucket has no name. */
export function policiesOf({ bucket, prefix, region }: BucketForm, ofConnection: string): BucketPolicies | undefined {
  const name = textIn(bucket);
  if (name === undefined) return undefined;
  return bucketPolicies({ bucket: name, prefix: prefix.trim().replace(/^\/+|\/+$/g, ''), region: textIn(region) ?? ofConnection });
}
