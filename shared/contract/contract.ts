/**
 * Everything the interface can ask of the engine's host, and everything the host says by itself.
 * Both sides infer their types from here; `electron/api/` is the only place that parses requests.
 */
import { z } from 'zod';
import { checkJobSchema, startCheckSchema } from './check.ts';
import { countSchema, failureSchema, idSchema, instantSchema } from './common.ts';
import { connectionChangeSchema, connectionCheckSchema, connectionInputSchema, connectionSchema } from './connections.ts';
import { inspectInputSchema, inspectionSchema } from './files.ts';
import { flowSchema, pauseScopeSchema } from './flow.ts';
import {
  afterPlanSchema,
  folderChangeSchema,
  folderDecisionSchema,
  folderFilesQuerySchema,
  folderInputSchema,
  folderPreviewInputSchema,
  folderPreviewSchema,
  folderSchema,
  watchedFileSchema,
} from './folders.ts';
import { mappingSchema } from './mapping.ts';
import { getMappingSchema, mappingContentSchema, mappingNameSchema, namedMappingSchema, saveMappingSchema } from './mappings.ts';
import { bucketChoiceSchema } from './object-store.ts';
import { faultSchema, sandboxErrorSchema, sandboxRowsSchema, sandboxStatusSchema, sandboxTableSchema } from './sandbox.ts';
import { sampleRowsSchema, schemaDriftSchema, simulationSchema } from './sample.ts';
import { changeSchemaInputSchema, knownSchemaSchema, schemaGetSchema } from './schema.ts';
import { explainTimestampSchema, timestampExplanationSchema } from './timestamp.ts';
import {
  historyQuerySchema,
  openRejectSchema,
  openRejectsSchema,
  rejectRefSchema,
  rejectRowSchema,
  startUploadSchema,
  transferBatchSchema,
  transferObjectSchema,
  transferSchema,
} from './transfers.ts';

const nothing = z.strictObject({});
const transferId = z.strictObject({ transferId: idSchema });
const folderId = z.strictObject({ id: idSchema });

export const snapshotSchema = z.strictObject({
  /** Events with a revision at or below this one are already contained. */
  revision: countSchema,
  app: z.strictObject({
    version: z.string(),
    host: z.enum(['desktop', 'browser']),
    platform: z.string(),
    dataDir: z.string(),
    /** Where secrets are kept. */
    vault: z.enum(['keychain', 'file', 'memory']),
  }),
  connections: z.array(connectionSchema),
  /** Running transfers and the 20 newest others, newest first. */
  transfers: z.array(transferSchema),
  folders: z.array(folderSchema),
  flow: flowSchema,
  sandbox: sandboxStatusSchema,
  /** Things the person should know at start: a journal kept aside, and the like. */
  notices: z.array(failureSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

export const commands = {
  'state.snapshot': { input: nothing, output: snapshotSchema },
  'connections.add': { input: connectionInputSchema, output: connectionSchema },
  'connections.update': { input: connectionChangeSchema, output: connectionSchema },
  'connections.remove': { input: z.strictObject({ id: idSchema }), output: nothing },
  'connections.test': { input: z.strictObject({ id: idSchema }), output: z.strictObject({ checks: z.array(connectionCheckSchema) }) },
  /** Does in the bucket what sending does, with one small object. In place of the saved bucket, with the saved keys, one that is given. */
  'connections.testBucket': {
    input: z.strictObject({ id: idSchema, objectStore: bucketChoiceSchema.default({}) }),
    output: z.strictObject({ checks: z.array(connectionCheckSchema) }),
  },
  /** The policies that the bucket needs, as JSON to be copied. */
  'connections.bucketPolicies': {
    input: z.strictObject({ id: idSchema, objectStore: bucketChoiceSchema.default({}) }),
    output: z.strictObject({ service: z.string(), keys: z.string() }),
  },
  'files.inspect': { input: inspectInputSchema, output: inspectionSchema },
  'files.samples': {
    input: nothing,
    output: z.strictObject({
      files: z.array(z.strictObject({ path: z.string(), name: z.string(), description: z.string(), sizeBytes: countSchema })),
    }),
  },
  'uploads.start': { input: startUploadSchema, output: transferId },
  'uploads.cancel': { input: transferId, output: nothing },
  /** Goes on with a held, cancelled or interrupted transfer: the rows not confirmed yet. */
  'uploads.retry': { input: transferId.extend({ acceptRejects: startUploadSchema.shape.acceptRejects }), output: nothing },
  /** By name. */
  'mappings.list': { input: nothing, output: z.strictObject({ mappings: z.array(namedMappingSchema) }) },
  'mappings.get': { input: getMappingSchema, output: mappingContentSchema },
  /** Content that is another than that of the newest version becomes a new one; folders that use the name go on with it. */
  'mappings.save': { input: saveMappingSchema, output: namedMappingSchema },
  'mappings.rename': { input: z.strictObject({ id: idSchema, name: mappingNameSchema }), output: namedMappingSchema },
  /** Refused while a folder uses it. Versions that files were sent by stay known to the history. */
  'mappings.remove': { input: z.strictObject({ id: idSchema }), output: nothing },
  /** The whole mapping that a file of the history was sent by last. */
  'mappings.ofFile': { input: z.strictObject({ fileId: idSchema }), output: z.strictObject({ mapping: mappingSchema }) },
  /**
   * Sends the rejected rows of a transfer as they stand in its files of rejects by now, by a transfer of its own. `continued`: an earlier
   * replay that was held goes on instead, with the rows that are left of it.
   */
  'rejects.replay': { input: transferId, output: z.strictObject({ transferId: idSchema, rows: countSchema, continued: z.boolean() }) },
  /** Ends a held replay of the rejected rows of this transfer: they are open again, and can be corrected. */
  'rejects.giveUp': { input: transferId, output: nothing },
  'history.list': { input: historyQuerySchema, output: z.strictObject({ transfers: z.array(transferSchema), more: z.boolean() }) },
  'history.get': { input: transferId, output: transferSchema },
  'history.batches': {
    input: z.strictObject({ transferId: idSchema, offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: z.strictObject({ batches: z.array(transferBatchSchema), total: countSchema }),
  },
  /** Route s3: the objects that the files become. */
  'history.objects': {
    input: z.strictObject({ transferId: idSchema, offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: z.strictObject({ objects: z.array(transferObjectSchema), total: countSchema }),
  },
  'rejects.list': {
    input: z.strictObject({ transferId: idSchema, offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: z.strictObject({ rejects: z.array(rejectRowSchema), total: countSchema, paths: z.array(z.string()) }),
  },
  /** What `rejects.replay` would send by now: not what earlier replays confirmed. */
  'rejects.open': {
    input: z.strictObject({ transferId: idSchema, offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: openRejectsSchema,
  },
  /** One of these rows with its whole text. */
  'rejects.row': { input: rejectRefSchema, output: openRejectSchema },
  /** Corrects one of these rows in the file of rejects. Empty: the row is not sent. */
  'rejects.save': {
    input: rejectRefSchema.extend({ digest: z.string().max(64), source: z.string().max(8_000_000) }),
    output: openRejectSchema,
  },
  'folders.add': { input: folderInputSchema, output: folderSchema },
  'folders.update': { input: folderChangeSchema, output: folderSchema },
  /** Its files and what was sent of them stay in the history. */
  'folders.remove': { input: folderId, output: nothing },
  'folders.preview': { input: folderPreviewInputSchema, output: folderPreviewSchema },
  'folders.files': { input: folderFilesQuerySchema, output: z.strictObject({ files: z.array(watchedFileSchema), total: countSchema }) },
  'folders.decide': { input: folderDecisionSchema, output: nothing },
  /** Looks at every file again, also at those that could not be read. */
  'folders.rescan': { input: folderId, output: nothing },
  'folders.afterPlan': { input: folderId, output: afterPlanSchema },
  /** Somebody has seen that rows were lost at their source. */
  'folders.dismissRisk': { input: z.strictObject({ id: idSchema, riskId: countSchema }), output: nothing },
  /** Looks at every row of files without sending; `check.get` says how far it came. */
  'check.start': { input: startCheckSchema, output: z.strictObject({ checkId: idSchema }) },
  'check.get': { input: z.strictObject({ checkId: idSchema }), output: checkJobSchema },
  'check.cancel': { input: z.strictObject({ checkId: idSchema }), output: nothing },
  'schema.get': { input: schemaGetSchema, output: knownSchemaSchema },
  'schema.change': { input: changeSchemaInputSchema, output: knownSchemaSchema },
  /** What the service would take a text for. Asks nobody. */
  'schema.timestamp': { input: explainTimestampSchema, output: timestampExplanationSchema },
  /** Where the first rows of a file would land, by the schema as it is kept; read when it never was. */
  'schema.simulate': { input: sampleRowsSchema, output: simulationSchema },
  /** Fields in files of uploads, watched folders and checks that the schema, as it is kept, does not have, and values that do not fit it. Asks nobody; none where it was never read. */
  'schema.unknown': {
    input: z.strictObject({ connectionId: idSchema }),
    output: schemaDriftSchema,
  },
  'flow.pause': { input: pauseScopeSchema, output: nothing },
  'flow.resume': { input: pauseScopeSchema, output: nothing },
  'sandbox.start': { input: nothing, output: sandboxStatusSchema },
  'sandbox.stop': { input: nothing, output: sandboxStatusSchema },
  'sandbox.faults': { input: z.strictObject({ faults: z.array(faultSchema).max(20) }), output: sandboxStatusSchema },
  'sandbox.tables': { input: nothing, output: z.strictObject({ tables: z.array(sandboxTableSchema) }) },
  'sandbox.rows': {
    input: z.strictObject({ table: z.string(), offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: sandboxRowsSchema,
  },
  'sandbox.errors': {
    input: z.strictObject({ offset: countSchema.default(0), limit: countSchema.min(1).max(500).default(100) }),
    output: z.strictObject({ errors: z.array(sandboxErrorSchema), total: countSchema }),
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type Commands = typeof commands;
export type CommandName = keyof Commands;
/** What a caller gives (defaults may be left out). */
export type CommandInput<N extends CommandName> = z.input<Commands[N]['input']>;
/** What a handler gets (defaults filled in). */
export type ParsedInput<N extends CommandName> = z.output<Commands[N]['input']>;
export type CommandOutput<N extends CommandName> = z.output<Commands[N]['output']>;

/** What the host says by itself. Each carries the revision of the state it belongs to. */
export const hostEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('transfer'), revision: countSchema, transfer: transferSchema }),
  z.strictObject({ kind: z.literal('connections'), revision: countSchema, connections: z.array(connectionSchema) }),
  z.strictObject({ kind: z.literal('folder'), revision: countSchema, folder: folderSchema }),
  z.strictObject({ kind: z.literal('folder-removed'), revision: countSchema, id: idSchema }),
  z.strictObject({ kind: z.literal('flow'), revision: countSchema, flow: flowSchema }),
  z.strictObject({ kind: z.literal('sandbox'), revision: countSchema, sandbox: sandboxStatusSchema }),
  z.strictObject({ kind: z.literal('notice'), revision: countSchema, at: instantSchema, notice: failureSchema }),
]);
export type HostEvent = z.infer<typeof hostEventSchema>;

const requestId = countSchema;
/** What goes over the wire (MessagePort or WebSocket), client to host. */
export const requestSchema = z.strictObject({ id: requestId, command: z.string().max(64), input: z.unknown() });
export type Request = z.infer<typeof requestSchema>;
/** Host to client. */
export const responseSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('result'), id: requestId, output: z.unknown() }),
  z.strictObject({ kind: z.literal('failure'), id: requestId, failure: failureSchema }),
  z.strictObject({ kind: z.literal('event'), event: hostEventSchema }),
]);
export type Response = z.infer<typeof responseSchema>;
