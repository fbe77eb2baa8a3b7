/** Names of the fields that events have, by metric type, with how many values each had: gathered over all rows while they are shaped. */
import type { FieldType } from '../../../shared/contract/schema.ts';
import type { SeenField } from '../model.ts';
import { isOfType } from './compiled-schema.ts';

/** Over all metric types; a file with countless names must not fill the memory. */
const fieldsKept = 1_000;
const examplesKept = 3;
const exampleLength = 100;
/** Texts are looked at for the first values of a field, and then for one of so many; all are counted. */
const looksAtFirst = 256;
const looksOneOf = 1_024;

/** Calls after which counts of names that are known are told as well. */
const toldEvery = 256;

/** From the narrowest on; a text is what is left when no other type holds all values. */
export const offeredTypes: readonly FieldType[] = ['BOOLEAN', 'INT', 'LONG', 'DOUBLE', 'STRING'];

/** What is known of the values of a field from those that were looked at. */
export class ValueLooks {
  /** At most 3, each cut to 100 characters. */
  readonly examples: string[] = [];
  /** Types that hold all values so far. */
  types: readonly FieldType[] = offeredTypes;

  add(text: string): void {
    if (!this.types.every((type) => isOfType(text, type))) this.types = this.types.filter((type) => isOfType(text, type));
    if (this.examples.length >= examplesKept) return;
    const example = text.slice(0, exampleLength);
    if (!this.examples.includes(example)) this.examples.push(example);
  }
}

/** Of rows whose columns are the fields: only cells without a value are counted, so that a row costs next to nothing. */
export interface SeenColumns {
  rows: number;
  /** By field: rows in which it has no value. */
  readonly missing: Float64Array;
  readonly looks: readonly ValueLooks[];
  /** Fields of which no value was looked at so far. */
  readonly unseen: Set<number>;
}

interface ToldColumns {
  readonly names: readonly string[];
  readonly seen: SeenColumns;
  /** What was told so far: rows, and values by field. */
  rows: number;
  readonly values: Float64Array;
}

export const isLookedAt = (row: number): boolean => row <= looksAtFirst || (row & (looksOneOf - 1)) === 0;

interface Seen {
  values: number;
  readonly looks: ValueLooks;
}

interface SeenMetric {
  rows: number;
  readonly fields: Map<string, Seen>;
}

export class SeenFields {
  private readonly byMetric = new Map<string, SeenMetric>();
  private readonly columns = new Map<string, ToldColumns[]>();
  private fields = 0;
  private told = 0;
  private calls = 0;

  /** @param constants fields that every event has, with their value */
  constructor(private readonly constants: Readonly<Record<string, string | number | boolean | null>> = {}) {}

  /** Some name was not there the last time. */
  get hasNews(): boolean {
    return this.fields > this.told;
  }

  /** An event of a metric type, whose values come by `add`. */
  row(metric: string): void {
    const known = this.byMetric.get(metric);
    if (known !== undefined) known.rows += 1;
  }

  /** One value of a field. */
  add(metric: string, name: string, value: string | number | boolean): void {
    const seen = this.field(metric, name);
    if (seen === undefined) return;
    seen.values += 1;
    if (isLookedAt(seen.values)) seen.looks.add(String(value));
  }

  /** For rows of a metric type whose fields have these names in this order; undefined when there are too many already. */
  columnsOf(metric: string, names: readonly string[]): SeenColumns | undefined {
    const known = this.columns.get(metric)?.find((one) => one.names === names);
    if (known !== undefined) return known.seen;
    const fields = names.map((name) => this.field(metric, name));
    const looks = fields.flatMap((field) => (field === undefined ? [] : [field.looks]));
    if (looks.length < names.length) return undefined;
    const seen = { rows: 0, missing: new Float64Array(names.length), looks, unseen: new Set(names.keys()) };
    const made = { names, seen, rows: 0, values: new Float64Array(names.length) };
    const of = this.columns.get(metric);
    if (of === undefined) this.columns.set(metric, [made]);
    else of.push(made);
    return seen;
  }

  /** The same where there is a new name, and with one of so many calls; else nothing. */
  takeWhenDue(): SeenField[] {
    this.calls += 1;
    return this.hasNews || this.calls % toldEvery === 0 ? this.take() : [];
  }

  /** What came since the last call, with examples and types over all. */
  take(): SeenField[] {
    for (const [metric, all] of this.columns) for (const columns of all) this.fold(metric, columns);
    const found: SeenField[] = [];
    for (const [metric, { rows, fields }] of this.byMetric) {
      for (const [name, value] of Object.entries(this.constants)) {
        const field = this.field(metric, name);
        if (field === undefined || value === null) continue;
        field.values += rows;
        if (rows > 0) field.looks.add(String(value));
      }
      for (const [name, field] of fields) {
        if (field.values === 0) continue;
        found.push({ metric, name, values: field.values, examples: [...field.looks.examples], types: field.looks.types });
        field.values = 0;
      }
    }
    for (const metric of this.byMetric.values()) metric.rows = 0;
    this.told = this.fields;
    return found;
  }

  /** Adds what rows had since they were told last. */
  private fold(metric: string, told: ToldColumns): void {
    const { names, seen, values } = told;
    const of = this.byMetric.get(metric);
    if (of !== undefined) of.rows += seen.rows - told.rows;
    told.rows = seen.rows;
    for (const [at, name] of names.entries()) {
      const now = seen.rows - (seen.missing[at] ?? 0);
      const field = this.field(metric, name);
      if (field !== undefined) field.values += now - (values[at] ?? 0);
      values[at] = now;
    }
  }

  private field(metric: string, name: string): Seen | undefined {
    let of = this.byMetric.get(metric);
    const known = of?.fields.get(name);
    if (known !== undefined || this.fields >= fieldsKept) return known;
    if (of === undefined) {
      of = { rows: 0, fields: new Map() };
      this.byMetric.set(metric, of);
    }
    const made = { values: 0, looks: new ValueLooks() };
    of.fields.set(name, made);
    this.fields += 1;
    return made;
  }
}
