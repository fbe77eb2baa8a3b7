/** The schema API (fineo-api.md, Schema). Each gets what its zod schema has let through. */
import type { z } from 'zod';
import { badRequest, notFound, ok, type Answer } from './answers.ts';
import { isForbiddenName, isReservedName, newMetric, type Field, type Metric } from './catalogue.ts';
import type { EventStore } from './event-store.ts';
import { fieldTypeOf } from './field-types.ts';
import type * as shapes from './schemas.ts';
import { compilePattern, loadPatternSupport } from './timestamps.ts';

const union = (have: readonly string[], more: readonly string[] = []): string[] => [...new Set([...have, ...more])];

const unreadablePattern = async (patterns: readonly string[] = []): Promise<Answer | undefined> => {
  if (patterns.length > 0) await loadPatternSupport();
  for (const pattern of patterns) {
    try {
      compilePattern(pattern);
    } catch {
      return badRequest(`the timestamp pattern ${JSON.stringify(pattern)} cannot be read`);
    }
  }
  return undefined;
};

const unknownMetric = (name: string): Answer => notFound(`there is no metric ${JSON.stringify(name)}`);
const taken = (name: string): Answer => badRequest(`the name ${JSON.stringify(name)} is taken already`);

export const getSchema = (store: EventStore): Answer => {
  const { timestampPatterns, metricKeys } = store.catalogue.tenant;
  return ok({ timestampPatterns, metricKeys });
};

export const patchSchema = async (store: EventStore, change: z.output<typeof shapes.schemaChangeSchema>): Promise<Answer> => {
  const unreadable = await unreadablePattern(change.timestampPatterns);
  if (unreadable) return unreadable;
  const { tenant } = store.catalogue;
  store.saveTenant({
    timestampPatterns: change.timestampPatterns ?? tenant.timestampPatterns,
    metricKeys: union(change.metricTypeKeys ?? change.metricKeys ?? tenant.metricKeys),
  });
  return ok();
};

export const getMetrics = (store: EventStore): Answer =>
  ok({ metricmap: Object.fromEntries(store.catalogue.all().map((metric) => [String(metric.id), metric.name])) });

/** A name that another metric has as its name or alias. */
const metricNameTaken = (store: EventStore, names: readonly string[], own?: number): string | undefined =>
  names.find((name) => {
    const found = store.catalogue.find(name);
    return found !== undefined && found.id !== own;
  });

export const postMetric = (store: EventStore, { metricName, aliases }: z.output<typeof shapes.newMetricSchema>): Answer => {
  const clash = metricNameTaken(store, [metricName, ...(aliases ?? [])]);
  if (clash !== undefined) return taken(clash);
  const others = union(aliases ?? []).filter((alias) => alias !== metricName);
  store.saveMetric(newMetric(store.catalogue.nextId(), metricName, others));
  return ok();
};

const timestampField = (metric: Metric): Field => ({ name: 'timestamp', aliases: metric.timestampAliases, type: 'LONG' });

export const getMetric = (store: EventStore, { metricName }: z.output<typeof shapes.metricQuerySchema>): Answer => {
  const metric = store.catalogue.find(metricName);
  if (!metric) return unknownMetric(metricName);
  const { name, aliases, timestampPatterns, fields } = metric;
  return ok({ name, aliases, timestampPatterns, fields: [timestampField(metric), ...fields] });
};

export const patchMetric = async (store: EventStore, change: z.output<typeof shapes.metricChangeSchema>): Promise<Answer> => {
  const unreadable = await unreadablePattern(change.timestampPatterns);
  const metric = store.catalogue.find(change.metricName);
  if (!metric) return unknownMetric(change.metricName);
  if (unreadable) return unreadable;
  const name = change.newDisplayName ?? metric.name;
  const aliases = union(metric.aliases, change.aliases).filter((alias) => alias !== name);
  const clash = metricNameTaken(store, [name, ...aliases], metric.id);
  if (clash !== undefined) return taken(clash);
  store.saveMetric({ ...metric, name, aliases, timestampPatterns: change.timestampPatterns ?? metric.timestampPatterns });
  return ok();
};

export const deleteMetric = (store: EventStore, { metricName }: z.output<typeof shapes.metricNameSchema>): Answer => {
  const metric = store.catalogue.find(metricName);
  if (metric) store.deleteMetric(metric.id);
  return ok();
};

/** A name that another field of the metric, or its timestamp, has as its name or alias. */
const fieldNameTaken = (metric: Metric, names: readonly string[], own?: string): string | undefined => {
  const others = [timestampField(metric), ...metric.fields].filter((field) => field.name !== own);
  const used = new Set(others.flatMap((field) => [field.name, ...field.aliases]));
  return names.find((name) => used.has(name));
};

const forbiddenName = (names: readonly string[]): Answer | undefined => {
  const name = names.find((candidate) => isForbiddenName(candidate) || isReservedName(candidate));
  return name === undefined ? undefined : badRequest(`the name ${JSON.stringify(name)} is forbidden`);
};

const findField = (metric: Metric, name: string): Field | undefined =>
  [timestampField(metric), ...metric.fields].find((field) => field.name === name || field.aliases.includes(name));

const unknownField = (metric: Metric, name: string): Answer =>
  notFound(`the metric ${JSON.stringify(metric.name)} has no field ${JSON.stringify(name)}`);

export const postField = (store: EventStore, input: z.output<typeof shapes.newFieldSchema>): Answer => {
  const metric = store.catalogue.find(input.metricName);
  if (!metric) return unknownMetric(input.metricName);
  const type = fieldTypeOf(input.fieldType);
  if (!type) return badRequest(`there is no field type ${JSON.stringify(input.fieldType)}`);
  const aliases = union(input.aliases ?? []).filter((alias) => alias !== input.fieldName);
  const names = [input.fieldName, ...aliases];
  const forbidden = forbiddenName(names);
  if (forbidden) return forbidden;
  const clash = fieldNameTaken(metric, names);
  if (clash !== undefined) return taken(clash);
  store.saveMetric({ ...metric, fields: [...metric.fields, { name: input.fieldName, aliases, type }] });
  return ok();
};

export const getField = (store: EventStore, { metricName, fieldName }: z.output<typeof shapes.fieldQuerySchema>): Answer => {
  const metric = store.catalogue.find(metricName);
  if (!metric) return unknownMetric(metricName);
  const field = findField(metric, fieldName);
  return field ? ok(field) : unknownField(metric, fieldName);
};

export const patchField = (store: EventStore, change: z.output<typeof shapes.fieldChangeSchema>): Answer => {
  const metric = store.catalogue.find(change.metricName);
  if (!metric) return unknownMetric(change.metricName);
  const field = findField(metric, change.fieldName);
  if (!field) return unknownField(metric, change.fieldName);
  const isTimestamp = field.name === 'timestamp';
  if (isTimestamp && change.newDisplayName !== undefined) return badRequest('the timestamp field cannot be renamed');
  const name = change.newDisplayName ?? field.name;
  const aliases = union(field.aliases, change.aliases).filter((alias) => alias !== name);
  const forbidden = forbiddenName(isTimestamp ? aliases : [name, ...aliases]);
  if (forbidden) return forbidden;
  const clash = fieldNameTaken(metric, [name, ...aliases], field.name);
  if (clash !== undefined) return taken(clash);
  if (isTimestamp) store.saveMetric({ ...metric, timestampAliases: aliases });
  else
    store.saveMetric({
      ...metric,
      fields: metric.fields.map((other) => (other.name === field.name ? { ...field, name, aliases } : other)),
    });
  return ok();
};
