/** The options that name a bucket. */
import { numberFrom } from './number-option.ts';
import { objectUploadSchema, type BucketChoice } from '../../../shared/contract/object-store.ts';
import type { EndpointOptions } from '../destination.ts';

const { bucket, prefix, endpoint, region, gzipLevel, objectMb } = objectUploadSchema.shape;

export const bucketFlagShapes = {
  bucket: bucket.unwrap(),
  prefix: prefix.unwrap(),
  s3Endpoint: endpoint.unwrap(),
  s3Region: region.unwrap(),
  gzipLevel: numberFrom(gzipLevel.unwrap()),
  objectMb: numberFrom(objectMb.unwrap()),
};

export interface BucketFlags {
  readonly bucket?: string | undefined;
  readonly prefix?: string | undefined;
  readonly s3Endpoint?: string | undefined;
  readonly s3Region?: string | undefined;
  readonly gzipLevel?: number | undefined;
  readonly objectMb?: number | undefined;
}

/** Only what was given. */
export function bucketChoiceOf(flags: BucketFlags): BucketChoice {
  const { s3Endpoint, s3Region } = flags;
  const all = {
    ...{ bucket: flags.bucket, prefix: flags.prefix, gzipLevel: flags.gzipLevel, objectMb: flags.objectMb },
    ...{ endpoint: s3Endpoint, region: s3Region },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const amazonRoot = 'https://s3.amazonaws.com';

/** What stands for a service where there is nothing but the bucket. */
export const bucketEndpoint = ({ s3Endpoint, s3Region }: BucketFlags): EndpointOptions => ({
  root: s3Endpoint ?? amazonRoot,
  stage: 'v1',
  region: s3Region ?? 'us-east-1',
});
