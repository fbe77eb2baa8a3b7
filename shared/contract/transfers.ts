import { z } from 'zod';
import { countSchema, failureSchema, idSchema, instantSchema, ledgerSchema, rejectCodeSchema, routeSchema } from './common.ts';
import { limitsChangeSchema } from './connections.ts';
import { directStreamSchema } from './direct-stream.ts';
import { mappingSchema } from './mapping.ts';
import { mappingRefSchema, usedMappingSchema } from './mappings.ts';
import { objectUploadSchema } from './object-store.ts';

export const fileStateSchema = z.enum(['queued', 'sending', 'waiting', 'done', 'held', 'refused', 'cancelled', 'unchanged']);
export type FileState = z.infer<typeof fileStateSchema>;

export const transferStateSchema = z.enum(['running', 'done', 'attention', 'held', 'cancelled']);
export type TransferState = z.infer<typeof transferStateSchema>;

/** One file of a transfer. Counts are rows, sizes are bytes of the source. */
export const transferFileSchema = z.strictObject({
  id: idSchema,
  path: z.string(),
  name: z.string(),
  sizeBytes: countSchema,
  state: fileStateSchema,
  /** Why it is not done, when it is not. */
  failure: failureSchema.optional(),
  ledger: ledgerSchema,
  bytesRead: countSchema,
  /** Rejects by reason. */
  rejects: z.array(z.strictObject({ code: rejectCodeSchema, rows: countSchema })),
  /** Of the rejected rows, those that replays confirmed since; absent when there are none. */
  confirmedLater: countSchema.optional(),
  /** By which mapping its rows became events. */
  mapping: usedMappingSchema.optional(),
});
export type TransferFile = z.infer<typeof transferFileSchema>;

export const transferSchema = z.strictObject({
  id: idSchema,
  connectionId: idSchema,
  connectionName: z.string(),
  route: routeSchema,
  state: transferStateSchema,
  startedAt: instantSchema,
  finishedAt: instantSchema.optional(),
  files: z.array(transferFileSchema),
  /** Files beyond those listed (at most 100 are). */
  moreFiles: countSchema,
  ledger: ledgerSchema,
  /** Of the rejected rows, those that replays confirmed since; absent when there are none. */
  confirmedLater: countSchema.optional(),
  bytesTotal: countSchema,
  bytesRead: countSchema,
  /** Bytes of request bodies. */
  bytesSent: countSchema,
  requests: countSchema,
  retries: countSchema,
  /** Over the last seconds; 0 when it does not run. */
  rowsPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Why it waits or was held, when it does or was. */
  failure: failureSchema.optional(),
});
export type Transfer = z.infer<typeof transferSchema>;

export const batchStateSchema = z.enum(['planned', 'sending', 'confirmed', 'held', 'split', 'rejected']);

/** One request of a transfer. Rows are counted from 1, the header left out. */
export const transferBatchSchema = z.strictObject({
  fileName: z.string(),
  name: z.string(),
  firstRow: countSchema,
  lastRow: countSchema,
  events: countSchema,
  state: batchStateSchema,
  attempts: countSchema,
  bytes: countSchema,
  status: countSchema.optional(),
  requestId: z.string().optional(),
  answer: z.string().optional(),
});
export type TransferBatch = z.infer<typeof transferBatchSchema>;

/** How often the service was told of an object or asked about it, and what it said the last time. */
const objectAnswerSchema = z.strictObject({
  attempts: countSchema,
  at: instantSchema,
  /** Absent: it did not answer. 404 to a question: not received yet. */
  status: countSchema.optional(),
  requestId: z.string().optional(),
});

/** Route s3: one object that a file becomes, or one of several. */
export const transferObjectSchema = z.strictObject({
  fileId: idSchema,
  fileName: z.string(),
  /** Of a file that is cut into several objects, from 1. */
  piece: countSchema.optional(),
  bucket: z.string(),
  /** Absent until it is decided how the object is made. */
  key: z.string().optional(),
  /** That have arrived, compressed where they are. */
  bytes: countSchema,
  /** `referenced`: the service was told of it; `received`: the service has it; `replaced`: later by another. */
  state: z.enum(['planned', 'uploading', 'stored', 'referenced', 'received', 'replaced']),
  /** Of an upload in parts that was begun and not completed. */
  uploadId: z.string().optional(),
  /** `planned`: how many it takes in all, as soon as that is known. */
  parts: z.strictObject({ planned: countSchema.optional(), finished: countSchema, inFlight: countSchema }),
  /** Requests that carried a part, those that were repeated included. */
  attempts: countSchema,
  refer: objectAnswerSchema.optional(),
  ask: objectAnswerSchema.optional(),
  /** Why its file was held, when it was. */
  failure: failureSchema.optional(),
  /** It has stopped, and `uploads.retry` goes on with what has not arrived. */
  mayResume: z.boolean(),
});
export type TransferObject = z.infer<typeof transferObjectSchema>;

export const startUploadSchema = z.strictObject({
  files: z
    .array(
      z.strictObject({
        path: z.string().min(1),
        mapping: mappingSchema.optional(),
        /** The version of a named mapping that `mapping` is, but perhaps for its metric type; its content where there is none. */
        mappingRef: mappingRefSchema.optional(),
      }),
    )
    .min(1)
    .max(10_000),
  connectionId: idSchema,
  route: routeSchema.default('batch'),
  /** Rejected rows are left out whatever the mapping says of them: somebody has looked at them. */
  acceptRejects: z.boolean().default(false),
  /** Send files that were confirmed before once more. */
  again: z.boolean().default(false),
  /** Limits for this upload alone, in place of the connection's. */
  limits: limitsChangeSchema.optional(),
  /** Route s3: settings of the bucket for this upload alone. */
  objectStore: objectUploadSchema.optional(),
  /** Routes kinesis and firehose: the stream. */
  directStream: directStreamSchema.optional(),
});

export const historyQuerySchema = z.strictObject({
  state: transferStateSchema.optional(),
  search: z.string().max(200).optional(),
  before: instantSchema.optional(),
  limit: countSchema.min(1).max(200).default(50),
});

export const rejectRowSchema = z.strictObject({
  fileName: z.string(),
  line: countSchema,
  column: z.string(),
  code: rejectCodeSchema,
  reason: z.string(),
  /** The row as it stands in the source; cut to 2,000 characters. */
  source: z.string(),
});

/** A rejected row that a replay would send, as it stands in the file of rejects by now. */
export const openRejectSchema = rejectRowSchema.extend({
  fileId: idSchema,
  /** Which row of the file's open rejects, from 0. */
  at: countSchema,
  /** Of the whole row: a change is refused when it is another one by then. */
  digest: z.string().max(64),
  /** `source` is only its beginning. */
  isCut: z.boolean(),
});
export type OpenReject = z.infer<typeof openRejectSchema>;

export const rejectRefSchema = z.strictObject({ transferId: idSchema, fileId: idSchema, at: countSchema });

export const openRejectsSchema = z.strictObject({
  rejects: z.array(openRejectSchema),
  total: countSchema,
  /** Where they stand. `header`: the header of the source, empty without one. */
  files: z.array(z.strictObject({ fileId: idSchema, path: z.string(), header: z.string() })),
  /** Transfers that send rows of these once more and have not come to their end; those rows are not among `rejects`. */
  replays: z.array(idSchema),
});
