import type { SchemaField } from '../../../shared/contract/schema.ts';
import type { CompiledMetric } from './compiled-schema.ts';
import { isOfType } from './compiled-schema.ts';
import type { CsvEncoding } from './csv-encoder.ts';
import type { CsvPlan, FieldPlan } from './csv-event.ts';
import { countingColumns } from './csv-seen.ts';
import type { SeenFields } from './seen-fields.ts';

/** What plain rows had, by field of the plan. */
export interface CheckedColumns {
  readonly values: Float64Array;
  /** Values that are not of the field's type. */
  readonly dropped: Float64Array;
  /** Row (its beginning in the text) of the first dropped value, kept once: where in its block it begins. */
  readonly onDropped: (field: number, start: number, text: string) => void;
}

export interface CsvChecker {
  /**
   * Looks at the plain record `text[start..end)` without writing its event: returns the bytes the event would have, or -1 for every
   * record that takes the way through its cells. `millis` is its time then.
   */
  check(text: Uint8Array, start: number, end: number): number;
  readonly millis: number;
  /** The record that was checked last is as it was split: its fields are counted, where that is wanted. */
  readonly count: ((text: Uint8Array) => void) | undefined;
}

const quoteByte = 0x22;
const backslash = 0x5c;
const zero = 0x30;
const nine = 0x39;
const maxTimeBytes = 200;

type Kind = 'any' | 'integer' | 'other';

/**
 * A checker for files whose rows all go to one metric type. Undefined where rows have to be looked at one by one: the metric type
 * stands in a column, or a name of a field means something else to the service.
 */
export function createCsvChecker(
  plan: CsvPlan,
  encoding: CsvEncoding,
  metric: CompiledMetric | undefined,
  metricKeys: readonly string[],
  columns: CheckedColumns,
  fieldsSeen?: SeenFields,
): CsvChecker | undefined {
  const { textFields, width, timeIndex, time, head } = plan;
  if (textFields === undefined || head === undefined) return undefined;
  const isTaken = ({ name, forbidden }: FieldPlan): boolean =>
    forbidden !== undefined || metricKeys.includes(name) || (metric?.timestampKeys.includes(name) ?? false);
  if (plan.fields.some(isTaken) || metric?.readsDigits === true) return undefined;
  const delimiter = encoding.delimiter.charCodeAt(0);
  const quote = encoding.quote.charCodeAt(0);
  const fieldBytes = Int32Array.from(plan.fields, ({ prefix }) => Buffer.byteLength(prefix));
  const fixedBytes = Buffer.byteLength(head) + Buffer.byteLength(plan.tail);
  const fieldColumns = Int32Array.from(plan.fields, ({ index }) => index);
  const asText = Uint8Array.from(textFields, (text) => (text ? 1 : 0));
  const known: readonly (SchemaField | undefined)[] = plan.fields.map(({ name }) => metric?.fields.get(name));
  // Two columns for one field: the later one counts, and only the way through the event knows.
  const fields = known.filter((field) => field !== undefined).map(({ name }) => name);
  if (new Set(fields).size < fields.length) return undefined;
  const constantsHaveKnown = metric !== undefined && plan.tail !== '}';
  if (constantsHaveKnown) return undefined;
  const kinds: readonly Kind[] = known.map((field) => kindOf(field));
  /** By byte: ends a cell, or has to be escaped in JSON. One look a byte. */
  const endsPlain = endings(delimiter);
  const endsQuoted = endings(quote);
  const starts = new Int32Array(width);
  const ends = new Int32Array(width);
  /** Fields of the record that have no value. */
  const empties = new Int32Array(plan.fields.length);
  let empty = 0;
  let millis = 0;

  const split = (text: Uint8Array, start: number, end: number): boolean => {
    let at = start;
    for (let column = 0; column < width; column += 1) {
      let from = at;
      let to: number;
      if (at < end && text[at] === quote) {
        from = at + 1;
        to = from;
        while (to < end && endsQuoted[text[to] as number] === 0) to += 1;
        if (to >= end || text[to] !== quote) return false;
        at = to + 1;
        if (at < end && text[at] !== delimiter) return false;
      } else {
        while (at < end && endsPlain[text[at] as number] === 0) at += 1;
        if (at < end && text[at] !== delimiter) return false;
        to = at;
      }
      starts[column] = from;
      ends[column] = to;
      if (column < width - 1) {
        if (at >= end) return false;
        at += 1;
      }
    }
    return at === end;
  };

  const readTime = (text: Uint8Array, from: number, to: number): number | undefined => {
    const length = to - from;
    if (length === 0 || length > maxTimeBytes) return undefined;
    if (plan.epochOnly && (length === 13 || length === 12) && text[from] !== zero) {
      let value = 0;
      let at = from;
      for (; at < to && isDigit(text[at] as number); at += 1) value = value * 10 + (text[at] as number) - zero;
      if (at === to) return value;
    }
    const read = time(String.fromCharCode(...text.subarray(from, to)));
    return typeof read === 'number' ? read : undefined;
  };

  const check = (text: Uint8Array, start: number, end: number): number => {
    if (!split(text, start, end)) return -1;
    const found = readTime(text, starts[timeIndex] ?? 0, ends[timeIndex] ?? 0);
    if (found === undefined) return -1;
    let bytes = fixedBytes + (found >= 1e12 && found < 1e13 ? 13 : String(found).length);
    empty = 0;
    for (let field = 0; field < fieldColumns.length; field += 1) {
      const column = fieldColumns[field] as number;
      const from = starts[column] as number;
      const to = ends[column] as number;
      if (from === to) {
        empties[empty++] = field;
        continue;
      }
      bytes += (fieldBytes[field] as number) + to - from + (asText[field] === 0 && isNumber(text, from, to) ? 0 : 2);
    }
    if (bytes > plan.maxEventBytes) return -1;
    // Counted only now that the record is known to be plain.
    for (let field = 0; field < fieldColumns.length; field += 1) {
      const column = fieldColumns[field] as number;
      const from = starts[column] as number;
      const to = ends[column] as number;
      if (from === to) continue;
      columns.values[field] = (columns.values[field] as number) + 1;
      const kind = kinds[field] as Kind;
      if (kind === 'any' || (kind === 'integer' && to - from <= 9 && areDigits(text, from, to))) continue;
      const value = Buffer.from(text.buffer, text.byteOffset + from, to - from).toString('utf8');
      if (isOfType(value, known[field]?.type)) continue;
      columns.dropped[field] = (columns.dropped[field] as number) + 1;
      columns.onDropped(field, start, value);
    }
    millis = found;
    return bytes;
  };
  const counting = fieldsSeen === undefined ? undefined : countingColumns({ plan, starts, ends, fieldColumns, empties }, fieldsSeen);
  return {
    check,
    count: counting === undefined ? undefined : (text) => counting(text, empty),
    get millis() {
      return millis;
    },
  };
}

function kindOf(field: SchemaField | undefined): Kind {
  if (field === undefined || isOfType('\u0000', field.type)) return 'any';
  return field.type === 'BOOLEAN' ? 'other' : 'integer';
}

function endings(separator: number): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(1, 0, 0x20);
  for (const byte of [quoteByte, backslash, separator]) table[byte] = 1;
  return table;
}

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

function areDigits(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isDigit(text[at] as number)) return false;
  return true;
}

/** Whether the bytes are a number by the grammar of JSON. */
function isNumber(text: Uint8Array, from: number, to: number): boolean {
  let at = from;
  if (text[at] === 0x2d) at += 1;
  const first = at;
  while (at < to && isDigit(text[at] as number)) at += 1;
  if (at === first || (text[first] === zero && at - first > 1)) return false;
  if (at === to) return true;
  if (text[at] === 0x2e) {
    const begin = ++at;
    while (at < to && isDigit(text[at] as number)) at += 1;
    if (at === begin) return false;
    if (at === to) return true;
  }
  if (((text[at] as number) | 0x20) !== 0x65) return false;
  at += 1;
  if (text[at] === 0x2b || text[at] === 0x2d) at += 1;
  const exponent = at;
  while (at < to && isDigit(text[at] as number)) at += 1;
  return at === to && at > exponent;
}
