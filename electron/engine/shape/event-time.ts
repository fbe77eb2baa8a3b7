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

/** Compiles the timestamp part of a mapping. */
export function compileEventTime(
  mapping: Mapping,
): { readonly ok: true; readonly time: EventTime; readonly epochOnly: boolean } | { readonly ok: false; readonly failure: Failure } {
  const { column, patterns, timeOfDay } = mapping.timestamp;
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
  const expected = patterns.length === 0 ? 'milliseconds since 1970' : `${patterns.join(' or ')}, or milliseconds since 1970`;
  return {
    ok: true,
    epochOnly: patterns.length === 0,
    time(text) {
      const millis = compiled.parse(text) ?? (hasDates ? dates.parse(`${text} ${timeOfDay}`) : undefined);
      if (millis === undefined) {
        const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
        return reject('timestamp-unparsable', column, `“${shown}” is not a timestamp of the form ${expected}`);
      }
      if (millis < leastEpochMillis && integer.test(text) && Math.abs(millis) === Math.abs(Number(text))) {
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
