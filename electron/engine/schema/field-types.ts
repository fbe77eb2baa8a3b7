/** What is known of the types of fields, so that numbers in a CSV file are sent as what they are. Source: fineo-api.md, "Schema". */
import { z } from 'zod';
import type { FieldType } from '../../../shared/contract/schema.ts';
import type { Attempt } from '../model.ts';
import { fieldTypeOf } from './field-type.ts';

/** Metric type as written in the data → name or alias of a field → its type. */
export type FieldTypes = ReadonlyMap<string, ReadonlyMap<string, FieldType>>;

export interface FieldTypesPorts {
  /** Sends a signed GET to the schema API. `path` is below its base URL: `/schema/metric?metricName=…`. */
  get(path: string): Promise<Attempt>;
}

const metricSchema = z.object({
  fields: z.array(z.object({ name: z.string(), aliases: z.array(z.string()).nullish(), type: z.string().nullish() })).nullish(),
});

function typesIn(body: string): ReadonlyMap<string, FieldType> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const metric = metricSchema.safeParse(json);
  if (!metric.success) return undefined;
  const types = new Map<string, FieldType>();
  for (const field of metric.data.fields ?? []) {
    const type = fieldTypeOf(field.type ?? '');
    // The timestamp is not typed by the schema; it has rules of its own.
    if (type === undefined || field.name === 'timestamp') continue;
    for (const name of [field.name, ...(field.aliases ?? [])]) types.set(name, type);
  }
  return types;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Best effort: a metric type that the service does not know has no entry, and when the schema may not be read or cannot be
 * reached there are none at all. Never rejects for what a service does.
 */
export async function readFieldTypes(metricTypes: readonly string[], ports: FieldTypesPorts): Promise<FieldTypes> {
  const found = new Map<string, ReadonlyMap<string, FieldType>>();
  for (const metricType of new Set(metricTypes)) {
    const attempt = await ports.get(`/schema/metric?metricName=${encode(metricType)}`);
    // Not allowed, or not there: the next one would fare no better.
    if (attempt.kind === 'unanswered' || attempt.status === 401 || attempt.status === 403) return new Map();
    if (attempt.status !== 200) continue;
    const types = typesIn(attempt.body);
    if (types !== undefined) found.set(metricType, types);
  }
  return found;
}
