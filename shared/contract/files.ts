import { z } from 'zod';
import { countSchema, failureSchema, idSchema } from './common.ts';
import { findingSchema } from './finding.ts';
import { formatSchema, mappingSchema } from './mapping.ts';

/** What was found out about a file from its first rows. */
export const inspectionSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  sizeBytes: countSchema,
  /** Set when the file cannot be read as it is; the other parts are then empty. */
  refusal: failureSchema.optional(),
  format: z.strictObject({
    kind: z.enum(['csv', 'ndjson']),
    gzip: z.boolean(),
    delimiter: z.string().optional(),
    quote: z.string(),
    header: z.boolean(),
    encoding: z.string(),
    newline: z.enum(['lf', 'crlf', 'cr']),
  }),
  /** One sentence per thing detected, in words. */
  explanations: z.array(z.string()),
  /** What was found out, how sure that is and why. */
  findings: z.array(findingSchema),
  columns: z.array(
    z.strictObject({
      name: z.string(),
      type: z.enum(['number', 'text', 'timestamp', 'boolean', 'empty']),
      examples: z.array(z.string()),
    }),
  ),
  /** The first rows (at most 100), cell texts in the order of `columns`. */
  rows: z.array(z.array(z.string())),
  /** The mapping that the content suggests; complete except for what only a person can know. */
  suggestion: mappingSchema,
  /** Columns that can be the timestamp, the best first, with the patterns that read all sampled values. */
  timestampCandidates: z.array(z.strictObject({ column: z.string(), patterns: z.array(z.string()), reason: z.string() })),
  /** What a person has to say before this can be sent. */
  missing: z.array(z.enum(['metricType', 'timestamp'])),
  /** The first rows shaped by `suggestion` or the mapping asked about: the event, or why not. */
  preview: z.array(z.strictObject({ line: countSchema, event: z.string().optional(), reject: failureSchema.optional() })),
});
export type Inspection = z.infer<typeof inspectionSchema>;

export const inspectInputSchema = z.strictObject({
  path: z.string().min(1),
  format: formatSchema.optional(),
  mapping: mappingSchema.optional(),
  /** Rows are previewed as they would go to it, by its schema as it was read last. */
  connectionId: idSchema.optional(),
});
