/** Columns with values that are not of the type of their field, gathered over rows. Pure. */
import type { DroppedField } from '../../../shared/contract/sample.ts';
import type { Landing } from './resolution.ts';

const columnsKept = 1_000;
const examplesKept = 3;
const exampleLength = 100;

export class DroppedFields {
  private readonly seen = new Map<string, DroppedField>();

  add({ metric, fields }: Landing): void {
    for (const { name, field, state, type, text } of fields) {
      if (state !== 'dropped' || type === undefined) continue;
      const key = JSON.stringify([metric.name, name]);
      const known = this.seen.get(key) ?? { metric: metric.name, name, field, type, values: 0, examples: [] };
      if (!this.seen.has(key) && this.seen.size >= columnsKept) continue;
      known.values += 1;
      const example = text.slice(0, exampleLength);
      if (known.examples.length < examplesKept && !known.examples.includes(example)) known.examples.push(example);
      this.seen.set(key, known);
    }
  }

  list(): DroppedField[] {
    return [...this.seen.values()];
  }
}
