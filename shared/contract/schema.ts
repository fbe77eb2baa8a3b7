/** The schema of a tenant as people see and change it. Source: fineo-api.md, "Schema". */
import { z } from 'zod';
import { failureSchema, idSchema, instantSchema } from './common.ts';

export const fieldTypes = ['STRING', 'BOOLEAN', 'INT', 'LONG', 'FLOAT', 'DOUBLE', 'BYTES'] as const;
export const fieldTypeSchema = z.enum(fieldTypes);
export type FieldType = (typeof fieldTypes)[number];

const name = z.string().min(1).max(512);
const names = z.array(name).max(1_000);

export const schemaFieldSchema = z.strictObject({
  name: z.string(),
  aliases: z.array(z.string()),
  /** Undefined: the service named a type that is not known here; nothing is checked against it. */
  type: fieldTypeSchema.optional(),
});
export type SchemaField = z.infer<typeof schemaFieldSchema>;

export const schemaMetricSchema = z.strictObject({
  /** Display name. */
  name: z.string(),
  aliases: z.array(z.string()),
  timestampPatterns: z.array(z.string()),
  /** Names of the timestamp field, in order, before `timestamp` itself. */
  timestampAliases: z.array(z.string()),
  /** Without the timestamp. */
  fields: z.array(schemaFieldSchema),
});
export type SchemaMetric = z.infer<typeof schemaMetricSchema>;

export const schemaTenantSchema = z.strictObject({
  timestampPatterns: z.array(z.string()),
  /** In order; `metrictype` comes after them. */
  metricKeys: z.array(z.string()),
});
export type SchemaTenant = z.infer<typeof schemaTenantSchema>;

export const serviceSchemaSchema = z.strictObject({ tenant: schemaTenantSchema, metrics: z.array(schemaMetricSchema) });
export type ServiceSchema = z.infer<typeof serviceSchemaSchema>;

/** What is known of a connection's schema, and since when. */
export const knownSchemaSchema = z.strictObject({
  connectionId: idSchema,
  /** Absent: it was never read. Nothing can be checked against it then. */
  schema: serviceSchemaSchema.optional(),
  /** When it was read from the service. */
  readAt: instantSchema.optional(),
  /** Why it could not be read now; what is there is what was read before. */
  failure: failureSchema.optional(),
});
export type KnownSchema = z.infer<typeof knownSchemaSchema>;

/** One change. What is given as lists of aliases is added to those there are; patterns and keys replace those there are. */
export const schemaChangeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create-metric'), metric: name, aliases: names.default([]) }),
  z.strictObject({
    kind: z.literal('change-metric'),
    metric: name,
    newName: name.optional(),
    aliases: names.optional(),
    timestampPatterns: names.optional(),
  }),
  z.strictObject({ kind: z.literal('delete-metric'), metric: name }),
  z.strictObject({
    kind: z.literal('create-field'),
    metric: name,
    field: name,
    type: z.string().min(1).max(40),
    aliases: names.default([]),
  }),
  /** `field` may be `timestamp`, to give it aliases. */
  z.strictObject({ kind: z.literal('change-field'), metric: name, field: name, newName: name.optional(), aliases: names.optional() }),
  z.strictObject({ kind: z.literal('tenant'), timestampPatterns: names.optional(), metricKeys: names.optional() }),
]);
export type SchemaChange = z.infer<typeof schemaChangeSchema>;

export const schemaGetSchema = z.strictObject({
  connectionId: idSchema,
  /** Read it from the service; otherwise what is kept will do, when there is something. */
  refresh: z.boolean().default(false),
});

export const changeSchemaInputSchema = z.strictObject({
  connectionId: idSchema,
  change: schemaChangeSchema,
  /**
   * What the person saw of the part that is changed. It is read again before the change, and when somebody else changed it
   * meanwhile the answer is `schema-changed` with the differences.
   */
  seen: z.strictObject({ tenant: schemaTenantSchema.optional(), metric: schemaMetricSchema.optional() }).optional(),
});
