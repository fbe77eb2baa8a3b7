/** Fields of rows that the schema does not have, gathered over rows. Pure. */
import type { UnknownField } from '../../../shared/contract/sample.ts';
import type { FieldType } from '../../../shared/contract/schema.ts';
import { alike, similarity } from '../../../shared/model/similarity.ts';
import { isOfType, type CompiledMetric } from './compiled-schema.ts';
import type { Landing } from './resolution.ts';

const fieldsKept = 1_000;
const examplesKept = 3;
const exampleLength = 100;
const similarKept = 3;

/** From the narrowest on; a text is what is left when no other type holds all values. */
const offered: readonly FieldType[] = ['BOOLEAN', 'INT', 'LONG', 'DOUBLE', 'STRING'];

interface Seen {
  readonly metric: CompiledMetric;
  readonly name: string;
  values: number;
  readonly examples: string[];
  /** Types that hold all values so far. */
  types: readonly FieldType[];
}

export class UnknownFields {
  private readonly seen = new Map<string, Seen>();

  add({ metric, fields }: Landing): void {
    for (const { name, state, text } of fields) {
      if (state !== 'unknown') continue;
      const known = this.field(metric, name);
      if (known === undefined) continue;
      known.values += 1;
      if (!known.types.every((type) => isOfType(text, type))) known.types = known.types.filter((type) => isOfType(text, type));
      const example = text.slice(0, exampleLength);
      if (known.examples.length < examplesKept && !known.examples.includes(example)) known.examples.push(example);
    }
  }

  list(): UnknownField[] {
    return [...this.seen.values()].map(({ metric, name, values, examples, types }) => ({
      metric: metric.name,
      isMetricKnown: metric.isKnown,
      metricFields: new Set(metric.fields.values()).size,
      name,
      values,
      examples,
      type: types[0] ?? 'STRING',
      similar: similarFields(name, metric),
    }));
  }

  private field(metric: CompiledMetric, name: string): Seen | undefined {
    const key = JSON.stringify([metric.name, name]);
    const known = this.seen.get(key);
    if (known !== undefined || this.seen.size >= fieldsKept) return known;
    const made: Seen = { metric, name, values: 0, examples: [], types: offered };
    this.seen.set(key, made);
    return made;
  }
}

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
