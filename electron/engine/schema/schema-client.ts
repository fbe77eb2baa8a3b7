/** The operations of the schema API. Source: fineo-api.md, "Schema". Answers are parsed; what does not fit is a failure. */
import { z } from 'zod';
import type { Failure } from '../../../shared/contract/common.ts';
import type { SchemaChange, SchemaMetric, SchemaTenant, ServiceSchema } from '../../../shared/contract/schema.ts';
import { UploaderError } from '../errors.ts';
import type { Attempt, UnsignedRequest } from '../model.ts';
import { fieldTypeOf } from './field-type.ts';

export interface SchemaPorts {
  /** Sends a signed request to the schema API; `path` is below its base URL and encoded, `body` is made JSON of. */
  request(method: UnsignedRequest['method'], path: string, body?: unknown): Promise<Attempt>;
  /** What an answer that is no success means. */
  refusal(attempt: Attempt): Failure;
}

const names = z.array(z.string()).nullish();
const tenantAnswer = z.object({ timestampPatterns: names, metricKeys: names, metricTypeKeys: names });
const metricMap = z.record(z.string(), z.string());
const metricsAnswer = z.union([z.object({ metricmap: metricMap }), z.object({ idToMetricName: metricMap })]);
const metricAnswer = z.object({
  name: z.string(),
  aliases: names,
  timestampPatterns: names,
  fields: z.array(z.object({ name: z.string(), aliases: names, type: z.string().nullish() })).nullish(),
});

/** Metric types that are asked for at once. */
const askedAtOnce = 4;

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** All of it. Throws `UploaderError` with the reason of the service, or `schema-unreadable`. */
export async function readSchema(ports: SchemaPorts): Promise<ServiceSchema> {
  const tenant = await readTenant(ports);
  const listed = await readMetricNames(ports);
  const metrics: SchemaMetric[] = [];
  for (let from = 0; from < listed.length; from += askedAtOnce) {
    const part = await Promise.all(listed.slice(from, from + askedAtOnce).map((metric) => readMetric(metric, ports)));
    // One that was deleted in between is not there.
    for (const metric of part) if (metric !== undefined) metrics.push(metric);
  }
  return { tenant, metrics };
}

export async function readTenant(ports: SchemaPorts): Promise<SchemaTenant> {
  const { timestampPatterns, metricKeys, metricTypeKeys } = await get(ports, '/schema', tenantAnswer);
  return { timestampPatterns: timestampPatterns ?? [], metricKeys: metricKeys ?? metricTypeKeys ?? [] };
}

async function readMetricNames(ports: SchemaPorts): Promise<readonly string[]> {
  const answer = await get(ports, '/schema/metrics', metricsAnswer);
  return Object.values('metricmap' in answer ? answer.metricmap : answer.idToMetricName);
}

/** By display name or alias; undefined when there is none. */
export async function readMetric(metric: string, ports: SchemaPorts): Promise<SchemaMetric | undefined> {
  const path = `/schema/metric?metricName=${encode(metric)}`;
  const attempt = await ports.request('GET', path);
  if (attempt.kind === 'answered' && attempt.status === 404) return undefined;
  const answer = parse(attempt, path, metricAnswer, ports);
  const fields = (answer.fields ?? []).map((field) => ({ ...field, aliases: field.aliases ?? [] }));
  return {
    name: answer.name,
    aliases: answer.aliases ?? [],
    timestampPatterns: answer.timestampPatterns ?? [],
    timestampAliases: fields.find((field) => field.name === 'timestamp')?.aliases ?? [],
    fields: fields
      .filter((field) => field.name !== 'timestamp')
      .map((field) => {
        const type = fieldTypeOf(field.type ?? '');
        return { name: field.name, aliases: field.aliases, ...(type === undefined ? {} : { type }) };
      }),
  };
}

/** Makes one change. Throws `schema-refused` with the service's words, or why it was not reached. */
export async function applyChange(change: SchemaChange, ports: SchemaPorts): Promise<void> {
  const { method, path, body } = requestOf(change);
  const attempt = await ports.request(method, path, body);
  if (attempt.kind === 'answered' && attempt.status >= 200 && attempt.status < 300) return;
  throw refused(attempt, ports);
}

function requestOf(change: SchemaChange): { readonly method: UnsignedRequest['method']; readonly path: string; readonly body: unknown } {
  switch (change.kind) {
    case 'create-metric':
      return { method: 'POST', path: '/schema/metric', body: { metricName: change.metric, aliases: change.aliases } };
    case 'change-metric': {
      const { metric, newName, aliases, timestampPatterns } = change;
      return { method: 'PATCH', path: '/schema/metric', body: { metricName: metric, newDisplayName: newName, aliases, timestampPatterns } };
    }
    case 'delete-metric':
      return { method: 'DELETE', path: '/schema/metric', body: { metricName: change.metric } };
    case 'create-field': {
      const { metric, field, type, aliases } = change;
      return { method: 'POST', path: '/schema/field', body: { metricName: metric, fieldName: field, fieldType: type, aliases } };
    }
    case 'change-field': {
      const { metric, field, newName, aliases } = change;
      return { method: 'PATCH', path: '/schema/field', body: { metricName: metric, fieldName: field, newDisplayName: newName, aliases } };
    }
    case 'tenant': {
      const { timestampPatterns, metricKeys } = change;
      // The service's documents disagree about the name, so both are sent.
      return { method: 'PATCH', path: '/schema', body: { timestampPatterns, metricKeys, metricTypeKeys: metricKeys } };
    }
  }
}

async function get<T>(ports: SchemaPorts, path: string, schema: z.ZodType<T>): Promise<T> {
  return parse(await ports.request('GET', path), path, schema, ports);
}

function parse<T>(attempt: Attempt, path: string, schema: z.ZodType<T>, ports: SchemaPorts): T {
  if (attempt.kind !== 'answered' || attempt.status < 200 || attempt.status >= 300) throw refused(attempt, ports);
  let json: unknown;
  try {
    json = JSON.parse(attempt.body);
  } catch (error) {
    throw new UploaderError('schema-unreadable', `the answer to ${path} is not JSON`, { path }, error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw new UploaderError('schema-unreadable', `the answer to ${path} is not what the API describes${where}`, { path });
}

function refused(attempt: Attempt, ports: SchemaPorts): UploaderError {
  const { code, message, context } = ports.refusal(attempt);
  return new UploaderError(code, message, context);
}
