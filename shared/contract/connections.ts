import { z } from 'zod';
import { countSchema, failureSchema, idSchema } from './common.ts';
import { objectSecretsSchema, objectStoreSchema } from './object-store.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
export const timetableEntrySchema = z.strictObject({
  /** 0: Sunday … 6: Saturday; of the beginning, where it goes past midnight. */
  days: z.array(z.number().int().min(0).max(6)).min(1).max(7),
  /** HH:mm of local time. */
  from: timeOfDay,
  /** HH:mm; at or before `from`: of the next day. */
  to: timeOfDay,
  /** 0: nothing is sent; null: as much as goes. */
  bytesPerSecond: z.number().int().min(0).nullable(),
});
export type TimetableEntry = z.infer<typeof timetableEntrySchema>;

const bounds = {
  requestsPerSecond: z.number().positive().max(100_000),
  burst: countSchema.min(1).max(1_000_000),
  /** By the stream route; by the batch route, whose requests are large, at most 3 of them. */
  concurrentRequests: countSchema.min(1).max(64),
  maxStreamRequestBytes: countSchema.min(1_000),
  maxStreamEvents: countSchema.min(1).max(500),
  maxBatchRequestBytes: countSchema.min(1_000),
  maxEventBytes: countSchema.min(100),
  /** Bytes of request bodies a second; null: as much as goes. */
  bytesPerSecond: z.number().int().min(1_000).nullable(),
  /** In place of `bytesPerSecond`, in these hours; the first that fits counts. */
  timetable: z.array(timetableEntrySchema).max(50),
};

/** What a connection may take at once. Defaults: fineo-api.md, Limits. */
export const limitsSchema = z.strictObject({
  requestsPerSecond: bounds.requestsPerSecond.default(200),
  burst: bounds.burst.default(500),
  concurrentRequests: bounds.concurrentRequests.default(8),
  maxStreamRequestBytes: bounds.maxStreamRequestBytes.default(1_000_000),
  maxStreamEvents: bounds.maxStreamEvents.default(500),
  maxBatchRequestBytes: bounds.maxBatchRequestBytes.default(5_000_000),
  maxEventBytes: bounds.maxEventBytes.default(375_000),
  bytesPerSecond: bounds.bytesPerSecond.default(null),
  timetable: bounds.timetable.default([]),
});

/** Some limits; those left out stay what they are. */
export const limitsChangeSchema = z.strictObject(bounds).partial();
export type Limits = z.infer<typeof limitsSchema>;

export const rootSchema = z
  .url({ protocol: /^https?$/, error: 'an http or https address is needed, for example https://api.fineo.io' })
  .refine((url) => !new RegExp('^[a-z]+://[^/]*@').test(url), 'credentials do not belong in an address')
  .transform((url) => url.replace(/\/+$/, ''));

const endpointShape = {
  name: z.string().trim().min(1).max(100),
  root: rootSchema,
  stage: z
    .string()
    .regex(/^[\w-]+$/)
    .default('v1'),
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .default('us-east-1'),
};

/** Where to send, and how much; never a secret. */
export const connectionSchema = z.strictObject({
  id: idSchema,
  ...endpointShape,
  limits: limitsSchema,
  /** The bucket for whole files; absent: there is none. */
  objectStore: objectStoreSchema.optional(),
  /** True for the connection of the embedded sandbox. */
  isSandbox: z.boolean(),
  /** Which secrets are kept for it. Secrets go in and never come out. */
  savedSecrets: z.strictObject({ apiKey: z.boolean(), keyPair: z.boolean(), sessionToken: z.boolean() }),
});
export type Connection = z.infer<typeof connectionSchema>;

/** Input only: the engine's hosts keep them in a vault and never send them back. */
export const secretsSchema = z.strictObject({
  apiKey: z.string().trim().min(1).max(4_096),
  accessKeyId: z.string().trim().min(1).max(4_096),
  secretAccessKey: z.string().trim().min(1).max(4_096),
  sessionToken: z.string().trim().min(1).max(16_384).optional(),
  /** Of the bucket; absent: those above are for it as well. */
  objectStore: objectSecretsSchema.optional(),
});
export type Secrets = z.infer<typeof secretsSchema>;

export const connectionInputSchema = z.strictObject({
  ...endpointShape,
  limits: limitsChangeSchema.default({}),
  objectStore: objectStoreSchema.optional(),
  secrets: secretsSchema,
});

export const connectionChangeSchema = z.strictObject({
  id: idSchema,
  ...endpointShape,
  limits: limitsChangeSchema.default({}),
  /** Absent: it stays; null: none from now on. */
  objectStore: objectStoreSchema.nullable().optional(),
  /** Absent: the saved ones stay. */
  secrets: secretsSchema.optional(),
});

/** One part of a connection test, each by itself. */
export const connectionCheckSchema = z.strictObject({
  part: z.enum([
    ...(['reachable', 'clock', 'apiKey', 'signature', 'streamPermission', 'batchPermission', 'schemaPermission'] as const),
    /** Of the bucket, where there is one. */
    ...(['bucketList', 'bucketPut', 'bucketGet', 'bucketMultipart'] as const),
  ]),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  failure: failureSchema.optional(),
  detail: z.string(),
});
export type ConnectionCheck = z.infer<typeof connectionCheckSchema>;
