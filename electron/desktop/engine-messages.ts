/** What main process and engine process say to each other. Both sides parse what they get. */
import { z } from 'zod';
import { failureSchema, idSchema } from '../../shared/contract/common.ts';
import { secretsSchema } from '../../shared/contract/connections.ts';

const requestId = z.number().int().nonnegative();

export const vaultRequestSchema = z.discriminatedUnion('action', [
  z.strictObject({ kind: z.literal('vault'), id: requestId, action: z.literal('get'), connectionId: idSchema }),
  z.strictObject({ kind: z.literal('vault'), id: requestId, action: z.literal('set'), connectionId: idSchema, credentials: secretsSchema }),
  z.strictObject({ kind: z.literal('vault'), id: requestId, action: z.literal('delete'), connectionId: idSchema }),
]);
export type VaultRequest = z.infer<typeof vaultRequestSchema>;

export const vaultAnswerSchema = z.strictObject({
  kind: z.literal('vault'),
  id: requestId,
  credentials: secretsSchema.optional(),
  failure: failureSchema.optional(),
});
export type VaultAnswer = z.infer<typeof vaultAnswerSchema>;

export const toMainSchema = z.union([
  /** Connections can be made. */
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('alive') }),
  vaultRequestSchema,
]);
export type ToMain = z.infer<typeof toMainSchema>;

export const toEngineSchema = z.union([
  /** Comes with a port to a client. */
  z.strictObject({ kind: z.literal('connect') }),
  z.strictObject({ kind: z.literal('are-you-alive') }),
  /** End what runs and exit. */
  z.strictObject({ kind: z.literal('drain') }),
  vaultAnswerSchema,
]);
export type ToEngine = z.infer<typeof toEngineSchema>;
