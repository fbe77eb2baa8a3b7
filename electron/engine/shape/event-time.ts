import type { Failure } from '../../../shared/contract/common.ts';
import type { Mapping } from '../../../shared/contract/mapping.ts';
import { failure } from '../errors.ts';
import { leastEpochMillis } from './event-rules.ts';
import { reject, type ShapeReject } from './shaper.ts';
import { compileTimestamps } from './timestamp.ts';

/** Milliseconds since the epoch for the text of a timestamp, or why it is none. */
export type EventTime = (text: string) => number | ShapeReject;

const integer = /^[+-]?\d{1,19}$/;

const names = /^(iso_|rfc_)/i;

/** A custom pattern with no letter for a time of day; text in quotes and the zone do not count. */
const isDateOnly = (pattern: string): boolean =>
  !names.test(pattern) && !/[HhKkAnNas]/.test((pattern.split('@')[0] ?? '').replace(/'[^']*'/g, ''));

/** The same pattern with a time after the date. */
function withTime(pattern: string): string {
  const at = pattern.indexOf('@');
  return at === -1 ? `${pattern} HH:mm` : `${pattern.slice(0, at)} HH:mm${pattern.slice(at)}`;
}

const unitNames = { ms: 'milliseconds', s: 'seconds', us: 'microseconds', ns: 'nanoseconds' } as const;

/** Milliseconds of a number of another unit, rounded down; undefined when the text is none. Seconds may have a fraction. */
function fromUnit(text: string, unit: 's' | 'us' | 'ns'): number | undefined {
  if (unit === 's') {
    if (!/^[+-]?\d{1,13}(\.\d+)?$/.test(text)) return undefined;
    const [whole = '', fraction = ''] = text.split('.');
    const millis = Number(`${fraction}000`.slice(0, 3));
    const isNegative = text.startsWith('-');
    const rest = isNegative && /[1-9]/.test(fraction.slice(3)) ? 1 : 0;
    return isNegative ? Number(whole) * 1_000 - millis - rest : Number(whole) * 1_000 + millis;
  }
  if (!integer.test(text)) return undefined;
  const perMilli = unit === 'us' ? 1_000n : 1_000_000n;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  const millis = Number(value / perMilli);
  return value < 0n && value % perMilli !== 0n ? millis - 1 : millis;
}

/** Compiles the timestamp part of a mapping. */
export function compileEventTime(
  mapping: Mapping,
): { readonly ok: true; readonly time: EventTime; readonly epochOnly: boolean } | { readonly ok: false; readonly failure: Failure } {
  const { column, patterns, timeOfDay, unit = 'ms' } = mapping.timestamp;
  const compiled = compileTimestamps(patterns);
  const dates = compileTimestamps(patterns.filter(isDateOnly).map(withTime));
  const wrong = !compiled.ok ? compiled : !dates.ok ? dates : undefined;
  if (!compiled.ok || !dates.ok || wrong !== undefined) {
    return {
      ok: false,
      failure: failure('mapping-invalid', `the timestamp pattern ${wrong?.pattern ?? ''} cannot be used: ${wrong?.reason ?? ''}`, {
        key: 'timestamp.patterns',
        pattern: wrong?.pattern ?? '',
      }),
    };
  }
  const hasDates = patterns.some(isDateOnly);
  const readDate = (text: string): number | undefined => (hasDates ? dates.parse(`${text} ${timeOfDay}`) : undefined);
  // Numbers are of another unit there, so they come before the milliseconds that end every list of patterns.
  const read = (text: string): number | undefined =>
    (unit === 'ms' ? undefined : fromUnit(text, unit)) ?? compiled.parse(text) ?? readDate(text);
  const since = `${unitNames[unit]} since 1970`;
  const expected = patterns.length === 0 ? since : `${patterns.join(' or ')}, or ${since}`;
  return {
    ok: true,
    epochOnly: patterns.length === 0 && unit === 'ms',
    time(text) {
      const millis = read(text);
      // A number that cannot be held exactly would go out as another one.
      if (millis === undefined || !Number.isSafeInteger(millis)) {
        const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
        return reject('timestamp-unparsable', column, `“${shown}” is not a timestamp of the form ${expected}`);
      }
      if (millis < leastEpochMillis && unit === 'ms' && integer.test(text) && Math.abs(millis) === Math.abs(Number(text))) {
        return reject(
          'timestamp-before-1971',
          column,
          `${text} as milliseconds since 1970 lies before 1971, which the service does not take; these may be seconds`,
        );
      }
      return millis;
    },
  };
}
