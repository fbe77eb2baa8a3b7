/** The test of a bucket: does what sending does, with one small object, and says which permission is missing. */
import type { ConnectionCheck } from '../../../shared/contract/connections.ts';
import type { ErrorCode } from '../../../shared/error-codes.ts';
import { bucketActions } from '../../../shared/model/bucket-policy.ts';
import { UploaderError } from '../errors.ts';
import { objectBody, type ObjectClient, type OpenUpload } from './s3-client.ts';

/** The last part of the key of the object that is put, and removed again. Always the same, so that there is never more than one. */
export const bucketCheckName = 'fineo-uploader-check.txt';

type Part = Extract<ConnectionCheck['part'], `bucket${string}`>;
const body = objectBody(Buffer.from('Put by the test of this bucket; it may be removed.\n'));
const parts = ['bucketList', 'bucketPut', 'bucketGet', 'bucketMultipart'] as const satisfies readonly Part[];

/** What a permission cannot mend; the parts after it would only say the same. */
const endsAll: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'bucket-missing',
  'clock-skewed',
  'credentials-missing',
  'credentials-refused',
  'rate-limited',
  'server-failing',
  'server-timeout',
  'server-unreachable',
]);

type Tried<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'failed'; readonly error: UploaderError };

async function tried<T>(action: Promise<T>): Promise<Tried<T>> {
  try {
    return { kind: 'done', value: await action };
  } catch (error) {
    if (error instanceof UploaderError) return { kind: 'failed', error };
    throw error;
  }
}

const passed = (part: Part, detail: string): ConnectionCheck => ({ part, outcome: 'passed', detail });
const skipped = (part: Part, detail: string): ConnectionCheck => ({ part, outcome: 'skipped', detail });

const failed = (part: Part, error: UploaderError, actions: readonly string[]): ConnectionCheck => ({
  part,
  outcome: 'failed',
  failure: error.toFailure(),
  detail: error.code === 'bucket-forbidden' ? `missing: ${actions.join(', ')}` : error.message,
});

/** In the order of `ConnectionCheck.part`. @param key of the object that is put and removed; `list` looks beside it */
export async function checkBucket(client: ObjectClient, key: string): Promise<readonly ConnectionCheck[]> {
  const list = await tried(client.list(key));
  if (list.kind === 'failed' && endsAll.has(list.error.code)) {
    return parts.map((part, index) =>
      index === 0 ? failed(part, list.error, []) : skipped(part, 'cannot be told before the bucket answers'),
    );
  }
  const put = await tried(client.put(key, body));
  const checks = [
    list.kind === 'done' ? passed('bucketList', 'these keys may list the bucket') : failed('bucketList', list.error, [bucketActions.list]),
    put.kind === 'done' ? passed('bucketPut', 'these keys may put objects') : failed('bucketPut', put.error, [bucketActions.put]),
    put.kind === 'done' ? await checkGet(client, key) : skipped('bucketGet', 'cannot be told before an object may be put'),
    put.kind === 'done' ? await checkMultipart(client, key) : skipped('bucketMultipart', 'cannot be told before an object may be put'),
  ];
  // Sending removes nothing, so this permission may be missing; then the object stays, and the next test replaces it.
  if (put.kind === 'done') await tried(client.remove(key));
  return checks;
}

async function checkGet(client: ObjectClient, key: string): Promise<ConnectionCheck> {
  const got = await tried(client.head(key));
  if (got.kind === 'failed') return failed('bucketGet', got.error, [bucketActions.get]);
  if (got.value?.bytes === body.bytes.length) return passed('bucketGet', 'these keys may look at objects');
  return failed('bucketGet', new UploaderError('object-incomplete', 'what was put is not what the bucket holds'), []);
}

/** Everything that an upload in parts takes but its completion, which is another put. */
async function checkMultipart(client: ObjectClient, key: string): Promise<ConnectionCheck> {
  const begun = await tried(client.createUpload(key));
  if (begun.kind === 'failed') return failed('bucketMultipart', begun.error, [bucketActions.put]);
  const upload: OpenUpload = { key, uploadId: begun.value };
  const results = [
    [bucketActions.put, await tried(client.uploadPart(upload, 1, body))],
    [bucketActions.parts, await tried(client.listParts(upload))],
    [bucketActions.uploads, await tried(client.listUploads(key))],
    [bucketActions.abort, await tried(client.abortUpload(upload))],
  ] as const;
  const problems = results.flatMap(([action, result]) => (result.kind === 'failed' ? [{ action, error: result.error }] : []));
  const [first] = problems;
  if (first === undefined) return passed('bucketMultipart', 'these keys may send in parts');
  return failed('bucketMultipart', first.error, [...new Set(problems.map(({ action }) => action))]);
}
