/** Fields of rows that the schema does not have, gathered over rows. Pure. */
import type { UnknownField } from '../../../shared/contract/sample.ts';
import { alike, similarity } from '../../../shared/model/similarity.ts';
import type { CompiledMetric } from './compiled-schema.ts';
import type { Landing } from './resolution.ts';
import type { SeenField } from '../model.ts';
import { ValueLooks } from './seen-fields.ts';

const fieldsKept = 1_000;
const similarKept = 3;

interface Seen {
  readonly metric: CompiledMetric;
  readonly name: string;
  values: number;
  readonly looks: ValueLooks;
}

export class UnknownFields {
  private readonly seen = new Map<string, Seen>();

  add({ metric, fields }: Landing): void {
    for (const { name, state, text } of fields) {
      if (state !== 'unknown') continue;
      const known = this.field(metric, name);
      if (known === undefined) continue;
      known.values += 1;
      known.looks.add(text);
    }
  }

  list(): UnknownField[] {
    return [...this.seen.values()].map(({ metric, name, values, looks: { examples, types } }) =>
      unknownField(metric, { name, values, examples, types }),
    );
  }

  private field(metric: CompiledMetric, name: string): Seen | undefined {
    const key = JSON.stringify([metric.name, name]);
    const known = this.seen.get(key);
    if (known !== undefined || this.seen.size >= fieldsKept) return known;
    const made: Seen = { metric, name, values: 0, looks: new ValueLooks() };
    this.seen.set(key, made);
    return made;
  }
}

/** What is told of a field that the schema does not have. */
export const unknownField = (metric: CompiledMetric, { name, values, examples, types }: Omit<SeenField, 'metric'>): UnknownField => ({
  metric: metric.name,
  isMetricKnown: metric.isKnown,
  metricFields: new Set(metric.fields.values()).size,
  name,
  values,
  examples: [...examples],
  type: types[0] ?? 'STRING',
  similar: similarFields(name, metric),
});

/** Display names of the fields that are called nearly so, or have such an alias; the most alike first. */
function similarFields(name: string, { fields }: CompiledMetric): string[] {
  const best = new Map<string, number>();
  for (const [known, field] of fields) best.set(field.name, Math.max(best.get(field.name) ?? 0, similarity(known, name)));
  return [...best]
    .filter(([, score]) => score >= alike)
    .sort((a, b) => b[1] - a[1])
    .slice(0, similarKept)
    .map(([field]) => field);
}
