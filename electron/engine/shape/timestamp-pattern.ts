/** Patterns of `java.time.format.DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH)` as steps. */
import { field, type FieldIndex, type Sign, type Step } from './timestamp-steps.ts';
import type { OffsetForm } from './timestamp-zone.ts';

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));

export const number = (index: FieldIndex, min: number, max: number, sign: Sign): Step => ({
  kind: 'number',
  field: index,
  min,
  max,
  sign,
  reserved: 0,
  base: 0,
});

export const literal = (text: string, anyCase = false): readonly Step[] =>
  [...Array(text.length).keys()].map((index) => {
    const code = text.charCodeAt(index);
    const other = text[index] ?? '';
    const otherCode = anyCase ? (other === other.toLowerCase() ? other.toUpperCase() : other.toLowerCase()).charCodeAt(0) : code;
    return { kind: 'literal', code, otherCode };
  });

export const text = (index: FieldIndex, names: readonly string[], first: number, anyCase = false): Step => ({
  kind: 'text',
  field: index,
  names,
  first,
  anyCase,
});

const maxDigits = 19;
const plainNumbers: Readonly<Record<string, FieldIndex>> = {
  d: field.day,
  h: field.clockHourOfAmPm,
  H: field.hour,
  k: field.clockHour,
  K: field.hourOfAmPm,
  m: field.minute,
  s: field.second,
};
const longNumbers: Readonly<Record<string, FieldIndex>> = {
  A: field.milliOfDay,
  n: field.nano,
  N: field.nanoOfDay,
};
const quarters = ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'];
const shortQuarters = ['Q1', 'Q2', 'Q3', 'Q4'];
const offsetForms: readonly OffsetForm[] = ['+HHmm', '+HHMM', '+HH:MM', '+HHMMss', '+HH:MM:ss'];
const offsetZeros = ['+00', '+0000', '+00:00', '+0000', '+00:00'] as const;

const offset = (form: OffsetForm, zero: string): Step => ({ kind: 'offset', form, zero, anyCase: false });

function dayName(count: number): Step | undefined {
  if (count <= 3) return text(field.dayOfWeek, short(dayNames), 1);
  if (count === 4) return text(field.dayOfWeek, dayNames, 1);
  // T and S are two days each, so Java reads a number there.
  return count === 5 ? number(field.dayOfWeek, 1, maxDigits, 'normal') : undefined;
}

/** One letter repeated; undefined where Java refuses the pattern or where it is not known here. */
function stepFor(letter: string, count: number): Step | undefined {
  const plain = plainNumbers[letter];
  if (plain !== undefined) {
    if (count === 1) return number(plain, 1, maxDigits, 'normal');
    return count === 2 ? number(plain, 2, 2, 'never') : undefined;
  }
  const long = longNumbers[letter];
  if (long !== undefined) return number(long, count, maxDigits, 'never');
  switch (letter) {
    case 'u':
    case 'Y':
    case 'y': {
      const index = letter === 'u' ? field.year : letter === 'Y' ? field.weekYear : field.yearOfEra;
      if (count === 2) return { kind: 'number', field: index, min: 2, max: 2, sign: 'never', reserved: 0, base: 2_000 };
      if (count > maxDigits) return undefined;
      return number(index, count, maxDigits, count < 4 ? 'normal' : 'exceedsPad');
    }
    case 'M':
    case 'L':
      if (count === 1) return number(field.month, 1, maxDigits, 'normal');
      if (count === 2) return number(field.month, 2, 2, 'never');
      if (count === 3) return text(field.month, short(monthNames), 1);
      if (count === 4) return text(field.month, monthNames, 1);
      // Single letters mean several months, so Java reads a number there.
      return count === 5 ? number(field.month, 1, maxDigits, 'normal') : undefined;
    case 'Q':
    case 'q':
      if (count === 1) return number(field.quarter, 1, maxDigits, 'normal');
      if (count === 2) return number(field.quarter, 2, 2, 'never');
      if (count === 3) return text(field.quarter, shortQuarters, 1);
      return count === 4 ? text(field.quarter, quarters, 1) : undefined;
    case 'g':
      return count <= maxDigits ? number(field.modifiedJulianDay, count, maxDigits, 'normal') : undefined;
    case 'e':
    case 'c':
      if (count === 1 || (count === 2 && letter === 'e')) return number(field.weekDay, count, count, 'never');
      return count === 2 ? undefined : dayName(count);
    case 'w':
      return count <= 2 ? number(field.week, count, 2, 'never') : undefined;
    case 'W':
      return count === 1 ? number(field.weekOfMonth, 1, 1, 'never') : undefined;
    case 'D':
      if (count === 1) return number(field.dayOfYear, 1, maxDigits, 'normal');
      return count <= 3 ? number(field.dayOfYear, count, 3, 'never') : undefined;
    case 'E':
      return dayName(count);
    case 'G':
      if (count <= 3) return text(field.era, ['BC', 'AD'], 0);
      if (count === 4) return text(field.era, ['Before Christ', 'Anno Domini'], 0);
      return count === 5 ? text(field.era, ['B', 'A'], 0) : undefined;
    case 'a':
      return count === 1 ? text(field.amPm, ['AM', 'PM'], 0) : undefined;
    case 'S':
      return count <= 9 ? { kind: 'fraction', min: count, max: count, point: false } : undefined;
    case 'X':
    case 'x': {
      const form = offsetForms[count - 1];
      return form === undefined ? undefined : offset(form, letter === 'X' ? 'Z' : (offsetZeros[count - 1] ?? ''));
    }
    case 'Z':
      if (count <= 3) return offset('+HHMM', '+0000');
      if (count === 4) return { kind: 'localizedOffset', full: true };
      return count === 5 ? offset('+HH:MM:ss', 'Z') : undefined;
    case 'O':
      return count === 1 || count === 4 ? { kind: 'localizedOffset', full: count === 4 } : undefined;
    case 'V':
      return count === 2 ? { kind: 'zone' } : undefined;
    default:
      return undefined;
  }
}

/**
 * Numbers that stand side by side (`uuuuMMdd`) share their digits: the first of them leaves the others, which have a
 * fixed width, what they need. Java: `DateTimeFormatterBuilder.appendValue`.
 */
function shareDigits(steps: readonly Step[]): Step[] {
  const shared = [...steps];
  let active: number | undefined;
  for (const [index, step] of steps.entries()) {
    const width =
      step.kind === 'number' && step.min === step.max && step.sign === 'never' ? step.max : step.kind === 'fraction' ? step.max : undefined;
    const before = active === undefined ? undefined : shared[active];
    if (width !== undefined && active !== undefined && before?.kind === 'number') {
      shared[active] = { ...before, reserved: before.reserved + width };
    } else if (step.kind === 'number') active = index;
    else active = undefined;
  }
  return shared;
}

const isDigits = (step: Step | undefined): boolean =>
  step?.kind === 'number' || step?.kind === 'fraction' || (step?.kind === 'padded' && isDigits(step.step));

/** Java fails on such a pattern, which cannot be read anyway. */
const hasPadBesideNumber = (steps: readonly Step[]): boolean =>
  steps.some(
    (step, at) =>
      (step.kind === 'padded' && isDigits(step) && isDigits(steps[at + 1])) || (step.kind === 'optional' && hasPadBesideNumber(step.steps)),
  );

export type CompiledPattern = { readonly ok: true; readonly steps: readonly Step[] } | { readonly ok: false; readonly reason: string };

/**
 * Follows `DateTimeFormatterBuilder.appendPattern`. Names of zones (z, v), periods of the day (B) and F, whose meaning depends on the
 * version of Java, are refused with a reason.
 */
export function compilePattern(pattern: string): CompiledPattern {
  const stack: Step[][] = [[]];
  const top = (): Step[] => stack.at(-1) ?? [];
  let index = 0;
  while (index < pattern.length) {
    const letter = pattern.charAt(index);
    if (/[A-Za-z]/.test(letter)) {
      const part = /(p*)(([A-Za-z])\3*)/y;
      part.lastIndex = index;
      const [all = '', pad = '', run = '', one = ''] = part.exec(pattern) ?? [];
      const step = stepFor(one, run.length);
      if (step === undefined) return { ok: false, reason: `“${all}” is not a part of a pattern that is known here` };
      top().push(pad === '' ? step : { kind: 'padded', width: pad.length, step });
      index += all.length;
    } else if (letter === "'") {
      const quoted = /'((?:[^']|'')*)'/y;
      quoted.lastIndex = index;
      const match = quoted.exec(pattern);
      if (match === null) return { ok: false, reason: "a quotation mark (') is not closed" };
      top().push(...literal(match[1] === '' ? "'" : (match[1] ?? '').replaceAll("''", "'")));
      index += match[0].length;
    } else if (letter === '[') {
      stack.push([]);
      index++;
    } else if (letter === ']') {
      const steps = stack.pop() ?? [];
      if (stack.length === 0) return { ok: false, reason: '“]” stands without a “[” before it' };
      top().push({ kind: 'optional', steps: shareDigits(steps) });
      index++;
    } else if ('{}#'.includes(letter)) {
      return { ok: false, reason: `“${letter}” is reserved; as text it stands in quotation marks: '${letter}'` };
    } else {
      top().push(...literal(letter));
      index++;
    }
  }
  // Java closes what is still open at the end.
  while (stack.length > 1) {
    const steps = stack.pop() ?? [];
    top().push({ kind: 'optional', steps: shareDigits(steps) });
  }
  const steps = top();
  return hasPadBesideNumber(steps)
    ? { ok: false, reason: 'digits directly behind a padded number cannot be told from it' }
    : { ok: true, steps: shareDigits(steps) };
}
