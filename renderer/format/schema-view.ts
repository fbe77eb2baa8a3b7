import type { SampledFile, SeenField, UnknownField } from '../../shared/contract/sample.ts';
import type { FieldType, SchemaMetric } from '../../shared/contract/schema.ts';

/** The list with one of its values at another place. */
export const moved = (list: readonly string[], from: number, to: number): readonly string[] => {
  const value = list[from];
  if (value === undefined || to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((_, at) => at !== from);
  return [...rest.slice(0, to), value, ...rest.slice(to)];
};

/** Names that a person writes with commas or one a line between. */
export const namesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,\n]/)
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  ),
];

/** An unknown field, with the files it was seen in where more than one is looked at. */
export type OfferedField = UnknownField & Partial<Pick<SeenField, 'files'>>;

export interface UnknownOfMetric {
  readonly metric: string;
  readonly fields: readonly OfferedField[];
}

/** The metric types that unknown fields were seen in, each with them. */
export const byMetric = (fields: readonly OfferedField[]): readonly UnknownOfMetric[] =>
  [...new Set(fields.map(({ metric }) => metric))].map((metric) => ({
    metric,
    fields: fields.filter((field) => field.metric === metric),
  }));

/** The fields an unknown one can be another name of, the probable ones first. */
export const aliasTargets = ({ similar }: Pick<UnknownField, 'similar'>, metric: SchemaMetric | undefined): readonly string[] => {
  const names = metric?.fields.map(({ name }) => name) ?? [];
  return [...similar.filter((name) => names.includes(name)), ...names.filter((name) => !similar.includes(name))];
};

export interface SimulatedColumn {
  readonly metric: string;
  /** As it is sent. */
  readonly name: string;
  /** Display name in the schema; undefined when the schema has no such field. */
  readonly field: string | undefined;
  readonly type: FieldType | undefined;
  readonly typed: number;
  readonly unknown: number;
  readonly dropped: number;
}

/** What becomes of each column over the rows that are shown, by metric type. */
export const simulatedColumns = (rows: SampledFile['rows']): readonly SimulatedColumn[] => {
  const columns = new Map<string, SimulatedColumn>();
  for (const { landing } of rows) {
    for (const { name, field, state, type } of landing?.fields ?? []) {
      const key = JSON.stringify([landing?.metric, name]);
      const known = columns.get(key) ?? {
        metric: landing?.metric ?? '',
        name,
        field: state === 'unknown' ? undefined : (field ?? name),
        type,
        typed: 0,
        unknown: 0,
        dropped: 0,
      };
      columns.set(key, { ...known, [state]: known[state] + 1 });
    }
  }
  return [...columns.values()];
};
