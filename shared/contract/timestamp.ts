/** What the service would take a text for: by which pattern, and if not, why not. */
import { z } from 'zod';

const timestampHintCodes = ['unit', 'pattern', 'day-month', 'far-future', 'before-1971'] as const;

export const explainTimestampSchema = z.strictObject({
  /** In the order in which they are tried; milliseconds since 1970 come after them. */
  patterns: z.array(z.string().min(1).max(512)).max(1_000),
  value: z.string().max(1_000),
});

export const timestampHintSchema = z.strictObject({
  code: z.enum(timestampHintCodes),
  /** One English sentence. */
  message: z.string(),
  /** A pattern that reads the value as probably meant. */
  pattern: z.string().optional(),
  /** The unit of the number as probably meant. */
  unit: z.enum(['s', 'us', 'ns']).optional(),
  /** What the value would then be, milliseconds since 1970. */
  epochMillis: z.number().optional(),
});

export const timestampExplanationSchema = z.strictObject({
  /** Milliseconds since 1970; absent when nothing reads it. */
  epochMillis: z.number().optional(),
  /** The pattern that fits; absent when none does, or the value is a number of milliseconds. */
  matched: z.string().optional(),
  /** What was tried, in order, up to what fits. */
  attempts: z.array(
    z.strictObject({
      /** Absent: milliseconds since 1970. */
      pattern: z.string().optional(),
      isMatch: z.boolean(),
      /** Why it does not fit, in English; empty when it does. */
      reason: z.string(),
    }),
  ),
  /** What is probably meant where it is something else, or where nothing fits. */
  hints: z.array(timestampHintSchema),
});
export type TimestampExplanation = z.infer<typeof timestampExplanationSchema>;
