/** The check before sending: what would become of every row of a file. */
import { z } from 'zod';
import { countSchema, failureSchema, idSchema, instantSchema, rejectCodeSchema } from './common.ts';
import { limitsChangeSchema } from './connections.ts';
import { mappingSchema } from './mapping.ts';
import { rejectOutcomes } from '../model/reject-policy.ts';
import { serviceRoutes } from '../model/route.ts';
import { fieldTypeSchema } from './schema.ts';

const exampleSchema = z.strictObject({
  line: countSchema,
  column: z.string(),
  /** One English sentence. */
  reason: z.string(),
  /** The row as it stands in the source, cut to 500 characters. */
  source: z.string(),
});

export const checkReportSchema = z.strictObject({
  rowsRead: countSchema,
  /** Would be sent. */
  rowsFit: countSchema,
  /** Would not be sent; `reasons` says why. */
  rowsRejected: countSchema,
  /** Would be sent and put among the malformed events by the service; in `reasons` too. */
  rowsMalformed: countSchema,
  /** UTF-8 bytes of the events. */
  eventBytes: countSchema,
  /** Requests that the rows make, by route. */
  requests: z.strictObject({ stream: countSchema, batch: countSchema }),
  /** By reason, the most frequent first, with at most 5 examples each. */
  reasons: z.array(z.strictObject({ code: rejectCodeSchema, rows: countSchema, examples: z.array(exampleSchema) })),
  /** Where rows land, the most frequent first; at most 1,000. */
  metrics: z.array(z.strictObject({ metric: z.string(), isKnown: z.boolean().optional(), rows: countSchema })),
  /** By field as it is sent. */
  columns: z.array(
    z.strictObject({
      name: z.string(),
      /** Display name in the schema, when it has the field under another one. */
      field: z.string().optional(),
      type: fieldTypeSchema.optional(),
      values: countSchema,
      /** Values that are not of the type: the service drops them without a word. */
      dropped: countSchema,
      /** Values without a field in the schema; kept, and readable once a field is made for them. */
      unknown: countSchema,
      /** Rows rejected because of this column. */
      rejected: countSchema,
      /** A value that is dropped, with its line. */
      example: z.strictObject({ line: countSchema, text: z.string() }).optional(),
    }),
  ),
  /** Earliest and latest time of the rows, milliseconds since 1970. */
  times: z.strictObject({ first: z.number(), last: z.number() }).optional(),
  /** False: the schema is not known, so that metric types, types and unknown fields were not looked at. */
  isSchemaKnown: z.boolean(),
  /** Patterns of the schema that are not known here. */
  unreadablePatterns: z.array(z.string()),
  seconds: z.number().nonnegative(),
});
export type CheckReport = z.infer<typeof checkReportSchema>;

export const routePlanSchema = z.strictObject({
  /** `s3` only where the connection has a bucket. */
  route: z.enum(serviceRoutes),
  requests: countSchema,
  bytes: countSchema,
  /** How long it will take at least, under rate, bandwidth and what was measured of this connection. */
  seconds: z.number().nonnegative(),
  /** What bounds it. */
  boundBy: z.enum(['rate', 'bandwidth', 'speed']),
  /** Sending a request twice leaves one copy of its rows. */
  isIdempotent: z.boolean(),
  recommended: z.boolean(),
  /** One English sentence. */
  reason: z.string(),
});
export type RoutePlan = z.infer<typeof routePlanSchema>;

export const checkFileSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  state: z.enum(['queued', 'running', 'done', 'refused', 'cancelled']),
  sizeBytes: countSchema,
  /** Of the file itself. */
  bytesRead: countSchema,
  rowsRead: countSchema,
  /** There when it is done; of what was read when it was cancelled. */
  report: checkReportSchema.optional(),
  failure: failureSchema.optional(),
  /** What the mapping's policy for rejected rows would do with the file, and from which rejected row on; there when it is done. */
  rejects: z.strictObject({ outcome: z.enum(rejectOutcomes), after: countSchema }).optional(),
});
export type CheckFile = z.infer<typeof checkFileSchema>;

export const checkJobSchema = z.strictObject({
  checkId: idSchema,
  state: z.enum(['running', 'done', 'cancelled']),
  files: z.array(checkFileSchema),
  /** When the schema that was checked against was read; absent: it is not known. */
  schemaReadAt: instantSchema.optional(),
  /** Why the schema could not be read now. */
  schemaFailure: failureSchema.optional(),
  /** For all files together; there when all are done. */
  routes: z.array(routePlanSchema),
});
export type CheckJob = z.infer<typeof checkJobSchema>;

export const startCheckSchema = z.strictObject({
  files: z
    .array(z.strictObject({ path: z.string().min(1), mapping: mappingSchema.optional() }))
    .min(1)
    .max(10_000),
  /** Whose schema and limits count; without one neither is looked at. */
  connectionId: idSchema.optional(),
  limits: limitsChangeSchema.optional(),
});
