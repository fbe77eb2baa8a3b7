import { dateFormat, locale } from './intl-cache.ts';

/** Milliseconds since 1970 as local date and time, for example 3 Mar 2026, 14:05. */
export const formatInstant = (ms: number): string => dateFormat({ dateStyle: 'medium', timeStyle: 'short' }).format(ms);

/** To the second, in the zone of this computer, with the zone's name. */
export const formatLocalTime = (ms: number): string =>
  dateFormat({
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(ms);

/** To the millisecond, in the zone of this computer, with the zone's name; the number itself when it is no date. */
export const formatLocalExact = (ms: number): string =>
  Number.isNaN(new Date(ms).getTime())
    ? String(ms)
    : dateFormat({
        year: 'numeric',
        month: 'short',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        fractionalSecondDigits: 3,
        timeZoneName: 'short',
      }).format(ms);

/** ISO 8601 in UTC, without milliseconds that are zero; the number itself when it is no date. */
export const formatUtc = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace('.000Z', 'Z');
};

const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** How long ago, in the largest unit that fits, for example 5 min. ago; `undefined` for less than a minute. */
export const formatAgo = (ms: number, now: number): string | undefined => {
  const passed = now - ms;
  const step = steps.find(([, length]) => passed >= length);
  return step && new Intl.RelativeTimeFormat(locale(), { style: 'short' }).format(-Math.floor(passed / step[1]), step[0]);
};

/** Time of day of this computer, for example 14:05. */
export const formatTimeOfDay = (ms: number): string => dateFormat({ hour: '2-digit', minute: '2-digit' }).format(ms);

/** Names of the days, from Monday; the number of each is that of `Date.getDay()`. */
export const weekdays = (): readonly { readonly day: number; readonly short: string; readonly long: string }[] =>
  [1, 2, 3, 4, 5, 6, 0].map((day) => {
    const date = new Date(2023, 0, 1 + day);
    return { day, short: dateFormat({ weekday: 'short' }).format(date), long: dateFormat({ weekday: 'long' }).format(date) };
  });
