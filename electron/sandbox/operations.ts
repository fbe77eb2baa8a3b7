/** Every operation of the service and of the sandbox's own interface: what requests are matched by, and what is documented. */
import type { z } from 'zod';
import * as shapes from './schemas.ts';

export type Api = 'stream' | 'batch' | 'schema' | 'sandbox';

export interface Operation {
  readonly id: string;
  readonly api: Api;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `<root>/<api>/<stage>`, or below `<root>` for the sandbox's own; `{name}` stands for one segment. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** Statuses besides those that every operation has. */
  readonly errors: readonly number[];
  /** Counts against the rate. */
  readonly isWrite: boolean;
}

const nothing = shapes.nothingSchema;

export const operations = [
  {
    id: 'putEvent',
    api: 'stream',
    method: 'PUT',
    path: '/stream/event',
    summary: 'Write one event',
    body: shapes.eventSchema,
    answer: nothing,
    errors: [400],
    isWrite: true,
  },
  {
    id: 'putEvents',
    api: 'stream',
    method: 'PUT',
    path: '/stream/events',
    summary: 'Write up to 500 events',
    body: shapes.eventsSchema,
    answer: shapes.streamAnswerSchema,
    errors: [400],
    isWrite: true,
  },
  {
    id: 'putBatch',
    api: 'batch',
    method: 'PUT',
    path: '/batch/upload/data/{file}',
    summary: 'Upload a batch; one of the same name is replaced',
    body: shapes.batchSchema,
    answer: nothing,
    errors: [400],
    isWrite: true,
  },
  {
    id: 'postFile',
    api: 'batch',
    method: 'POST',
    path: '/batch/upload/file',
    summary: 'Have objects in S3 read',
    body: shapes.filePathSchema,
    answer: nothing,
    errors: [400],
    isWrite: true,
  },
  {
    id: 'getBatchStatus',
    api: 'batch',
    method: 'GET',
    path: '/batch/status/{file}',
    summary: 'Whether a batch has been received',
    answer: nothing,
    answerHeaders: { Timestamp: 'When it was received.' },
    errors: [404],
    isWrite: false,
  },
  {
    id: 'getSchema',
    api: 'schema',
    method: 'GET',
    path: '/schema',
    summary: 'Timestamp patterns and metric type keys of the tenant',
    answer: shapes.schemaAnswerSchema,
    errors: [],
    isWrite: false,
  },
  {
    id: 'patchSchema',
    api: 'schema',
    method: 'PATCH',
    path: '/schema',
    summary: 'Set them',
    body: shapes.schemaChangeSchema,
    answer: nothing,
    errors: [400],
    isWrite: false,
  },
  {
    id: 'getMetrics',
    api: 'schema',
    method: 'GET',
    path: '/schema/metrics',
    summary: 'All metric types',
    answer: shapes.metricsAnswerSchema,
    errors: [],
    isWrite: false,
  },
  {
    id: 'postMetric',
    api: 'schema',
    method: 'POST',
    path: '/schema/metric',
    summary: 'Create a metric type',
    body: shapes.newMetricSchema,
    answer: nothing,
    errors: [400],
    isWrite: false,
  },
  {
    id: 'getMetric',
    api: 'schema',
    method: 'GET',
    path: '/schema/metric',
    summary: 'One metric type',
    query: shapes.metricQuerySchema,
    answer: shapes.metricAnswerSchema,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'patchMetric',
    api: 'schema',
    method: 'PATCH',
    path: '/schema/metric',
    summary: 'Rename a metric type, add aliases, set its timestamp patterns',
    body: shapes.metricChangeSchema,
    answer: nothing,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'deleteMetric',
    api: 'schema',
    method: 'DELETE',
    path: '/schema/metric',
    summary: 'Delete a metric type',
    body: shapes.metricNameSchema,
    answer: nothing,
    errors: [400],
    isWrite: false,
  },
  {
    id: 'postField',
    api: 'schema',
    method: 'POST',
    path: '/schema/field',
    summary: 'Add a field to a metric type',
    body: shapes.newFieldSchema,
    answer: nothing,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'getField',
    api: 'schema',
    method: 'GET',
    path: '/schema/field',
    summary: 'One field',
    query: shapes.fieldQuerySchema,
    answer: shapes.fieldAnswerSchema,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'patchField',
    api: 'schema',
    method: 'PATCH',
    path: '/schema/field',
    summary: 'Rename a field, add aliases',
    body: shapes.fieldChangeSchema,
    answer: nothing,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'sandboxTables',
    api: 'sandbox',
    method: 'GET',
    path: '/sandbox/tables',
    summary: 'Metric types with their rows counted',
    answer: shapes.tablesAnswerSchema,
    errors: [],
    isWrite: false,
  },
  {
    id: 'sandboxRows',
    api: 'sandbox',
    method: 'GET',
    path: '/sandbox/tables/{name}/rows',
    summary: 'Stored rows',
    query: shapes.pageQuerySchema,
    answer: shapes.rowsAnswerSchema,
    errors: [400, 404],
    isWrite: false,
  },
  {
    id: 'sandboxErrors',
    api: 'sandbox',
    method: 'GET',
    path: '/sandbox/errors',
    summary: 'Malformed events: the tables errors.stream and errors.batch',
    query: shapes.pageQuerySchema,
    answer: shapes.errorsAnswerSchema,
    errors: [400],
    isWrite: false,
  },
  {
    id: 'sandboxStats',
    api: 'sandbox',
    method: 'GET',
    path: '/sandbox/stats',
    summary: 'Counts of rows, errors and requests',
    answer: shapes.statsSchema,
    errors: [],
    isWrite: false,
  },
  {
    id: 'sandboxGetFaults',
    api: 'sandbox',
    method: 'GET',
    path: '/sandbox/faults',
    summary: 'Faults that are still to be made',
    answer: shapes.faultsSchema,
    errors: [],
    isWrite: false,
  },
  {
    id: 'sandboxPutFaults',
    api: 'sandbox',
    method: 'PUT',
    path: '/sandbox/faults',
    summary: 'Set the faults to make',
    body: shapes.faultsSchema,
    answer: shapes.faultsSchema,
    errors: [400],
    isWrite: false,
  },
  {
    id: 'sandboxClear',
    api: 'sandbox',
    method: 'DELETE',
    path: '/sandbox/data',
    summary: 'Delete all events, errors, uploads and the schema',
    answer: nothing,
    errors: [],
    isWrite: false,
  },
] as const satisfies readonly Operation[];

export type OperationId = (typeof operations)[number]['id'];

export const stage = 'v1';

/** The path of an operation below the root. */
export const pathOf = (operation: Operation): string =>
  operation.api === 'sandbox' ? operation.path : `/${operation.api}/${stage}${operation.path}`;
