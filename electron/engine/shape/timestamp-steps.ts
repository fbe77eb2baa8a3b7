/**
 * The parsing half of `java.time.format.DateTimeFormatter`, in its strict mode, as a list of steps over a text.
 * Source of the rules: the JDK's `DateTimeFormatterBuilder` (NumberPrinterParser, FractionPrinterParser,
 * OffsetIdPrinterParser, ZoneIdPrinterParser) and fineo-api.md, "Timestamp patterns".
 */
import type { Zone } from './timestamp-zone.ts';
import { matchZoneId, parseLocalizedOffset, parseOffset, type OffsetForm } from './timestamp-zone.ts';

/** The fields a text can give. The numbers index `Fields.values`. */
export const field = {
  year: 0,
  yearOfEra: 1,
  era: 2,
  month: 3,
  day: 4,
  dayOfYear: 5,
  dayOfWeek: 6,
  amPm: 7,
  hour: 8,
  hourOfAmPm: 9,
  clockHour: 10,
  clockHourOfAmPm: 11,
  minute: 12,
  second: 13,
  nano: 14,
  offset: 15,
  quarter: 16,
  /** Of a week-based year of the English locale: weeks begin on Sunday, the first one holds 1 January. */
  weekYear: 17,
  week: 18,
  weekOfMonth: 19,
  /** 1: Sunday. */
  weekDay: 20,
  modifiedJulianDay: 21,
  milliOfDay: 22,
  nanoOfDay: 23,
} as const;
export type FieldIndex = (typeof field)[keyof typeof field];
const fieldCount = 24;

/** Stands for a field that the text did not give; no field can have this value. */
export const absent = Number.MIN_SAFE_INTEGER;

export interface Fields {
  readonly values: number[];
  /** The fields that were set, in order: so that an optional section can be taken back. */
  readonly order: FieldIndex[];
  zone: Zone | undefined;
}

export const newFields = (): Fields => ({ values: new Array<number>(fieldCount).fill(absent), order: [], zone: undefined });

const takeBack = (fields: Fields, count: number): void => {
  while (fields.order.length > count) {
    const index = fields.order.pop();
    if (index !== undefined) fields.values[index] = absent;
  }
};

export const clearFields = (fields: Fields): void => {
  takeBack(fields, 0);
  // What the resolver wrote itself is not in the order.
  fields.values.fill(absent);
  fields.zone = undefined;
};

/** Whether a sign may stand before a number. Java's SignStyle, as strict parsing reads it. */
export type Sign = 'never' | 'normal' | 'exceedsPad';

export type Step =
  | { readonly kind: 'literal'; readonly code: number; readonly otherCode: number }
  | {
      readonly kind: 'number';
      readonly field: FieldIndex;
      readonly min: number;
      readonly max: number;
      readonly sign: Sign;
      /** Digits that belong to the numbers directly behind this one (adjacent value parsing). */
      readonly reserved: number;
      /** Added to the value: 2000 for a two-digit year. */
      readonly base: number;
    }
  | { readonly kind: 'fraction'; readonly min: number; readonly max: number; readonly point: boolean }
  | {
      readonly kind: 'text';
      readonly field: FieldIndex;
      readonly names: readonly string[];
      readonly first: number;
      readonly anyCase: boolean;
    }
  | { readonly kind: 'offset'; readonly form: OffsetForm; readonly zero: string; readonly anyCase: boolean }
  | { readonly kind: 'localizedOffset'; readonly full: boolean }
  | { readonly kind: 'zone' }
  | { readonly kind: 'padded'; readonly width: number; readonly step: Step }
  | { readonly kind: 'optional'; readonly steps: readonly Step[] };

const set = (fields: Fields, index: FieldIndex, value: number): boolean => {
  const before = fields.values[index];
  if (before !== absent) return before === value;
  fields.values[index] = value;
  fields.order.push(index);
  return true;
};

/** Value of the digit at `position`, or -1. */
const digitAt = (text: string, position: number): number => {
  const code = text.charCodeAt(position);
  return code >= 48 && code <= 57 ? code - 48 : -1;
};

function number(step: Extract<Step, { kind: 'number' }>, text: string, start: number, fields: Fields): number {
  let position = start;
  let isNegative = false;
  let isPositive = false;
  const first = text.charCodeAt(position);
  if (first === 45) {
    if (step.sign === 'never') return -1;
    isNegative = true;
    position++;
  } else if (first === 43) {
    if (step.sign !== 'exceedsPad') return -1;
    isPositive = true;
    position++;
  }
  const begin = position;
  let limit = Math.min(text.length, begin + step.max + step.reserved);
  while (position < limit && digitAt(text, position) >= 0) position++;
  if (step.reserved > 0) position = begin + Math.max(step.min, position - begin - step.reserved);
  limit = position;
  const width = limit - begin;
  if (width < step.min || limit > text.length) return -1;
  let value = 0;
  for (let at = begin; at < limit; at++) {
    const digit = digitAt(text, at);
    if (digit < 0) return -1;
    value = value * 10 + digit;
  }
  if (isNegative) {
    if (value === 0) return -1;
    value = -value;
  } else if (step.sign === 'exceedsPad' && isPositive !== width > step.min) return -1;
  return set(fields, step.field, value + step.base) ? limit : -1;
}

function fraction(step: Extract<Step, { kind: 'fraction' }>, text: string, start: number, fields: Fields): number {
  let position = start;
  if (step.point) {
    // Without its point the whole fraction is absent, which is right only where none is needed.
    if (text.charCodeAt(position) !== 46) return step.min > 0 ? -1 : start;
    position++;
  }
  const begin = position;
  let value = 0;
  while (position - begin < step.max) {
    const digit = digitAt(text, position);
    if (digit < 0) break;
    value = value * 10 + digit;
    position++;
  }
  const width = position - begin;
  if (width < step.min || (step.point && width === 0)) return -1;
  return set(fields, field.nano, value * 10 ** (9 - width)) ? position : -1;
}

function name(step: Extract<Step, { kind: 'text' }>, text: string, start: number, fields: Fields): number {
  let found = -1;
  let length = 0;
  for (let index = 0; index < step.names.length; index++) {
    const candidate = step.names[index] ?? '';
    if (candidate.length <= length) continue;
    const part = text.slice(start, start + candidate.length);
    if (part === candidate || (step.anyCase && part.toLowerCase() === candidate.toLowerCase())) {
      found = index;
      length = candidate.length;
    }
  }
  return found >= 0 && set(fields, step.field, found + step.first) ? start + length : -1;
}

function offset(step: Extract<Step, { kind: 'offset' }>, text: string, start: number, fields: Fields): number {
  const zero = text.slice(start, start + step.zero.length);
  if (zero === step.zero || (step.anyCase && zero.toUpperCase() === step.zero)) {
    return set(fields, field.offset, 0) ? start + step.zero.length : -1;
  }
  const parsed = parseOffset(text, start, step.form);
  return parsed !== undefined && set(fields, field.offset, parsed.seconds) ? parsed.end : -1;
}

function localizedOffset(full: boolean, text: string, start: number, fields: Fields): number {
  const parsed = parseLocalizedOffset(text, start, full);
  return parsed !== undefined && set(fields, field.offset, parsed.seconds) ? parsed.end : -1;
}

/** The step within a width that is filled up with spaces in front. */
function padded(width: number, step: Step, text: string, start: number, fields: Fields): number {
  const end = start + width;
  if (end > text.length) return -1;
  let position = start;
  while (position < end && text.charCodeAt(position) === 32) position++;
  return follow([step], text.slice(0, end), position, fields) === end ? end : -1;
}

function zone(text: string, start: number, fields: Fields): number {
  const match = matchZoneId(text, start);
  if (match === undefined) return -1;
  fields.zone = match.zone;
  return match.end;
}

/** Follows the steps from `start`; gives the position after them, or -1. `fields` is filled as far as it came. */
export function follow(steps: readonly Step[], text: string, start: number, fields: Fields): number {
  let position = start;
  for (const step of steps) {
    switch (step.kind) {
      case 'literal': {
        const code = text.charCodeAt(position);
        position = code === step.code || code === step.otherCode ? position + 1 : -1;
        break;
      }
      case 'number':
        position = number(step, text, position, fields);
        break;
      case 'fraction':
        position = fraction(step, text, position, fields);
        break;
      case 'text':
        position = name(step, text, position, fields);
        break;
      case 'offset':
        position = offset(step, text, position, fields);
        break;
      case 'localizedOffset':
        position = localizedOffset(step.full, text, position, fields);
        break;
      case 'padded':
        position = padded(step.width, step.step, text, position, fields);
        break;
      case 'zone':
        position = zone(text, position, fields);
        break;
      case 'optional': {
        const count = fields.order.length;
        const zoneBefore = fields.zone;
        const end = follow(step.steps, text, position, fields);
        if (end >= 0) position = end;
        else {
          takeBack(fields, count);
          fields.zone = zoneBefore;
        }
        break;
      }
    }
    if (position < 0) return -1;
  }
  return position;
}
