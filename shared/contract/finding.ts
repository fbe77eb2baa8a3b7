/** What was found out about a file by its content, how sure that is, and why. The words are in `shared/model/finding-texts.ts`. */
import { z } from 'zod';

export const findingSubjects = [
  'format',
  'gzip',
  'encoding',
  'delimiter',
  'quote',
  'escape',
  'header',
  'decimalComma',
  'columnType',
  'timestamp',
  'metricType',
] as const;

/**
 * `high`: the content proves it, or all that was looked at agrees. `medium`: it agrees, but little was looked at or another reading is
 * possible. `low`: a guess that somebody should look at.
 */
export const confidences = ['high', 'medium', 'low'] as const;

export const findingCodes = [
  'as-set',
  'format-csv',
  'format-json-lines',
  'format-json-array',
  'gzip-mark',
  'encoding-mark',
  'encoding-valid',
  'encoding-not-utf8',
  'encoding-damaged',
  'delimiter-agrees',
  'delimiter-differs',
  'delimiter-one-column',
  'quote-used',
  'quote-unused',
  'quote-other',
  'escape-doubled',
  'escape-backslash',
  'header-by-types',
  'header-by-text',
  'header-like-values',
  'comma-numbers',
  'comma-maybe-thousands',
  'type-agrees',
  'type-few',
  'type-mostly-numbers',
  'type-empty',
  'time-agrees',
  'time-by-values',
  'time-day-month',
  'time-seconds',
  'time-year-alone',
  'time-month-alone',
  'time-none',
  'metric-column',
  'metric-file-name',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const findingSchema = z.strictObject({
  subject: z.enum(findingSubjects),
  /** The column it is about, where it is about one. */
  column: z.string().optional(),
  /** As it is in the format, the mapping or the column's type; empty: nothing was found. */
  value: z.string(),
  confidence: z.enum(confidences),
  code: z.enum(findingCodes),
  /** What the words of the code have in braces. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type Finding = z.infer<typeof findingSchema>;
