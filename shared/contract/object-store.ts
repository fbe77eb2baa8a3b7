/** The bucket of a connection: where whole files go by the S3 route. */
import { z } from 'zod';

const rootSchema = z.url({ protocol: /^https?$/, error: 'an http or https address is needed, for example https://s3.example.com' });

const settings = {
  bucket: z.string().trim().min(1).max(255),
  /** Before the key of every object, without a slash at either end; may be empty. */
  prefix: z
    .string()
    .max(500)
    .transform((text) => text.replace(/^\/+|\/+$/g, '')),
  /** Absent: Amazon S3. */
  endpoint: rootSchema
    .refine((url) => !new RegExp('^[a-z]+://[^/]*@').test(url), 'credentials do not belong in an address')
    .transform((url) => url.replace(/\/+$/, '')),
  /** Absent: that of the connection. */
  region: z.string().regex(/^[a-z0-9-]+$/),
  /** The bucket in the path of the address (`true`) or in its host name. Absent: as the endpoint needs it. */
  pathStyle: z.boolean(),
  /** 1: fast … 9: small; 0: not compressed. */
  gzipLevel: z.number().int().min(0).max(9),
  /** A larger file becomes several objects of so many million bytes before they are compressed, cut after rows. Absent: one, however large. */
  objectMb: z.number().int().min(1).max(1_000_000),
};

export const defaultGzipLevel = 3;

export const objectStoreSchema = z.strictObject({
  bucket: settings.bucket,
  prefix: settings.prefix.default(''),
  endpoint: settings.endpoint.optional(),
  region: settings.region.optional(),
  pathStyle: settings.pathStyle.optional(),
  gzipLevel: settings.gzipLevel.default(defaultGzipLevel),
  objectMb: settings.objectMb.optional(),
});

/** Some settings of a bucket; what is left out is the connection's. */
export const bucketChoiceSchema = z.strictObject(settings).partial();
export type BucketChoice = z.infer<typeof bucketChoiceSchema>;

/** For one upload, in place of what the connection says; what is left out is the connection's. */
export const objectUploadSchema = z.strictObject({
  ...bucketChoiceSchema.shape,
  /** Tell the service of each object and wait until it has received it. `false`: the object in the bucket is the end. */
  reference: z.boolean().default(true),
  /** The bytes of the file as they are, whatever the mapping says; its rows are counted and not checked. */
  untouched: z.boolean().default(false),
});
export type ObjectUpload = z.infer<typeof objectUploadSchema>;

/** Everything that is settled for a file before it goes to a bucket. */
export const objectTargetSchema = z.strictObject({
  ...objectStoreSchema.shape,
  region: settings.region,
  reference: z.boolean(),
  untouched: z.boolean(),
});
export type ObjectTarget = z.infer<typeof objectTargetSchema>;

/** Keys of the bucket, where those of the connection are not for it. */
export const objectSecretsSchema = z.strictObject({
  accessKeyId: z.string().trim().min(1).max(4_096),
  secretAccessKey: z.string().trim().min(1).max(4_096),
  sessionToken: z.string().trim().min(1).max(16_384).optional(),
});
