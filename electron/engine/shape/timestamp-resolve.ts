/** From the fields of a text to an instant: the strict resolver of `java.time` (`Parsed`, `IsoChronology`). */
import { absent, field, type FieldIndex, type Fields } from './timestamp-steps.ts';
import type { Zone } from './timestamp-zone.ts';

const dayMs = 86_400_000;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
export const lengthOfMonth = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (monthLengths[month - 1] ?? 0));

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
export function epochDay(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

const maxYear = 999_999_999;

const ranges: readonly (readonly [FieldIndex, number, number])[] = [
  [field.year, -maxYear, maxYear],
  [field.yearOfEra, 1, maxYear + 1],
  [field.month, 1, 12],
  [field.day, 1, 31],
  [field.dayOfYear, 1, 366],
  [field.hour, 0, 23],
  [field.hourOfAmPm, 0, 11],
  [field.clockHour, 1, 24],
  [field.clockHourOfAmPm, 1, 12],
  [field.minute, 0, 59],
  [field.second, 0, 59],
];

const agree = (value: number, expected: number): boolean => value === absent || value === expected;

function resolveYear(get: (index: FieldIndex) => number): number {
  const year = get(field.year);
  const yearOfEra = get(field.yearOfEra);
  const era = get(field.era);
  if (yearOfEra === absent) return year === absent || era === absent || era === (year > 0 ? 1 : 0) ? year : absent;
  // Strict never invents an era: `yyyy` alone gives no year.
  if (era === absent) return year === absent || (year > 0 ? year : 1 - year) !== yearOfEra ? absent : year;
  const fromEra = era === 1 ? yearOfEra : 1 - yearOfEra;
  return agree(year, fromEra) ? fromEra : absent;
}

/** Days since 1970, or `absent`. */
function resolveDate(get: (index: FieldIndex) => number): number {
  const year = resolveYear(get);
  if (year === absent) return absent;
  const month = get(field.month);
  const day = get(field.day);
  const dayOfYear = get(field.dayOfYear);
  const firstDay = epochDay(year, 1, 1);
  let date: number = absent;
  if (month !== absent && day !== absent) {
    if (day > lengthOfMonth(year, month)) return absent;
    date = epochDay(year, month, day);
    if (!agree(dayOfYear, date - firstDay + 1)) return absent;
  } else if (dayOfYear !== absent) {
    if (dayOfYear > (isLeap(year) ? 366 : 365)) return absent;
    date = firstDay + dayOfYear - 1;
    const when = new Date(date * dayMs);
    if (!agree(month, when.getUTCMonth() + 1) || !agree(day, when.getUTCDate())) return absent;
  }
  if (date === absent) return absent;
  // Monday is 1; 1970-01-01 was a Thursday.
  return agree(get(field.dayOfWeek), ((((date + 3) % 7) + 7) % 7) + 1) ? date : absent;
}

/** Nanoseconds are kept apart from the milliseconds of the day only to be cut off, as `Instant.toEpochMilli` does. */
function resolveTime(get: (index: FieldIndex) => number): number {
  let hour = get(field.hour);
  const merge = (value: number): boolean => {
    if (!agree(hour, value)) return false;
    hour = value;
    return true;
  };
  const clockHour = get(field.clockHour);
  if (clockHour !== absent && !merge(clockHour === 24 ? 0 : clockHour)) return absent;
  const clockHourOfAmPm = get(field.clockHourOfAmPm);
  let hourOfAmPm = get(field.hourOfAmPm);
  if (clockHourOfAmPm !== absent) {
    const value = clockHourOfAmPm % 12;
    if (!agree(hourOfAmPm, value)) return absent;
    hourOfAmPm = value;
  }
  const amPm = get(field.amPm);
  if (amPm !== absent && hourOfAmPm !== absent && !merge(amPm * 12 + hourOfAmPm)) return absent;
  if (hour === absent || !agree(amPm, Math.floor(hour / 12)) || !agree(hourOfAmPm, hour % 12)) return absent;

  const minute = get(field.minute);
  const second = get(field.second);
  const nano = get(field.nano);
  // Only what stands at the end may be left out: the rest of the time is then zero.
  if ((minute === absent && (second !== absent || nano !== absent)) || (second === absent && nano !== absent)) return absent;
  return (
    hour * 3_600_000 +
    (minute === absent ? 0 : minute * 60_000) +
    (second === absent ? 0 : second * 1_000) +
    (nano === absent ? 0 : Math.floor(nano / 1_000_000))
  );
}

/** Milliseconds since the epoch, or undefined when the fields are no date and time, or no possible one. An offset wins over a zone. */
export function resolve(fields: Fields, defaultZone: Zone): number | undefined {
  const { values } = fields;
  for (const [index, min, max] of ranges) {
    const value = values[index] ?? absent;
    if (value !== absent && (value < min || value > max)) return undefined;
  }
  const get = (index: FieldIndex): number => values[index] ?? absent;
  const date = resolveDate(get);
  if (date === absent) return undefined;
  const time = resolveTime(get);
  if (time === absent) return undefined;
  const local = date * dayMs + time;
  const offset = get(field.offset);
  const ms = local - (offset !== absent ? offset : (fields.zone ?? defaultZone).offsetSecondsAt(local)) * 1_000;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** Java reads an instant with two liberties: 24:00:00 is the next midnight, and 23:59:60 the last second. */
export function resolveInstant(fields: Fields, zone: Zone): number | undefined {
  const { values } = fields;
  let addedMs = 0;
  const isMidnight =
    values[field.minute] === 0 && values[field.second] === 0 && (values[field.nano] === absent || values[field.nano] === 0);
  if (values[field.hour] === 24 && isMidnight) {
    values[field.hour] = 0;
    addedMs = dayMs;
  } else if (values[field.hour] === 23 && values[field.minute] === 59 && values[field.second] === 60) values[field.second] = 59;
  const ms = resolve(fields, zone);
  return ms === undefined ? undefined : ms + addedMs;
}
