/** What differs between two states of a part of the schema, in words. Pure. */
import type { SchemaField, SchemaMetric, SchemaTenant } from '../../../shared/contract/schema.ts';

const listed = (values: readonly string[]): string => (values.length === 0 ? 'none' : values.join(', '));

function lists(what: string, before: readonly string[], now: readonly string[], ordered: boolean): readonly string[] {
  const isEqual =
    before.length === now.length && (ordered ? before.every((one, at) => one === now[at]) : before.every((one) => now.includes(one)));
  return isEqual ? [] : [`${what}: ${listed(before)} → ${listed(now)}`];
}

export const tenantDifferences = (before: SchemaTenant, now: SchemaTenant): readonly string[] => [
  ...lists('metric type keys', before.metricKeys, now.metricKeys, true),
  ...lists('timestamp patterns', before.timestampPatterns, now.timestampPatterns, true),
];

/** `now` undefined: it is gone. */
export function metricDifferences(before: SchemaMetric, now: SchemaMetric | undefined): readonly string[] {
  if (now === undefined) return [`the metric type ${before.name} is gone`];
  const older = new Map(before.fields.map((field) => [field.name, field]));
  const newer = new Map(now.fields.map((field) => [field.name, field]));
  return [
    ...(before.name === now.name ? [] : [`name: ${before.name} → ${now.name}`]),
    ...lists('aliases', before.aliases, now.aliases, false),
    ...lists('timestamp patterns', before.timestampPatterns, now.timestampPatterns, true),
    ...lists('aliases of the timestamp', before.timestampAliases, now.timestampAliases, true),
    ...[...newer.values()].filter(({ name }) => !older.has(name)).map(({ name }) => `field ${name} is new`),
    ...[...older.values()].flatMap((field) => fieldDifferences(field, newer.get(field.name))),
  ];
}

function fieldDifferences(before: SchemaField, now: SchemaField | undefined): readonly string[] {
  if (now === undefined) return [`field ${before.name} is gone`];
  const type = before.type === now.type ? [] : [`type of ${before.name}: ${before.type ?? 'unknown'} → ${now.type ?? 'unknown'}`];
  return [...type, ...lists(`aliases of ${before.name}`, before.aliases, now.aliases, false)];
}
