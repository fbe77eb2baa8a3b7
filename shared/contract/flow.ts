import { z } from 'zod';
import { countSchema, failureSchema, idSchema } from './common.ts';

/** What is paused: everything, a connection with all that goes to it, or a folder. */
export const pauseScopeSchema = z.discriminatedUnion('scope', [
  z.strictObject({ scope: z.literal('all') }),
  z.strictObject({ scope: z.literal('connection'), id: idSchema }),
  z.strictObject({ scope: z.literal('folder'), id: idSchema }),
]);
export type PauseScope = z.infer<typeof pauseScopeSchema>;

export const connectionFlowSchema = z.strictObject({
  connectionId: idSchema,
  paused: z.boolean(),
  /** `blocked`: nothing passes until somebody acts (keys refused …). `waiting`: unreachable, failing or slowed down; goes on by itself. */
  state: z.enum(['ready', 'waiting', 'blocked']),
  reason: failureSchema.optional(),
  /** Milliseconds by which the service's clock is ahead of this computer's; 0 when they agree. */
  skewMs: z.number(),
});
export type ConnectionFlow = z.infer<typeof connectionFlowSchema>;

/** What moves, over all transfers and folders. */
export const flowSchema = z.strictObject({
  paused: z.boolean(),
  connections: z.array(connectionFlowSchema),
  rowsPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Read and neither confirmed nor rejected. */
  rowsQueued: countSchema,
  /** Since midnight, local time. */
  today: z.strictObject({ rowsConfirmed: countSchema, rowsRejected: countSchema, bytesSent: countSchema, requests: countSchema }),
});
export type Flow = z.infer<typeof flowSchema>;
