/** Numbers as the command line prints them: English, independent of the locale, so that output is the same everywhere. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export const countText = (count: number): string => whole.format(count);

/** `1 row`, `2 rows`. */
export const countedText = (count: number, one: string, many = `${one}s`): string => `${countText(count)} ${count === 1 ? one : many}`;

/** Decimal units: `178.5 kB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
  let value = bytes;
  for (const unit of units) {
    if (value < 999.95 || unit === 'TB') return `${unit === 'B' ? whole.format(value) : oneDigit.format(value)} ${unit}`;
    value /= 1_000;
  }
  return '';
}

/** `0.4 s`, `3 min 05 s`, `2 h 00 min`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${oneDigit.format(seconds)} s`;
  const rounded = Math.round(seconds);
  const [hours, minutes] = [Math.floor(rounded / 3_600), Math.floor(rounded / 60) % 60];
  const padded = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours} h ${padded(minutes)} min` : `${minutes} min ${padded(rounded % 60)} s`;
}
