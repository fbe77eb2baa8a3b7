import type { Inspection } from '../../shared/contract/files.ts';
import type { SchemaField, SchemaMetric, ServiceSchema } from '../../shared/contract/schema.ts';

type Previewed = Inspection['preview'][number];

export interface LandingRow {
  readonly line: number;
  readonly metric: string;
  /** Milliseconds since 1970; undefined when the event does not say it as a number. */
  readonly time: number | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly reject: Previewed['reject'];
}

/** A number with its digits as they are sent: made a number and a text again, it could lose some. */
interface AsWritten {
  readonly digits: string;
}

const keepDigits = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? ({ digits: context?.source ?? String(value) } satisfies AsWritten) : value;

const digitsOf = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'digits' in value && typeof value.digits === 'string' ? value.digits : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (digitsOf(value) ?? JSON.stringify(value)));

const fieldsOf = (event: string | undefined): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(event ?? '{}', keepDigits);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    // A long event is cut in the preview.
    return {};
  }
};

/** Every field of these rows, in the order in which they come. */
export const landingFields = (rows: readonly LandingRow[]): readonly string[] => [
  ...new Set(rows.flatMap(({ values }) => Object.keys(values))),
];

const isCalled = ({ name, aliases }: Pick<SchemaField, 'name' | 'aliases'>, wanted: string): boolean =>
  name === wanted || aliases.includes(wanted);

export const metricCalled = (schema: ServiceSchema | undefined, name: string): SchemaMetric | undefined =>
  schema?.metrics.find((metric) => isCalled(metric, name));

export const fieldCalled = (metric: SchemaMetric | undefined, name: string): SchemaField | undefined =>
  metric?.fields.find((field) => isCalled(field, name));

/** The first rows as the service will have them: with a schema, its names of metric type and timestamp count. */
export const landingRows = (preview: Inspection['preview'], schema?: ServiceSchema): readonly LandingRow[] =>
  preview.map(({ line, event, reject }) => {
    const fields = fieldsOf(event);
    const metricKey = [...(schema?.tenant.metricKeys ?? []), 'metrictype'].find((name) => name in fields);
    const said = metricKey === undefined ? '' : textOf(fields[metricKey]);
    const metric = metricCalled(schema, said);
    const timeKey = [...(metric?.timestampAliases ?? []), 'timestamp'].find((name) => name in fields);
    const digits = timeKey === undefined ? undefined : digitsOf(fields[timeKey]);
    const values = Object.entries(fields).filter(([name]) => name !== metricKey && name !== timeKey);
    return {
      line,
      metric: metric?.name ?? said,
      time: digits === undefined ? undefined : Number(digits),
      values: Object.fromEntries(values.map(([name, value]) => [name, textOf(value)])),
      reject,
    };
  });
