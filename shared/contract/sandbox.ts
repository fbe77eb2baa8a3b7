import { z } from 'zod';
import { countSchema, failureSchema, idSchema, instantSchema } from './common.ts';

/** Faults the sandbox can be told to make. `rate` is the share of requests (0..1); `count` ends it after so many. */
export const faultSchema = z.strictObject({
  kind: z.enum(['status', 'latency', 'hang', 'reset', 'apply-then-time-out', 'partial']),
  /** status: which one is answered. */
  status: z.number().int().min(400).max(599).optional(),
  /** status 429: value of Retry-After. */
  retryAfterSeconds: z.number().nonnegative().optional(),
  /** latency: how long each answer waits. apply-then-time-out: how long before the connection is cut. */
  delayMs: countSchema.optional(),
  /** partial: how many records of a stream request fail. */
  records: countSchema.optional(),
  rate: z.number().min(0).max(1).default(1),
  count: countSchema.optional(),
  /** Only requests whose path contains this. */
  path: z.string().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

export const sandboxStatusSchema = z.strictObject({
  state: z.enum(['stopped', 'starting', 'running', 'failed']),
  root: z.string().optional(),
  connectionId: idSchema.optional(),
  failure: failureSchema.optional(),
  faults: z.array(faultSchema),
  rows: countSchema,
  errors: countSchema,
  requests: countSchema,
});
export type SandboxStatus = z.infer<typeof sandboxStatusSchema>;

export const sandboxTableSchema = z.strictObject({ name: z.string(), rows: countSchema, columns: z.array(z.string()) });
export const sandboxRowsSchema = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.strictObject({ metricType: z.string(), timestamp: instantSchema, fields: z.record(z.string(), z.string()) })),
  total: countSchema,
});
export const sandboxErrorSchema = z.strictObject({ at: instantSchema, source: z.string(), message: z.string(), event: z.string() });
