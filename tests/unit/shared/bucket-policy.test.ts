import { expect, it } from 'vitest';
import { bucketActions, bucketPolicies } from '../../../shared/model/bucket-policy.ts';

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Principal?: { readonly AWS: string };
}
const statementsOf = (text: string): readonly Statement[] => (JSON.parse(text) as { readonly Statement: readonly Statement[] }).Statement;

it('the policies let the service read and the keys send, and nothing else', () => {
  const { service, keys } = bucketPolicies({ bucket: 'rows', prefix: 'plant 1', region: 'eu-west-1' });
  expect(statementsOf(service)).toMatchObject([
    { Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::rows/plant 1/*' },
    { Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: 'arn:aws:s3:::rows' },
  ]);
  for (const { Principal } of statementsOf(service)) expect(Principal?.AWS).toMatch(/role\/Fineo-BatchIngest$/);
  const allowed = statementsOf(keys);
  expect(allowed.flatMap(({ Action }) => Action).sort()).toEqual(Object.values(bucketActions).sort());
  expect(allowed.every(({ Principal }) => Principal === undefined)).toBe(true);
});

it('the policies name the partition of the region, and every object where there is no prefix', () => {
  const { keys } = bucketPolicies({ bucket: 'rows', prefix: '', region: 'cn-north-1' });
  expect(statementsOf(keys).map(({ Resource }) => Resource)).toEqual(['arn:aws-cn:s3:::rows/*', 'arn:aws-cn:s3:::rows']);
});
