import type { SchemaField } from '../../../shared/contract/schema.ts';
import type { CompiledMetric } from './compiled-schema.ts';
import { isOfType } from './compiled-schema.ts';
import type { CsvEncoding } from './csv-encoder.ts';
import type { CsvPlan, FieldPlan } from './csv-event.ts';
import { cellAt, cellClass, createCellScanner, valueClass, weightAt } from './csv-cell-scanner.ts';
import { countingColumns, textAt } from './csv-seen.ts';
import type { SeenFields } from './seen-fields.ts';

/** What plain rows had, by field of the plan. */
export interface CheckedColumns {
  /** Rows without a value. */
  readonly missing: Float64Array;
  /** Values that are not of the field's type. */
  readonly dropped: Float64Array;
  /** Row (its beginning in the text) of the first dropped value, kept once: where in its block it begins. */
  readonly onDropped: (field: number, start: number, text: string) => void;
}

export interface CsvChecker {
  /**
   * Looks at the plain record `text[start..end)` without writing its event: returns the bytes the event would have, or -1 for every
   * record that takes the way through its cells. Its time is in `times` then.
   */
  check(text: Uint8Array, start: number, end: number): number;
  /** One entry: milliseconds since 1970 of the record that was checked last; a number in there needs no object of its own. */
  readonly times: Float64Array;
  /** The record that was checked last is as it was split: its fields are counted, where that is wanted. */
  readonly count: ((text: Uint8Array) => void) | undefined;
}

const minus = 0x2d;
const zero = 0x30;
const maxTimeBytes = 200;

type Kind = 'any' | 'int' | 'long' | 'decimal' | 'boolean';

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
  const fixedBytes = Buffer.byteLength(head) + Buffer.byteLength(plan.tail);
  const fieldColumns = Int32Array.from(plan.fields, ({ index }) => index);
  const known: readonly (SchemaField | undefined)[] = plan.fields.map(({ name }) => metric?.fields.get(name));
  // Two columns for one field: the later one counts, and only the way through the event knows.
  const fields = known.filter((field) => field !== undefined).map(({ name }) => name);
  if (new Set(fields).size < fields.length) return undefined;
  const constantsHaveKnown = metric !== undefined && plan.tail !== '}';
  if (constantsHaveKnown) return undefined;
  const kinds: readonly Kind[] = known.map((field) => kindOf(field));
  const scanner = createCellScanner(width, delimiter, quote, weightsOf(plan, textFields));
  const { scan, cells } = scanner;
  const timeAt = cellAt(timeIndex);
  /** Fields whose values may not be of their type. */
  const typed = Int32Array.from([...kinds.keys()].filter((field) => kinds[field] !== 'any'));
  /** Fields of the record that have no value. */
  const empties = new Int32Array(plan.fields.length);
  let empty = 0;

  const times = new Float64Array(1);

  const readTime = (text: Uint8Array, from: number, to: number, isInteger: boolean): number | undefined => {
    const length = to - from;
    if (length === 0 || length > maxTimeBytes) return undefined;
    if (plan.epochOnly && isInteger && (length === 13 || length === 12) && text[from] !== minus) {
      const half = to - 6;
      const first = length === 13 ? (text[from] as number) - zero : 0;
      return (first * 1_000_000 + sixDigits(text, half - 6)) * 1_000_000 + sixDigits(text, half);
    }
    const read = time(String.fromCharCode(...text.subarray(from, to)));
    return typeof read === 'number' ? read : undefined;
  };

  const check = (text: Uint8Array, start: number, end: number): number => {
    const weight = scan(text, start, end);
    if (weight < 0) return -1;
    const found = readTime(text, cells[timeAt] as number, cells[timeAt + 1] as number, cells[timeAt + 2] === cellClass.integer);
    if (found === undefined) return -1;
    const bytes = fixedBytes + weight + (found >= 1e12 && found < 1e13 ? 13 : String(found).length);
    if (bytes > plan.maxEventBytes) return -1;
    // Counted only now that the record is known to be plain.
    empty = 0;
    if (scanner.hasEmpty) {
      for (let field = 0; field < fieldColumns.length; field += 1) {
        if (cells[cellAt(fieldColumns[field] as number) + 2] !== cellClass.empty) continue;
        empties[empty++] = field;
        columns.missing[field] = (columns.missing[field] as number) + 1;
      }
    }
    for (let at = 0; at < typed.length; at += 1) {
      const field = typed[at] as number;
      const place = cellAt(fieldColumns[field] as number);
      const from = cells[place] as number;
      const to = cells[place + 1] as number;
      if (from === to || surelyFits(kinds[field] as Kind, cells[place + 2] as number, text, from, to)) continue;
      const value = textAt(text, from, to);
      if (isOfType(value, known[field]?.type)) continue;
      columns.dropped[field] = (columns.dropped[field] as number) + 1;
      columns.onDropped(field, start, value);
    }
    times[0] = found;
    return bytes;
  };
  const cellText = (text: Uint8Array, column: number): string =>
    textAt(text, cells[cellAt(column)] as number, cells[cellAt(column) + 1] as number);
  const row = { plan, cellText, fieldColumns, empties };
  const counting = fieldsSeen === undefined ? undefined : countingColumns(row, fieldsSeen);
  return {
    check,
    times,
    count: counting === undefined ? undefined : (text) => counting(text, empty),
  };
}

function kindOf(field: SchemaField | undefined): Kind {
  switch (field?.type) {
    case undefined:
    case 'STRING':
    case 'BYTES':
      return 'any';
    case 'BOOLEAN':
      return 'boolean';
    case 'INT':
      return 'int';
    case 'LONG':
      return 'long';
    case 'FLOAT':
    case 'DOUBLE':
      return 'decimal';
  }
}

/** Value of six digits: each on its own, as a sum that waits for none of them. */
function sixDigits(text: Uint8Array, at: number): number {
  const high = (text[at] as number) * 100_000 + (text[at + 1] as number) * 10_000 + (text[at + 2] as number) * 1_000;
  return high + (text[at + 3] as number) * 100 + (text[at + 4] as number) * 10 + (text[at + 5] as number) - sixZeros;
}
const sixZeros = zero * 111_111;

/** What the fields of a row add to its event: name and value, and quotes where the value is no bare number. */
function weightsOf(plan: CsvPlan, textFields: readonly boolean[]): Int32Array {
  const weights = new Int32Array(weightAt(plan.width, 0));
  for (const [field, { index, prefix }] of plan.fields.entries()) {
    weights[weightAt(index, valueClass)] = -1;
    for (const ended of Object.values(cellClass)) {
      const isBare = textFields[field] !== true && (ended === cellClass.integer || ended === cellClass.decimal);
      weights[weightAt(index, ended)] = ended === cellClass.empty ? 0 : Buffer.byteLength(prefix) + (isBare ? 0 : 2);
    }
  }
  return weights;
}

/** Whether a value is known to be of its type without making a text of it; what is not may be all the same. */
function surelyFits(kind: Kind, ended: number, text: Uint8Array, from: number, to: number): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'int':
      return to - from <= 9 && (ended === cellClass.integer || ended === cellClass.digits);
    case 'long':
      return to - from <= 18 && (ended === cellClass.integer || ended === cellClass.digits);
    case 'decimal':
      return ended === cellClass.integer || ended === cellClass.decimal || ended === cellClass.digits;
    case 'boolean':
      return isWord(text, from, to, trueBytes) || isWord(text, from, to, falseBytes);
  }
}

const trueBytes = Buffer.from('true');
const falseBytes = Buffer.from('false');

/** Whether the bytes are a word of small letters of ASCII, in any case. */
function isWord(text: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) if (((text[from + at] as number) | 0x20) !== word[at]) return false;
  return true;
}
