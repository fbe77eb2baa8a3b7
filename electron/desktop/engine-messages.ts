/** What main process and engine process say to each other. Both sides parse what they get. */
import { z } from 'zod';
import { countSchema, errorCodeSchema, failureSchema, idSchema } from '../../shared/contract/common.ts';
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

/** What tray and quitting have to know of the engine. */
export const shellStatusSchema = z.strictObject({
  kind: z.literal('status'),
  /** Folders that are watched. */
  folders: countSchema,
  /** Something is being read or sent. */
  moving: z.boolean(),
  /** Everything is paused. */
  paused: z.boolean(),
  /** Nothing passes to some connection until somebody acts. */
  blocked: z.boolean(),
  /** Read and neither confirmed nor rejected. */
  rowsQueued: countSchema,
  rowsPerSecond: z.number().nonnegative(),
  /** Confirmed since midnight. */
  rowsToday: countSchema,
  /** What somebody has to look at, with the folder, file or connection it is about. */
  attention: z.array(z.strictObject({ code: errorCodeSchema, subject: z.string() })).max(20),
});
export type ShellStatus = z.infer<typeof shellStatusSchema>;

/** What a person is to be told of while no window is open. */
export const newsSchema = z.discriminatedUnion('about', [
  z.strictObject({ kind: z.literal('news'), about: z.literal('uploaded'), files: countSchema.min(1), name: z.string() }),
  /** `key`: the same for the same matter. */
  z.strictObject({
    kind: z.literal('news'),
    about: z.literal('trouble'),
    key: z.string(),
    code: errorCodeSchema,
    subject: z.string(),
    detail: z.string(),
  }),
]);
export type News = z.infer<typeof newsSchema>;

export const toMainSchema = z.union([
  /** Connections can be made. */
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('alive') }),
  shellStatusSchema,
  newsSchema,
  vaultRequestSchema,
]);
export type ToMain = z.infer<typeof toMainSchema>;

export const toEngineSchema = z.union([
  /** Comes with a port to a client. */
  z.strictObject({ kind: z.literal('connect') }),
  z.strictObject({ kind: z.literal('are-you-alive') }),
  /** End what runs and exit. */
  z.strictObject({ kind: z.literal('drain') }),
  /** Pause everything, or let it go on. */
  z.strictObject({ kind: z.literal('pause') }),
  z.strictObject({ kind: z.literal('resume') }),
  /** The computer was asleep, or the network is back. */
  z.strictObject({ kind: z.literal('wake') }),
  vaultAnswerSchema,
]);
export type ToEngine = z.infer<typeof toEngineSchema>;
