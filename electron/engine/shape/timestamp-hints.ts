/** What is probably meant where a time is read as something else, or not at all: with what would mend it. */
import { leastEpochMillis } from './event-rules.ts';
import { timestampForms } from './timestamp-forms.ts';
import { compileReading, parseEpochMillis, readWith } from './timestamp.ts';

export type TimestampHintCode = 'unit' | 'pattern' | 'day-month' | 'far-future' | 'before-1971';

export interface TimestampHint {
  readonly code: TimestampHintCode;
  /** One English sentence. */
  readonly message: string;
  /** A pattern that reads the value as probably meant. */
  readonly pattern?: string;
  /** The unit of the number as probably meant. */
  readonly unit?: 's' | 'us' | 'ns';
  /** What the value would then be. */
  readonly epochMillis?: number;
}

const integer = /^[+-]?\d{1,19}$/;
const yearMs = 31_556_952_000;
/** The years in which measurements are taken. */
const firstMillis = 315_532_800_000;
const lastMillis = 4_102_444_800_000;
const isPlausible = (millis: number): boolean => millis >= firstMillis && millis < lastMillis;

const isoOf = (millis: number): string => (Math.abs(millis) <= 8.64e15 ? new Date(millis).toISOString() : `${String(millis)} ms`);

const units = [
  { unit: 's', name: 'seconds', millis: (value: number) => value * 1_000 },
  { unit: 'us', name: 'microseconds', millis: (value: number) => Math.floor(value / 1e3) },
  { unit: 'ns', name: 'nanoseconds', millis: (value: number) => Math.floor(value / 1e6) },
] as const;

function readPattern(pattern: string, text: string): number | undefined {
  const compiled = compileReading(pattern);
  return compiled.ok ? readWith(compiled.reading, text) : undefined;
}

/** The part of a pattern that is letters, rewritten; quoted text and the zone stay. */
function rewrite(pattern: string, change: (letters: string) => string): string {
  const at = pattern.lastIndexOf('@');
  const zone = at < 0 ? '' : pattern.slice(at);
  const custom = at < 0 ? pattern : pattern.slice(0, at);
  return custom.replace(/'(?:[^']|'')*'|[^']+/g, (part) => (part.startsWith("'") ? part : change(part))) + zone;
}

/** Letters that are taken for others, each with what it really is. */
const mistakes: readonly { readonly reason: string; readonly change: (letters: string) => string }[] = [
  { reason: 'y is the year of an era and never resolves without G', change: (letters) => letters.replace(/y/g, 'u') },
  { reason: 'Y is the year of a week', change: (letters) => letters.replace(/Y/g, 'u') },
  { reason: 'h counts to 12 and needs a', change: (letters) => letters.replace(/h/g, 'H') },
  { reason: 'D is the day of the year', change: (letters) => letters.replace(/D/g, 'd') },
  {
    reason: 'm is the minute, M the month',
    change: (letters) => letters.replace(/([uyYdD][-/. ]?)mm/, '$1MM').replace(/mm([-/. ]?[uyYdD])/, 'MM$1'),
  },
  { reason: 'M is the month, m the minute', change: (letters) => letters.replace(/([HhKk]:?)MM/, '$1mm') },
  {
    reason: 's is the second, S its fraction',
    change: (letters) => letters.replace(/(ss[.,])(s+)/, (_all, point: string, run: string) => point + 'S'.repeat(run.length)),
  },
  { reason: 'S is the fraction, s the second', change: (letters) => letters.replace(/(mm:?)SS(?!S)/, '$1ss') },
];

/** The pattern with as few letters changed as make it read the text. */
function mended(pattern: string, text: string): { readonly pattern: string; readonly reason: string; readonly millis: number } | undefined {
  let changed = pattern;
  const reasons: string[] = [];
  for (const { reason, change } of mistakes) {
    const alone = rewrite(pattern, change);
    const millis = alone === pattern ? undefined : readPattern(alone, text);
    if (millis !== undefined) return { pattern: alone, reason, millis };
  }
  for (const { reason, change } of mistakes) {
    const next = rewrite(changed, change);
    if (next === changed) continue;
    changed = next;
    reasons.push(reason);
    const millis = readPattern(changed, text);
    if (millis !== undefined) return { pattern: changed, reason: reasons.join('; '), millis };
  }
  return undefined;
}

/** `dd/MM` as `MM/dd` and the other way round; undefined when the pattern has no such two numbers. */
function swapped(pattern: string): string | undefined {
  const found = /(dd?)([./ -])(MM?)(?!M)|(?<!M)(MM?)([./ -])(dd?)/.exec(pattern);
  if (found === null) return undefined;
  const [all, day, between, month, monthFirst, betweenFirst, dayAfter] = found;
  const other = day === undefined ? `${dayAfter ?? ''}${betweenFirst ?? ''}${monthFirst ?? ''}` : `${month ?? ''}${between ?? ''}${day}`;
  return pattern.slice(0, found.index) + other + pattern.slice(found.index + all.length);
}

/**
 * What a person should look at.
 * @param matched the pattern that reads the text; undefined when none does or the text is a number
 * @param millis what it is read as
 * @param now milliseconds since 1970
 */
export function timestampHints(
  patterns: readonly string[],
  text: string,
  matched: string | undefined,
  millis: number | undefined,
  now: number,
): readonly TimestampHint[] {
  if (millis === undefined) return hintsForUnread(patterns, text);
  const asNumber = integer.test(text) && parseEpochMillis(text) === millis;
  const unit = asNumber && !isPlausible(millis) ? units.find((one) => isPlausible(one.millis(millis))) : undefined;
  if (unit !== undefined) {
    const meant = unit.millis(millis);
    const message = `${text} is ${isoOf(millis)} in milliseconds since 1970; in ${unit.name} it is ${isoOf(meant)}, which is probably meant`;
    return [{ code: 'unit', message, unit: unit.unit, epochMillis: meant }];
  }
  const hints: TimestampHint[] = [];
  const other = matched === undefined ? undefined : swapped(matched);
  const otherMillis = other === undefined ? undefined : readPattern(other, text);
  if (other !== undefined && otherMillis !== undefined && otherMillis !== millis && !/^uuuu/.test(other)) {
    const message = `day and month can be told apart by nothing in “${text}”: by ${other} it is ${isoOf(otherMillis)}`;
    hints.push({ code: 'day-month', message, pattern: other, epochMillis: otherMillis });
  }
  if (asNumber && millis < leastEpochMillis) {
    hints.push({ code: 'before-1971', message: `${isoOf(millis)} lies before 1971, which the service does not take from a number` });
  }
  if (millis > now + 10 * yearMs) hints.push({ code: 'far-future', message: `${isoOf(millis)} lies more than ten years ahead` });
  return hints;
}

function hintsForUnread(patterns: readonly string[], text: string): readonly TimestampHint[] {
  for (const pattern of patterns) {
    const better = mended(pattern, text);
    if (better === undefined) continue;
    const message = `${better.pattern} reads it as ${isoOf(better.millis)}: ${better.reason}`;
    return [{ code: 'pattern', message, pattern: better.pattern, epochMillis: better.millis }];
  }
  const trimmed = text.trim();
  const fitting = timestampForms.find((pattern) => readPattern(pattern, trimmed) !== undefined);
  if (fitting !== undefined) {
    const found = readPattern(fitting, trimmed);
    const spaces = trimmed === text ? '' : ', without the spaces around it';
    const message = `${fitting} reads it as ${isoOf(found ?? 0)}${spaces}`;
    return [{ code: 'pattern', message, pattern: fitting, ...(found === undefined ? {} : { epochMillis: found }) }];
  }
  const date = timestampForms.find((pattern) => readPattern(`${pattern} HH:mm`, `${trimmed} 00:00`) !== undefined);
  if (date === undefined) return [];
  const message = `it is a date by ${date} without a time of day, which the service does not take; a mapping adds one (timestamp.timeOfDay)`;
  return [{ code: 'pattern', message, pattern: date }];
}
