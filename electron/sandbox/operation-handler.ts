/** What each operation does. */
import type { z } from 'zod';
import { badRequest, notFound, ok, type Answer } from './answers.ts';
import type { EventQueries } from './event-queries.ts';
import type { FaultInjector } from './faults.ts';
import type { ObjectJobs } from './object-jobs.ts';
import type { Match } from './operation-match.ts';
import { assertNever } from './sandbox-error.ts';
import * as schemaApi from './schema-operations.ts';
import * as shapes from './schemas.ts';
import { getBatchStatus, putBatch, putEvent, putEvents, type WriteContext } from './write-operations.ts';

export interface OperationContext extends WriteContext {
  readonly queries: EventQueries;
  readonly faults: FaultInjector;
  readonly objects: ObjectJobs;
  readonly stats: () => shapes.SandboxStats;
  readonly batchStatusDelayMs: number;
  readonly clear: () => void;
}

const problems = (error: z.ZodError): string =>
  error.issues.map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message)).join('; ');

const parsed = <S extends z.ZodType>(
  schema: S,
  value: unknown,
  use: (input: z.output<S>) => Answer | Promise<Answer>,
): Answer | Promise<Answer> => {
  const result = schema.safeParse(value);
  return result.success ? use(result.data) : badRequest(problems(result.error));
};

const fromBody = <S extends z.ZodType>(
  schema: S,
  body: Buffer,
  use: (input: z.output<S>) => Answer | Promise<Answer>,
): Answer | Promise<Answer> => {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return badRequest('the body is not JSON');
  }
  return parsed(schema, value, use);
};

/** `failing`: how many records of a stream request are to fail. */
export function carryOut(
  context: OperationContext,
  { operation, variable, query }: Match,
  body: Buffer,
  failing: number,
): Answer | Promise<Answer> {
  const { store } = context;
  const parameters = Object.fromEntries(query);
  switch (operation.id) {
    case 'putEvent':
      return putEvent(context, body);
    case 'putEvents':
      return putEvents(context, body, failing);
    case 'putBatch':
      return putBatch(context, variable, body);
    case 'postFile':
      return fromBody(shapes.filePathSchema, body, ({ filePath }) => context.objects.submit(filePath));
    case 'getBatchStatus':
      return getBatchStatus(context, variable, context.batchStatusDelayMs);
    case 'getSchema':
      return schemaApi.getSchema(store);
    case 'patchSchema':
      return fromBody(shapes.schemaChangeSchema, body, (input) => schemaApi.patchSchema(store, input));
    case 'getMetrics':
      return schemaApi.getMetrics(store);
    case 'postMetric':
      return fromBody(shapes.newMetricSchema, body, (input) => schemaApi.postMetric(store, input));
    case 'getMetric':
      return parsed(shapes.metricQuerySchema, parameters, (input) => schemaApi.getMetric(store, input));
    case 'patchMetric':
      return fromBody(shapes.metricChangeSchema, body, (input) => schemaApi.patchMetric(store, input));
    case 'deleteMetric':
      return fromBody(shapes.metricNameSchema, body, (input) => schemaApi.deleteMetric(store, input));
    case 'postField':
      return fromBody(shapes.newFieldSchema, body, (input) => schemaApi.postField(store, input));
    case 'getField':
      return parsed(shapes.fieldQuerySchema, parameters, (input) => schemaApi.getField(store, input));
    case 'patchField':
      return fromBody(shapes.fieldChangeSchema, body, (input) => schemaApi.patchField(store, input));
    case 'sandboxTables':
      return ok({ tables: context.queries.tables() });
    case 'sandboxRows':
      return parsed(shapes.pageQuerySchema, parameters, (page) => {
        const rows = context.queries.rows(variable, page);
        return rows ? ok(rows) : notFound(`there is no table ${JSON.stringify(variable)}`);
      });
    case 'sandboxErrors':
      return parsed(shapes.pageQuerySchema, parameters, (page) => ok(context.queries.errors(page)));
    case 'sandboxStats':
      return ok(context.stats());
    case 'sandboxGetFaults':
      return ok({ faults: context.faults.active() });
    case 'sandboxPutFaults':
      return fromBody(shapes.faultsSchema, body, ({ faults }) => {
        context.faults.set(faults);
        return ok({ faults: context.faults.active() });
      });
    case 'sandboxClear':
      context.clear();
      return ok();
    default:
      return assertNever(operation.id);
  }
}
