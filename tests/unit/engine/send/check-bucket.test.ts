import { describe, expect, it } from 'vitest';
import { UploaderError } from '../../../../electron/engine/errors.ts';
import { checkBucket } from '../../../../electron/engine/send/check-bucket.ts';
import type { ObjectClient } from '../../../../electron/engine/send/s3-client.ts';
import type { HoldCode } from '../../../../shared/error-codes.ts';

/** A bucket in which these operations fail, and what was asked of it. */
function bucket(refused: Partial<Record<keyof ObjectClient, HoldCode>>) {
  const calls: string[] = [];
  let bytes = 0;
  const answer = <T>(name: keyof ObjectClient, value: T): Promise<T> => {
    calls.push(name);
    const code = refused[name];
    return code === undefined ? Promise.resolve(value) : Promise.reject(new UploaderError(code, `no ${name}`));
  };
  const client: ObjectClient = {
    put: (_key, body) => {
      bytes = body.bytes.length;
      return answer('put', { etag: body.md5, at: 0 });
    },
    createUpload: () => answer('createUpload', 'u1'),
    uploadPart: (_upload, _number, body) => answer('uploadPart', { etag: body.md5 }),
    completeUpload: () => answer('completeUpload', undefined),
    abortUpload: () => answer('abortUpload', undefined),
    listParts: () => answer('listParts', []),
    listUploads: () => answer('listUploads', []),
    head: () => answer('head', { etag: undefined, bytes, modifiedAt: 0 }),
    list: () => answer('list', []),
    remove: () => answer('remove', undefined),
    location: () => answer('location', 'us-east-1'),
  };
  return { calls, check: () => checkBucket(client, 'p/check.txt') };
}

const outcomes = async (refused: Partial<Record<keyof ObjectClient, HoldCode>>) =>
  (await bucket(refused).check()).map(({ part, outcome, detail }) => [part, outcome, detail]);

describe('the test of a bucket', () => {
  it('passes where everything is allowed, and leaves nothing behind', async () => {
    const { calls, check } = bucket({});
    expect((await check()).map(({ part, outcome }) => [part, outcome])).toEqual([
      ['bucketList', 'passed'],
      ['bucketPut', 'passed'],
      ['bucketGet', 'passed'],
      ['bucketMultipart', 'passed'],
    ]);
    expect(calls).toEqual(['list', 'put', 'head', 'createUpload', 'uploadPart', 'listParts', 'listUploads', 'abortUpload', 'remove']);
  });

  it.each([
    ['list', 0, 's3:ListBucket'],
    ['put', 1, 's3:PutObject'],
    ['head', 2, 's3:GetObject'],
    ['listParts', 3, 's3:ListMultipartUploadParts'],
    ['listUploads', 3, 's3:ListBucketMultipartUploads'],
    ['abortUpload', 3, 's3:AbortMultipartUpload'],
  ] as const)('names the permission that %s wants', async (operation, at, action) => {
    const checks = await outcomes({ [operation]: 'bucket-forbidden' });
    expect(checks[at]?.slice(1)).toEqual(['failed', `missing: ${action}`]);
    expect(checks.filter(([, outcome]) => outcome === 'failed')).toHaveLength(1);
  });

  it('names all that uploads in parts want, and ends the one it began', async () => {
    const { calls, check } = bucket({ listParts: 'bucket-forbidden', listUploads: 'bucket-forbidden' });
    expect((await check())[3]?.detail).toBe('missing: s3:ListMultipartUploadParts, s3:ListBucketMultipartUploads');
    expect(calls).toContain('abortUpload');
  });

  it('does not mind that the object cannot be removed', async () => {
    expect((await outcomes({ remove: 'bucket-forbidden' })).every(([, outcome]) => outcome === 'passed')).toBe(true);
  });

  it('says once what no permission would mend', async () => {
    const checks = await outcomes({ list: 'bucket-missing', put: 'bucket-missing' });
    expect(checks.map(([, outcome]) => outcome)).toEqual(['failed', 'skipped', 'skipped', 'skipped']);
    expect(checks[0]?.[2]).toBe('no list');
  });
});
