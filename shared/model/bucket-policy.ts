/** The policies that a bucket needs, to be copied. Source: fineo-api.md, "Writing: batch"; Amazon S3, "Actions, resources, and condition keys". */

/** What reads objects on behalf of the service. */
const serviceRole = 'arn:aws:iam::766732214526:role/Fineo-BatchIngest';

/** What sending takes, by the part of it that does not work without. */
export const bucketActions = {
  list: 's3:ListBucket',
  put: 's3:PutObject',
  get: 's3:GetObject',
  parts: 's3:ListMultipartUploadParts',
  uploads: 's3:ListBucketMultipartUploads',
  abort: 's3:AbortMultipartUpload',
} as const;

export interface BucketPolicies {
  /** Of the bucket: lets the service read what is sent. Not needed where nobody is told of the objects. JSON. */
  readonly service: string;
  /** Of the user or role whose keys send. JSON. */
  readonly keys: string;
}

const partitionOf = (region: string): string => (region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');

/** @param prefix before the key of every object; only what lies below it is allowed */
export function bucketPolicies({
  bucket,
  prefix,
  region,
}: {
  readonly bucket: string;
  readonly prefix: string;
  readonly region: string;
}): BucketPolicies {
  const whole = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const objects = `${whole}/${prefix === '' ? '' : `${prefix}/`}*`;
  const statement = (Sid: string, Action: readonly string[], Resource: string, more: object = {}) => ({
    ...{ Sid, Effect: 'Allow', ...more, Action, Resource },
  });
  const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement }, undefined, 2);
  const service = { Principal: { AWS: serviceRole } };
  const { list, put, get, parts, uploads, abort } = bucketActions;
  return {
    service: policy(
      statement('FineoReadsObjects', [get], objects, service),
      statement('FineoFindsObjects', [list, 's3:GetBucketLocation'], whole, service),
    ),
    keys: policy(
      statement('UploaderWritesObjects', [put, get, parts, abort], objects),
      statement('UploaderSeesTheBucket', [list, uploads], whole),
    ),
  };
}
