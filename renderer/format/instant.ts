const locale = (): string => (typeof navigator === 'undefined' ? 'en' : navigator.language);

/** Milliseconds since 1970 as local date and time, for example 3 Mar 2026, 14:05. */
export const formatInstant = (ms: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);

/** To the second, in the zone of this computer, with the zone's name. */
export const formatLocalTime = (ms: number): string =>
  new Intl.DateTimeFormat(locale(), {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(ms);

/** ISO 8601 in UTC, without milliseconds that are zero; the number itself when it is no date. */
export const formatUtc = (ms: number): string => {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace('.000Z', 'Z');
};
