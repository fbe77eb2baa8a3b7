/** Numbers, sizes, rates and durations for people, in the words of their locale. */
import { numberFormat } from './intl-cache.ts';

export const formatCount = (count: number): string => numberFormat({ maximumFractionDigits: 0 }).format(count);

const sizeUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Decimal units, as file managers and the service's limits count. */
export const formatSize = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(sizeUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return numberFormat({
    style: 'unit',
    unit: sizeUnits[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
};

/** Never says 100 % of something that is not complete, nor 0 % of something that has begun. */
export const formatShare = (share: number): string =>
  numberFormat({ style: 'percent', maximumFractionDigits: 0 }).format(
    share >= 1 ? 1 : share <= 0 ? 0 : Math.min(0.99, Math.max(0.01, share)),
  );

export type DurationUnit = 'second' | 'minute' | 'hour' | 'day';

/** The two largest units that matter, for example 3 min 20 sec. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts: readonly (readonly [number, DurationUnit])[] =
    seconds >= 86_400
      ? [
          [Math.floor(seconds / 86_400), 'day'],
          [Math.floor((seconds % 86_400) / 3600), 'hour'],
        ]
      : seconds >= 3600
        ? [
            [Math.floor(seconds / 3600), 'hour'],
            [Math.floor((seconds % 3600) / 60), 'minute'],
          ]
        : seconds >= 60
          ? [
              [Math.floor(seconds / 60), 'minute'],
              [seconds % 60, 'second'],
            ]
          : [[seconds, 'second']];
  return parts
    .filter(([amount], at) => at === 0 || amount > 0)
    .map(([amount, unit]) => numberFormat({ style: 'unit', unit, unitDisplay: 'short' }).format(amount))
    .join(' ');
};

/**
 * Milliseconds until all bytes are read at the present rate; `undefined` while there is none to go by.
 * Rounded up to steps that grow with the time, so that the display does not flicker.
 */
export const timeLeftMs = (bytesTotal: number, bytesRead: number, bytesPerSecond: number): number | undefined => {
  const left = bytesTotal - bytesRead;
  if (left <= 0 || bytesPerSecond <= 0) return undefined;
  const seconds = left / bytesPerSecond;
  const step = seconds > 600 ? 60 : seconds > 60 ? 10 : seconds > 20 ? 5 : 1;
  return Math.ceil(seconds / step) * step * 1000;
};
