import { z } from 'zod';

/** A number as a command line gives it. */
export const numberFrom = (schema: z.ZodType<number, number>) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'a number is needed')
    .transform(Number)
    .pipe(schema);
