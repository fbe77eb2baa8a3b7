import type { Mapping } from '../../../shared/contract/mapping.ts';
import { hasNoTime } from '../../../shared/model/mapping-questions.ts';
import { isJsonNumber } from './json-text.ts';
import { reject, type ShapeReject } from './shaper.ts';

/** A value as the source has it. `other`: a JSON number or truth value, whose text is its JSON. */
export interface RowValue {
  readonly kind: 'cell' | 'string' | 'other' | 'null';
  readonly text: string;
}

/** The text of a value, and its JSON where it is not the field's type that decides. */
export interface ReadValue {
  readonly text: string;
  readonly json: string | undefined;
}

const commaNumber = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/;

/** `1.234,5` → `1234.5`; undefined when the text is no such number. */
export function withoutComma(text: string): string | undefined {
  if (!commaNumber.test(text)) return undefined;
  const plain = text.replaceAll('.', '').replace(',', '.').replace(/^\+/, '');
  return isJsonNumber(plain) ? plain : undefined;
}

const grouped = /^[+-]?\d{1,3}(?:\.\d{3})+$/;

/**
 * The columns whose numbers are written with a decimal comma: all their sampled values are such numbers, and one has a comma. None when
 * another column has numbers with a decimal point, which would be read as thousands.
 */
export function decimalCommas(columns: readonly { readonly name: string; readonly values: readonly string[] }[]): readonly string[] {
  const found = columns.filter(
    ({ values }) => values.some((value) => value.includes(',')) && values.every((value) => withoutComma(value) !== undefined),
  );
  const hasPoint = columns.some(({ values }) => values.some((value) => value.includes('.') && isJsonNumber(value) && !grouped.test(value)));
  return hasPoint ? [] : found.map(({ name }) => name);
}

/** Reads a value as the mapping says its column is to be read. Columns that hold the time keep their text. */
export function readValue(value: RowValue, column: string, mapping: Mapping): ReadValue | ShapeReject {
  const isTime = !hasNoTime(mapping) && (column === mapping.timestamp.column || (mapping.timestamp.columns ?? []).includes(column));
  const number = mapping.decimalComma === true && !isTime && value.kind !== 'other' ? withoutComma(value.text) : undefined;
  const text = number ?? value.text;
  const type = mapping.types !== undefined && Object.hasOwn(mapping.types, column) ? mapping.types[column] : undefined;
  switch (type) {
    case undefined:
      if (value.kind === 'other') return { text, json: text };
      // A string of JSON stays one, unless it was a number with a comma.
      return { text, json: value.kind === 'string' && number === undefined ? JSON.stringify(text) : undefined };
    case 'text':
      return { text: value.text, json: JSON.stringify(value.text) };
    case 'number':
      return isJsonNumber(text) ? { text, json: text } : mismatch(column, value.text, 'a number');
    case 'boolean': {
      const lower = text.toLowerCase();
      return lower === 'true' || lower === 'false' ? { text: lower, json: lower } : mismatch(column, value.text, 'true or false');
    }
  }
}

const mismatch = (column: string, text: string, wanted: string): ShapeReject =>
  reject('value-type-mismatch', column, `“${text.slice(0, 60)}” is not ${wanted}`);
