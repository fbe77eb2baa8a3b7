/** A managed stream that rows go to without the service: Kinesis Data Streams or Amazon Data Firehose. */
import { z } from 'zod';
import { rootSchema } from './connections.ts';

/** For one upload by a direct route. */
export const directStreamSchema = z.strictObject({
  /** Of the stream, in the account of the credentials. */
  name: z.string().regex(/^[\w.-]{1,128}$/, 'letters, digits, _ . and - are allowed, 128 at most'),
  /** Absent: Amazon's in the region. */
  endpoint: rootSchema.optional(),
  /** Absent: that of the connection. */
  region: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** Route kinesis: the column that decides the shard. Absent, and for rows without it: rows are spread evenly. */
  partitionKey: z.string().min(1).max(512).optional(),
});
export type DirectStream = z.infer<typeof directStreamSchema>;

/** Everything that is settled for a file before it goes to a stream. */
export const directTargetSchema = directStreamSchema.extend({ region: z.string() });
export type DirectTarget = z.infer<typeof directTargetSchema>;
