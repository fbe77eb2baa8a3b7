/** Why a text is or is not the time of a pattern, in words. Not for rows: for one value that somebody asks about. */
import { field, follow, newFields, absent, type FieldIndex, type Step } from './timestamp-steps.ts';
import { compileReading, parseEpochMillis, readWith } from './timestamp.ts';

export interface PatternAttempt {
  readonly pattern: string;
  /** Milliseconds since 1970; undefined when it does not fit, and `reason` says why. */
  readonly epochMillis: number | undefined;
  readonly reason: string;
}

export interface TimestampExplanation {
  readonly epochMillis: number | undefined;
  /** The pattern that fits, `epoch milliseconds` when the text is an integer and none does. */
  readonly matched: string | undefined;
  /** What was tried, in order, up to what fits. */
  readonly attempts: readonly PatternAttempt[];
}

export const epochMatch = 'epoch milliseconds';

/** Tries the patterns as the service does and says what became of each. A pattern that is none fits nothing. */
export function explainTimestamp(patterns: readonly string[], text: string): TimestampExplanation {
  const attempts: PatternAttempt[] = [];
  for (const pattern of patterns) {
    const attempt = tryPattern(pattern, text);
    attempts.push(attempt);
    if (attempt.epochMillis !== undefined) return { epochMillis: attempt.epochMillis, matched: pattern, attempts };
  }
  const epochMillis = parseEpochMillis(text);
  const reason = epochMillis === undefined ? 'not a whole number of milliseconds since 1970' : '';
  attempts.push({ pattern: epochMatch, epochMillis, reason });
  return { epochMillis, matched: epochMillis === undefined ? undefined : epochMatch, attempts };
}

function tryPattern(pattern: string, text: string): PatternAttempt {
  const compiled = compileReading(pattern);
  if (!compiled.ok) return { pattern, epochMillis: undefined, reason: `not a pattern: ${compiled.reason}` };
  const { reading } = compiled;
  const epochMillis = readWith(reading, text);
  if (epochMillis !== undefined) return { pattern, epochMillis, reason: '' };
  return { pattern, epochMillis: undefined, reason: whyNot(reading.steps, text) };
}

/** Follows one step after the other, to know where it ends. */
function whyNot(steps: readonly Step[], text: string): string {
  let position = 0;
  for (let count = 1; count <= steps.length; count += 1) {
    const end = follow(steps.slice(0, count), text, 0, newFields());
    const step = steps[count - 1];
    if (end < 0 && step !== undefined) {
      const rest = text.slice(position);
      const shown = rest === '' ? 'the text ends' : `“${rest.slice(0, 20)}${rest.length > 20 ? '…' : ''}” stands`;
      return `at character ${String(position + 1)} ${expected(step)} is expected, where ${shown}`;
    }
    position = end;
  }
  if (position < text.length) return `the text goes on after the pattern: “${text.slice(position, position + 20)}”`;
  const fields = newFields();
  follow(steps, text, 0, fields);
  return whyUnresolved((index) => fields.values[index] ?? absent);
}

function whyUnresolved(get: (index: FieldIndex) => number): string {
  const has = (index: FieldIndex): boolean => get(index) !== absent;
  if (has(field.yearOfEra) && !has(field.year) && !has(field.era))
    return 'a year of an era (y) without the era (G) gives no year; u is the year itself';
  if (has(field.weekYear) && !has(field.year)) return 'a week-based year (Y) gives a date only with week and weekday; u is the year itself';
  const hasDay = (has(field.month) && has(field.day)) || has(field.dayOfYear);
  if (!has(field.modifiedJulianDay) && !has(field.weekYear) && (!has(field.year) && !has(field.era) ? true : !hasDay)) {
    return 'year, month and day are not all there';
  }
  const hasHour = has(field.hour) || has(field.clockHour) || has(field.milliOfDay) || has(field.nanoOfDay);
  const hasHalf = has(field.hourOfAmPm) || has(field.clockHourOfAmPm);
  if (!hasHour && hasHalf && !has(field.amPm)) return 'an hour of 1 to 12 (h) needs AM or PM (a); H is the hour of the day';
  if (!hasHour && !hasHalf) return 'there is no time of day';
  return 'there is no such day or time';
}

const fieldNames = new Map<FieldIndex, string>([
  [field.year, 'a year'],
  [field.yearOfEra, 'a year'],
  [field.weekYear, 'a year'],
  [field.era, 'an era'],
  [field.month, 'a month'],
  [field.day, 'a day'],
  [field.dayOfYear, 'a day of the year'],
  [field.dayOfWeek, 'a weekday'],
  [field.weekDay, 'a weekday'],
  [field.amPm, 'AM or PM'],
  [field.hour, 'an hour'],
  [field.clockHour, 'an hour'],
  [field.hourOfAmPm, 'an hour'],
  [field.clockHourOfAmPm, 'an hour'],
  [field.minute, 'a minute'],
  [field.second, 'a second'],
]);

function expected(step: Step): string {
  switch (step.kind) {
    case 'literal':
      return `“${String.fromCharCode(step.code)}”`;
    case 'number': {
      const digits =
        step.max === step.min
          ? String(step.min)
          : step.max >= 19
            ? `${String(step.min)} or more`
            : `${String(step.min)} to ${String(step.max)}`;
      return `${fieldNames.get(step.field) ?? 'a number'} of ${digits} digit${step.max === 1 ? '' : 's'}`;
    }
    case 'fraction':
      return `a fraction of ${String(step.min)} digits`;
    case 'text':
      return `${fieldNames.get(step.field) ?? 'a name'} such as ${step.names[0] ?? ''}`;
    case 'offset':
    case 'localizedOffset':
      return 'an offset from UTC';
    case 'zone':
      return 'a time zone';
    case 'padded':
      return `${expected(step.step)}, filled up with spaces to ${String(step.width)} characters,`;
    case 'optional':
      return 'something optional';
  }
}
