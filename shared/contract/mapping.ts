/**
 * The mapping: how the rows of a file become events. One zod schema; the published JSON Schema
 * (`shared/contract/mapping.schema.json`) is generated from it by `npm run schemas`.
 */
import { z } from 'zod';

const fieldName = z.string().min(1).max(512);

/** Fields are found by byte, so what separates them has to be one. */
const oneAscii = z.string().regex(/^[\x01-\x7f]$/, 'one ASCII character is needed');

export const formatSchema = z
  .strictObject({
    kind: z.enum(['auto', 'csv', 'ndjson']).default('auto').describe('`auto` decides by the content of the file.'),
    delimiter: oneAscii.optional().describe('CSV: one ASCII character. Found by content when absent.'),
    quote: oneAscii.default('"').describe('CSV: the quote character, an ASCII one.'),
    header: z.boolean().default(true).describe('CSV: the first line names the columns.'),
    columns: z
      .array(fieldName)
      .optional()
      .describe('CSV: names of the columns in order. Replaces the names of the header, needed without one.'),
    encoding: z.enum(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']).optional().describe('By BOM or UTF-8 when absent.'),
  })
  .describe('How the bytes of the file become rows.');

export const metricTypeSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant'), value: z.string().min(1) }).describe('Every row goes to this metric type.'),
    z
      .strictObject({
        kind: z.literal('column'),
        column: fieldName,
        from: z
          .enum(['column', 'schema'])
          .optional()
          .describe(
            '`schema`: the first of the metric type keys of the tenant that the row has a value for, else metrictype; `column` does not ' +
              'count then. `column` when absent.',
          ),
      })
      .describe('The value of this column is the metric type.'),
    z
      .strictObject({
        kind: z.literal('fileName'),
        pattern: z.string().min(1).describe('Regular expression on the file name; its first group is the metric type.'),
      })
      .describe('The metric type is a part of the name of the file.'),
    z.strictObject({ kind: z.literal('none') }).describe('Rows have none: for what goes past the service, which needs one.'),
  ])
  .describe('Which metric type (table) a row goes to.');

export const timestampSchema = z.strictObject({
  from: z
    .enum(['column', 'schema', 'none'])
    .optional()
    .describe(
      '`none`: rows have no time, for what goes past the service, which needs one; `column` does not count then. `schema`: the first of the aliases of the timestamp that the row has, read by the patterns of its metric type, then those of the ' +
        'tenant, then as milliseconds since 1970; `column` and `patterns` do not count then. `column` when absent.',
    ),
  column: fieldName.describe('The column or field that holds the time of the row.'),
  columns: z
    .array(fieldName)
    .min(2)
    .max(8)
    .optional()
    .describe('Several columns whose texts, joined, are the time (a date and a time of day): in place of `column`.'),
  separator: z.string().max(8).optional().describe('What stands between the texts of `columns`. One space when absent.'),
  unit: z
    .enum(['ms', 's', 'us', 'ns'])
    .optional()
    .describe('What a number that no pattern reads counts since 1970: milliseconds (when absent), seconds, microseconds, nanoseconds.'),
  patterns: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Patterns of java.time.format.DateTimeFormatter (strict, English), or one of ISO_DATE_TIME, ISO_OFFSET_DATE_TIME, ' +
        'ISO_ZONED_DATE_TIME, ISO_INSTANT, RFC_1123_DATE_TIME; `@ <zone>` may follow a pattern. Tried in order, then as ' +
        'milliseconds since 1970. Times that a pattern resolves are sent as milliseconds since 1970.',
    ),
  timeOfDay: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('00:00')
    .describe('HH:mm that is meant where a pattern has a date but no time (which the service itself would refuse).'),
});

const rejectsSchema = z
  .strictObject({
    policy: z
      .enum(['skip', 'hold', 'stop'])
      .describe(
        '`skip`: rejected rows are left out (as without this). `hold`: a file with rejected rows is held before anything of it is ' +
          'sent. `stop`: nothing behind the rejected row is sent. Files that are followed row by row stop in both cases, objects of ' +
          'the S3 route are held in both.',
      ),
    after: z.number().int().min(1).max(1_000_000_000).optional().describe('At which rejected row: the first when absent.'),
  })
  .describe('What becomes of a file when rows of it are rejected. Somebody who has looked at them can let it go on.');

export const mappingSchema = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1).default(1),
    name: z.string().max(200).optional(),
    format: formatSchema.prefault({}),
    metricType: metricTypeSchema.default({ kind: 'column', column: 'metrictype' }),
    timestamp: timestampSchema.prefault({ column: 'timestamp' }),
    rename: z.record(fieldName, fieldName).default({}).describe('Column → field name that is sent.'),
    drop: z.array(fieldName).default([]).describe('Columns that are not sent.'),
    constants: z
      .record(fieldName, z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .describe('Fields added to every event.'),
    numbers: z
      .enum(['schema', 'number', 'text'])
      .default('schema')
      .describe(
        'How text that is a JSON number goes out (CSV cells; in NDJSON, values keep their JSON type). `schema`: as the type of the ' +
          'field says where the schema is known, else as a number. `number`: always as a number. `text`: always as a string. ' +
          'Numbers keep their digits as written in the file.',
      ),
    nullTokens: z
      .array(z.string().min(1).max(100))
      .max(100)
      .optional()
      .describe('Texts that mean no value, such as NA, null or -; the field is left out. An empty cell always means that.'),
    decimalComma: z.boolean().optional().describe('Numbers are written 1.234,5; they are sent as 1234.5.'),
    types: z
      .record(fieldName, z.enum(['text', 'number', 'boolean']))
      .optional()
      .describe('Column → what its values have to be and go out as; a row with another value is rejected.'),
    rejects: rejectsSchema.optional(),
  })
  .describe('How the rows of a file become Fineo events.');

/** A complete mapping, defaults filled in. */
export type Mapping = z.infer<typeof mappingSchema>;
/** A mapping as written by a person: everything optional. */
export type MappingInput = z.input<typeof mappingSchema>;
export type FormatSettings = z.infer<typeof formatSchema>;
