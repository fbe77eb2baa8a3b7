/** The shapes of requests and answers: the sandbox validates with them, and the OpenAPI document is generated from them. */
import { z } from 'zod';
import { faultSchema, sandboxErrorSchema, sandboxRowsSchema, sandboxTableSchema } from '../../shared/contract/sandbox.ts';
import { countSchema } from '../../shared/contract/common.ts';
import { fieldTypes } from './field-types.ts';

const name = z.string().min(1).max(512);
const names = z.array(name);

export const eventSchema = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .describe('A flat JSON object with a metric type and a timestamp. Its other members are fields.');
export const eventsSchema = z.array(eventSchema).min(1).describe('At most 500 events in a stream request.');
export const batchSchema = z.array(eventSchema);

export const nothingSchema = z.object({});

export const streamAnswerSchema = z.object({
  failedRecordCount: countSchema.optional(),
  records: z
    .array(z.object({ ErrorCode: z.string().nullish(), ErrorMessage: z.string().nullish() }))
    .optional()
    .describe('One for each event, in their order. Without an ErrorCode it was accepted.'),
});

export const filePathSchema = z.object({ filePath: z.string().regex(/^s3:\/\/[^/]+\/.*$/, 'filePath must be s3://<bucket>/<key>') });

export const schemaAnswerSchema = z.object({ timestampPatterns: z.array(z.string()), metricKeys: z.array(z.string()) });
export const schemaChangeSchema = z.object({
  timestampPatterns: names.optional(),
  metricTypeKeys: names.optional(),
  metricKeys: names.optional().describe('The same as metricTypeKeys, which counts when both are there.'),
});
export const metricsAnswerSchema = z.object({ metricmap: z.record(z.string(), z.string()).describe('Id → display name.') });
export const newMetricSchema = z.object({ metricName: name, aliases: names.optional() });
export const metricQuerySchema = z.object({ metricName: name });
const fieldAnswerShape = { name: z.string(), aliases: z.array(z.string()), type: z.enum(fieldTypes) };
export const metricAnswerSchema = z.object({
  name: z.string(),
  aliases: z.array(z.string()),
  timestampPatterns: z.array(z.string()),
  fields: z.array(z.object(fieldAnswerShape)).describe('The timestamp field among them.'),
});
export const metricChangeSchema = z.object({
  metricName: name,
  newDisplayName: name.optional(),
  aliases: names.optional().describe('Added to those there are.'),
  timestampPatterns: names.optional(),
});
export const metricNameSchema = z.object({ metricName: name });
export const newFieldSchema = z.object({
  metricName: name,
  fieldName: name,
  fieldType: z
    .string()
    .min(1)
    .describe('STRING, VARCHAR, BOOLEAN, INTEGER, INT, SMALLINT, LONG, BIGINT, FLOAT, DOUBLE, DOUBLE PRECISION, BINARY or BYTES.'),
  aliases: names.optional(),
});
export const fieldQuerySchema = z.object({ metricName: name, fieldName: name });
export const fieldAnswerSchema = z.object(fieldAnswerShape);
export const fieldChangeSchema = z.object({
  metricName: name,
  fieldName: name.describe('`timestamp` to give the timestamp field aliases.'),
  newDisplayName: name.optional(),
  aliases: names.optional().describe('Added to those there are.'),
});

export const errorAnswerSchema = z
  .object({
    type: z.string().optional(),
    message: z.string().optional(),
    Message: z.string().optional(),
    'request-id': z.string().optional(),
  })
  .describe('The service gives type, message and request-id; the gateway in front of it message alone.');

const pageNumber = (fallback: number, maximum: number) => z.coerce.number().int().min(0).max(maximum).default(fallback);
export const pageQuerySchema = z.object({ offset: pageNumber(0, Number.MAX_SAFE_INTEGER), limit: pageNumber(100, 10_000) });
export const tablesAnswerSchema = z.strictObject({ tables: z.array(sandboxTableSchema) });
export const rowsAnswerSchema = z.strictObject({
  ...sandboxRowsSchema.shape,
  rows: z.array(z.strictObject({ ...sandboxRowsSchema.shape.rows.element.shape, event: z.string().describe('The event as it was sent.') })),
});
export const errorsAnswerSchema = z.strictObject({ errors: z.array(sandboxErrorSchema), total: countSchema });
export const statsSchema = z.strictObject({
  rows: countSchema,
  errors: countSchema,
  requests: countSchema,
  /** Since the sandbox was started. */
  operations: z.array(z.strictObject({ operation: z.string(), status: countSchema.describe('0: never answered.'), requests: countSchema })),
  maxWritesPerSecond: countSchema.describe('The most write requests that arrived within any one second.'),
});
export type SandboxStats = z.infer<typeof statsSchema>;
export const faultsSchema = z.strictObject({ faults: z.array(faultSchema).max(20) });
