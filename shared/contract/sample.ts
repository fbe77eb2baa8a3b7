/** The first rows of a file as the service would take them, and fields that the schema does not have. */
import { z } from 'zod';
import { countSchema, failureSchema, idSchema, instantSchema, rejectCodeSchema } from './common.ts';
import { mappingSchema } from './mapping.ts';
import { fieldTypeSchema } from './schema.ts';

const fieldLandings = ['typed', 'unknown', 'dropped'] as const;

export const sampleRowsSchema = z.strictObject({
  path: z.string().min(1),
  mapping: mappingSchema.optional(),
  /** Whose schema counts. */
  connectionId: idSchema,
});

const sampledFieldSchema = z.strictObject({
  /** As it is sent. */
  name: z.string(),
  /** Display name in the schema, when it has the field under another one. */
  field: z.string().optional(),
  /** `unknown`: kept without a type, not readable by it yet. `dropped`: not of the type, lost without a word. */
  state: z.enum(fieldLandings),
  type: fieldTypeSchema.optional(),
  /** Cut to 200 characters. */
  text: z.string(),
});

export const sampledRowSchema = z.strictObject({
  line: countSchema,
  /** As it stands in the source, cut to 500 characters. */
  source: z.string(),
  landing: z
    .strictObject({
      metric: z.string(),
      /** False: the schema has no such metric type; the service makes one. */
      isKnown: z.boolean(),
      /** Milliseconds since 1970. */
      epochMillis: z.number(),
      fields: z.array(sampledFieldSchema),
    })
    .optional(),
  /** Why it does not land. */
  reject: z.strictObject({ code: rejectCodeSchema, column: z.string(), reason: z.string() }).optional(),
});
export type SampledRow = z.infer<typeof sampledRowSchema>;

/** A field of rows that the schema does not have, as far as the rows that were looked at tell. */
export const unknownFieldSchema = z.strictObject({
  metric: z.string(),
  isMetricKnown: z.boolean(),
  /** Fields that the metric type has; none: nobody has given it a schema yet. */
  metricFields: countSchema,
  name: z.string(),
  /** Values among the rows that were looked at. */
  values: countSchema,
  /** At most 3, each cut to 100 characters. */
  examples: z.array(z.string()),
  /** What holds all of the values that were looked at. */
  type: fieldTypeSchema,
  /** Fields of the metric type that are called nearly so, the most alike first. */
  similar: z.array(z.string()),
});
export type UnknownField = z.infer<typeof unknownFieldSchema>;

/** A column whose values the service drops, as far as the rows that were looked at tell. */
export const droppedFieldSchema = z.strictObject({
  metric: z.string(),
  /** As it is sent. */
  name: z.string(),
  /** Display name in the schema. */
  field: z.string(),
  type: fieldTypeSchema,
  /** Values that are not of the type. */
  values: countSchema,
  /** At most 3, each cut to 100 characters. */
  examples: z.array(z.string()),
});
export type DroppedField = z.infer<typeof droppedFieldSchema>;

export const sampledFileSchema = z.strictObject({
  rows: z.array(sampledRowSchema),
  /** So many rows were looked at for `unknown`; `rows` shows the first of them. */
  rowsRead: countSchema,
  unknown: z.array(unknownFieldSchema),
  dropped: z.array(droppedFieldSchema),
});
export type SampledFile = z.infer<typeof sampledFileSchema>;

export const simulationSchema = z.strictObject({
  ...sampledFileSchema.shape,
  /** When the schema was read that the rows were held against. */
  schemaReadAt: instantSchema,
  /** Why the schema could not be read now; the rows were held against the one that is kept. */
  schemaFailure: failureSchema.optional(),
});

/** Files of uploads, watched folders and checks that have it, the newest first; at most 5. */
const seenIn = { files: z.array(z.strictObject({ name: z.string(), at: instantSchema })) };
export const seenFieldSchema = z.strictObject({ ...unknownFieldSchema.shape, ...seenIn });
export type SeenField = z.infer<typeof seenFieldSchema>;

/** What files that were sent or checked have and the schema has not. */
export const schemaDriftSchema = z.strictObject({
  fields: z.array(seenFieldSchema),
  dropped: z.array(z.strictObject({ ...droppedFieldSchema.shape, ...seenIn })),
  /** So many files were looked at. */
  filesRead: countSchema,
});
export type SchemaDrift = z.infer<typeof schemaDriftSchema>;
