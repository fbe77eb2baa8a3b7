import { z } from 'zod';
import { countSchema, failureSchema, idSchema, instantSchema, ledgerSchema } from './common.ts';
import { mappingSchema } from './mapping.ts';
import { mappingVersionSchema } from './mappings.ts';
import { serviceRoutes } from '../model/route.ts';
import { transferFileSchema } from './transfers.ts';

/** `s3` takes whole files to the bucket of the connection: mode `files` only. */
export const folderRouteSchema = z.enum(serviceRoutes);

/** `rows`: files that grow are followed row by row. `files`: a file is sent as a unit once it has settled. */
export const folderModeSchema = z.enum(['rows', 'files']);

/** What becomes of a file when all its rows are confirmed (for batch: when the service says it has received them). Mode `files` only. */
export const afterUploadSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('keep') }),
  /** Absolute, or relative to the folder. */
  z.strictObject({ kind: z.literal('move'), to: z.string().min(1).max(4_096) }),
  z.strictObject({ kind: z.literal('delete') }),
]);
export type AfterUpload = z.infer<typeof afterUploadSchema>;

/** Files that hold rows as the readers know them; names without a directory match at every depth. */
export const defaultInclude = ['*.csv', '*.tsv', '*.txt', '*.log', '*.json', '*.ndjson', '*.jsonl'].flatMap((glob) => [glob, `${glob}.gz`]);

const globSchema = z.string().min(1).max(1_000);
const settingShapes = {
  /** Shown to people; the folder's own name when absent. */
  name: z.string().trim().min(1).max(200).optional(),
  /** Absolute. */
  path: z.string().min(1).max(4_096),
  connectionId: idSchema,
  mode: folderModeSchema.default('rows'),
  route: folderRouteSchema.default('stream'),
  /** Absent: what the first readable file of the folder suggests, kept from then on. */
  mapping: mappingSchema.optional(),
  /** A named mapping in place of one of its own: new rows take its newest version. */
  mappingId: idSchema.optional(),
  /** Metric type of every row, in place of the one that mapping or suggestion has. */
  metricType: z.string().trim().min(1).max(512).optional(),
  /** Globs below the folder; one without a slash matches at every depth. Files whose names begin with a dot are never taken. */
  include: z.array(globSchema).min(1).max(100).default(defaultInclude),
  exclude: z.array(globSchema).max(100).default([]),
  recursive: z.boolean().default(true),
  /** What is there when the folder is added. `ask`: nothing of it is sent before somebody decides. */
  existing: z.enum(['send', 'skip', 'ask']).default('send'),
  /** A file whose sent part was rewritten: only new and changed rows go out, or all of it, or somebody is asked. */
  rewritten: z.enum(['changed', 'everything', 'ask']).default('changed'),
  after: afterUploadSchema.default({ kind: 'keep' }),
  /** Milliseconds for which size and time of change stay the same before a file (mode `files`) or its open last line counts as complete. */
  settleMs: z.number().int().min(0).max(86_400_000).default(2_000),
  /** Milliseconds for which rows are gathered at most while a request of the folder is under way. */
  maxAgeMs: z.number().int().min(0).max(3_600_000).default(200),
  /** `auto`: events of the system, on network drives and past its limits by looking again and again. */
  watching: z.enum(['auto', 'events', 'polling']).default('auto'),
  /** Milliseconds between two looks where there are no events. */
  pollMs: z.number().int().min(50).max(3_600_000).default(5_000),
  /** A file with more rejected rows than this is held until somebody has looked at it. */
  maxRejects: countSchema.default(10_000),
} as const;

export const folderInputSchema = z.strictObject(settingShapes);
export const folderChangeSchema = z.strictObject({ id: idSchema, ...settingShapes });
export type FolderInput = z.output<typeof folderInputSchema>;

/** Where a file of a watched folder stands. `reason` of a file says why, with a code of the closed list. */
export const watchedStateSchema = z.enum(['settling', 'reading', 'sending', 'waiting', 'held', 'done', 'unreadable', 'ignored']);
export type WatchedState = z.infer<typeof watchedStateSchema>;

export const watchedFileSchema = z.strictObject({
  /** Of the folder's list; good for `folders.decide`. */
  id: z.string().min(1).max(4_200),
  /** Relative to the folder, with slashes. */
  path: z.string(),
  sizeBytes: countSchema,
  modifiedAt: instantSchema,
  state: watchedStateSchema,
  /** Why it is not done: what it waits for, why it is held, unreadable or ignored (`context.rule` names the glob). */
  reason: failureSchema.optional(),
  ledger: ledgerSchema,
  bytesRead: countSchema,
  /** For its batches and rejects; absent before its first row was planned. */
  transferId: idSchema.optional(),
});
export type WatchedFile = z.infer<typeof watchedFileSchema>;

/** Rows that were never read and are gone with their file. Stays until somebody has seen it. */
export const dataAtRiskSchema = z.strictObject({
  id: countSchema,
  path: z.string(),
  at: instantSchema,
  /** Bytes that were not read. */
  bytes: countSchema,
  /** Estimated from the rows before; 0 when none were read. */
  rows: countSchema,
  cause: z.enum(['deleted', 'truncated', 'rotated', 'rewritten']),
});
export type DataAtRisk = z.infer<typeof dataAtRiskSchema>;

export const folderStateSchema = z.enum(['scanning', 'idle', 'sending', 'waiting', 'paused', 'attention', 'missing']);
export type FolderState = z.infer<typeof folderStateSchema>;

export const folderSchema = z.strictObject({
  id: idSchema,
  ...settingShapes,
  name: z.string(),
  /** Of its named mapping, as rows are sent by now. */
  namedMapping: z.strictObject({ name: z.string(), version: mappingVersionSchema }).optional(),
  paused: z.boolean(),
  state: folderStateSchema,
  /** Why it waits, is missing or needs somebody. */
  reason: failureSchema.optional(),
  /** How changes are noticed now; `failure` says why not by events. */
  watcher: z.strictObject({ kind: z.enum(['events', 'polling']), failure: failureSchema.optional() }),
  /** Files by state, and all that match. */
  counts: z.strictObject({
    files: countSchema,
    settling: countSchema,
    reading: countSchema,
    sending: countSchema,
    waiting: countSchema,
    held: countSchema,
    done: countSchema,
    unreadable: countSchema,
    ignored: countSchema,
  }),
  /** Of all its files since it was added. */
  ledger: ledgerSchema,
  /** Bytes of its files that were read. */
  bytesRead: countSchema,
  /** Bytes of request bodies, requests, and those that were sent again, since it was added. */
  bytesSent: countSchema,
  requests: countSchema,
  retries: countSchema,
  rowsPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** Bytes of its files that were not read yet. */
  bytesWaiting: countSchema,
  lastActivityAt: instantSchema.optional(),
  /** The largest files on their way, at most 5. */
  active: z.array(transferFileSchema),
  atRisk: z.array(dataAtRiskSchema),
  /** `existing: ask`: what was there at the beginning and waits for an answer. */
  question: z.strictObject({ files: countSchema, bytes: countSchema }).optional(),
});
export type Folder = z.infer<typeof folderSchema>;

export const folderFilesQuerySchema = z.strictObject({
  folderId: idSchema,
  state: watchedStateSchema.optional(),
  search: z.string().max(200).optional(),
  offset: countSchema.default(0),
  limit: countSchema.min(1).max(500).default(100),
});

export const folderPreviewInputSchema = z.strictObject({
  path: z.string().min(1).max(4_096),
  include: z.array(globSchema).min(1).max(100).default(defaultInclude),
  exclude: z.array(globSchema).max(100).default([]),
  recursive: z.boolean().default(true),
});

/** What the globs would take, counted while they are typed. */
export const folderPreviewSchema = z.strictObject({
  failure: failureSchema.optional(),
  matched: countSchema,
  ignored: countSchema,
  bytes: countSchema,
  /** Counting stopped at so many files. */
  truncated: z.boolean(),
  /** Of a network drive, where changes have to be looked for. */
  network: z.boolean(),
  /** The first ones, relative to the folder: what is taken, and what is not and by which rule. */
  samples: z.array(z.strictObject({ path: z.string(), sizeBytes: countSchema, matched: z.boolean(), rule: z.string() })),
});
export type FolderPreview = z.infer<typeof folderPreviewSchema>;

/** What somebody decides about a held file, or about the existing files (without `fileId`). */
export const folderDecisionSchema = z.strictObject({
  folderId: idSchema,
  fileId: z.string().min(1).max(4_200).optional(),
  decision: z.enum([
    /** Schema drift: these columns are right; this file and later ones with them go on. */
    'accept-columns',
    /** A rewritten file: rows that are new or changed. */
    'send-changed',
    /** A rewritten file, existing files, too many rejects: send all there is. */
    'send',
    /** Leave what is there now; only what comes later is sent. */
    'skip',
  ]),
});

/** What `after` would do now, file by file; nothing is done. */
export const afterPlanSchema = z.strictObject({
  files: z.array(
    z.strictObject({ path: z.string(), action: z.enum(['move', 'delete', 'keep']), to: z.string().optional(), reason: z.string() }),
  ),
  more: countSchema,
});
