import { z } from 'zod';
import { errorCodes, rejectCodes, type ErrorCode } from '../error-codes.ts';
import { routes } from '../model/route.ts';

const asEnum = (codes: readonly ErrorCode[]) => z.enum(codes as readonly [ErrorCode, ...ErrorCode[]]);

export const idSchema = z.string().min(1).max(100);
export const instantSchema = z.number().int().describe('Milliseconds since the Unix epoch.');
export const countSchema = z.number().int().nonnegative();
export const routeSchema = z.enum(routes);
export const errorCodeSchema = asEnum(errorCodes);
export const rejectCodeSchema = z.enum(rejectCodes);

/** A failure as it crosses a process: a code with its circumstances. Never holds a secret. */
export const failureSchema = z.strictObject({
  code: errorCodeSchema,
  /** One English sentence for logs and the command line; people see the text of the code. */
  message: z.string(),
  /** Named values the text of the code uses: file, line, column, status, requestId … */
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type Failure = z.infer<typeof failureSchema>;

export const ledgerSchema = z.strictObject({
  rowsRead: countSchema,
  rowsConfirmed: countSchema,
  rowsRejected: countSchema,
  rowsHeld: countSchema,
  possiblyRepeated: countSchema,
});
