/** What the schema says about a mapping that the content of a file suggests. Pure; for the page and the command line alike. */
import type { Mapping } from '../contract/mapping.ts';
import type { SchemaMetric, ServiceSchema } from '../contract/schema.ts';
import { alike, similarity } from './similarity.ts';

export interface SchemaSuggestion {
  readonly mapping: Mapping;
  /** One English sentence for each thing that was taken from the schema. */
  readonly notes: readonly string[];
  /** The metric type the rows probably belong to; undefined: none of the schema comes near. */
  readonly metric: string | undefined;
  /** Columns that the schema has no field for, nor one that is called nearly so. */
  readonly unknownColumns: readonly string[];
}

export function suggestBySchema(fileName: string, columns: readonly string[], suggested: Mapping, schema: ServiceSchema): SchemaSuggestion {
  const notes: string[] = [];
  const key = [...schema.tenant.metricKeys, 'metrictype'].find((name) => columns.includes(name));
  const metric = key === undefined ? metricFor(fileName, columns, schema) : undefined;
  const mapping: { -readonly [K in keyof Mapping]: Mapping[K] } = { ...suggested };
  if (key !== undefined) {
    mapping.metricType = { kind: 'column', column: 'metrictype', from: 'schema' };
    notes.push(`the metric type stands in ${key}, as the schema says`);
  } else if (metric !== undefined) {
    mapping.metricType = { kind: 'constant', value: metric.name };
    notes.push(`the rows look like those of the metric type ${metric.name}`);
  }
  const timeName = metric === undefined ? undefined : [...metric.timestampAliases, 'timestamp'].find((name) => columns.includes(name));
  const hasPatterns = (metric?.timestampPatterns.length ?? 0) + schema.tenant.timestampPatterns.length > 0;
  if (timeName !== undefined && (timeName !== 'timestamp' || hasPatterns) && suggested.timestamp.column === timeName) {
    mapping.timestamp = { ...suggested.timestamp, column: timeName, from: 'schema' };
    notes.push(`the time stands in ${timeName} and is read by the patterns of the schema`);
  }
  const rest = columns.filter((name) => name !== key && name !== mapping.timestamp.column);
  const { rename, unknown } = metric === undefined ? { rename: new Map<string, string>(), unknown: rest } : renames(rest, metric);
  for (const [column, field] of rename) notes.push(`${column} is probably the field ${field}`);
  if (rename.size > 0) mapping.rename = { ...mapping.rename, ...Object.fromEntries(rename) };
  return { mapping, notes, metric: metric?.name, unknownColumns: unknown };
}

const namesOf = ({ name, aliases }: { readonly name: string; readonly aliases: readonly string[] }): readonly string[] => [
  name,
  ...aliases,
];

/** The metric type that the name of the file or the columns speak for. */
function metricFor(fileName: string, columns: readonly string[], { metrics }: ServiceSchema): SchemaMetric | undefined {
  const stem = fileName.replace(/\.gz$/i, '').replace(/\.[A-Za-z0-9]{1,8}$/, '');
  const words = [stem, stem.replace(/[-_. ]?\d[\d-_. ]*$/, '')];
  let best: { readonly metric: SchemaMetric; readonly score: number } | undefined;
  for (const metric of metrics) {
    const byName = Math.max(...namesOf(metric).flatMap((name) => words.map((word) => similarity(name, word))));
    const fields = new Set(metric.fields.flatMap(namesOf));
    const known = columns.filter((column) => fields.has(column)).length;
    const byFields = columns.length === 0 ? 0 : known / columns.length;
    const score = Math.max(byName >= alike ? byName : 0, byFields >= 0.5 ? 0.5 + byFields / 2 : 0);
    if (score > (best?.score ?? 0)) best = { metric, score };
  }
  return best?.metric;
}

/** Each column with the field it is nearly called like, each field once; the most alike first. */
function renames(
  columns: readonly string[],
  metric: SchemaMetric,
): { readonly rename: ReadonlyMap<string, string>; readonly unknown: readonly string[] } {
  const known = new Set(metric.fields.flatMap(namesOf));
  const open = columns.filter((column) => !known.has(column));
  const taken = new Set(metric.fields.filter((field) => namesOf(field).some((name) => columns.includes(name))).map(({ name }) => name));
  const pairs = open
    .flatMap((column) =>
      metric.fields.map((field) => ({
        column,
        field: field.name,
        score: Math.max(...namesOf(field).map((name) => similarity(name, column))),
      })),
    )
    .filter(({ score }) => score >= alike)
    .sort((a, b) => b.score - a.score);
  const rename = new Map<string, string>();
  for (const { column, field } of pairs) {
    if (rename.has(column) || taken.has(field)) continue;
    rename.set(column, field);
    taken.add(field);
  }
  return { rename, unknown: open.filter((column) => !rename.has(column)) };
}
