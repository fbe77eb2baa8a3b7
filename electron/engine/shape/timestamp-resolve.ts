/** From the fields of a text to an instant: the strict resolver of `java.time` (`Parsed`, `IsoChronology`). */
import { dateOf, epochDay, isLeap, lengthOfMonth } from './timestamp-calendar.ts';
import { absent, field, type FieldIndex, type Fields } from './timestamp-steps.ts';
import { dayOfWeekMonth, dayOfWeekYear, weekFieldsOf } from './timestamp-weeks.ts';
import type { Zone } from './timestamp-zone.ts';

const dayMs = 86_400_000;
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
  [field.nano, 0, 999_999_999],
  [field.milliOfDay, 0, dayMs - 1],
  [field.nanoOfDay, 0, dayMs * 1e6 - 1],
  [field.weekDay, 1, 7],
  [field.modifiedJulianDay, -365_961_662 * 1_000, 365_961_662 * 1_000],
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

/** Days since 1970 as the fields give them without weeks, or `absent`. NaN: they contradict each other. */
function dayFromYear(get: (index: FieldIndex) => number, year: number): number {
  const month = get(field.month);
  const day = get(field.day);
  const dayOfYear = get(field.dayOfYear);
  if (month !== absent && day !== absent) return day > lengthOfMonth(year, month) ? NaN : epochDay(year, month, day);
  if (dayOfYear === absent) return absent;
  return dayOfYear > (isLeap(year) ? 366 : 365) ? NaN : epochDay(year, 1, 1) + dayOfYear - 1;
}

const usesWeeks = (get: (index: FieldIndex) => number): boolean =>
  get(field.week) !== absent || get(field.weekOfMonth) !== absent || get(field.weekYear) !== absent;

/** Days since 1970, or `absent`. What says the same date in another way has to agree. */
function resolveDate(get: (index: FieldIndex) => number): number {
  const year = resolveYear(get);
  const weekDay = get(field.weekDay);
  // Monday is 1 here, Sunday is 1 there.
  const dayOfWeek = weekDay === absent ? get(field.dayOfWeek) : ((weekDay + 5) % 7) + 1;
  let date = year === absent ? absent : dayFromYear(get, year);
  const julian = get(field.modifiedJulianDay);
  if (julian !== absent) {
    // The day 0 of that count is 17 November 1858.
    const day = julian - 40_587;
    if (!agree(date, day)) return absent;
    date = day;
  }
  if (usesWeeks(get) && dayOfWeek !== absent) {
    const day = dayFromWeek(get, year, (dayOfWeek % 7) + 1, date);
    if (day === undefined || !agree(date, day)) return absent;
    date = day;
  }
  if (date === absent || Number.isNaN(date)) return absent;
  return crossCheck(get, date, dayOfWeek) ? date : absent;
}

function dayFromWeek(get: (index: FieldIndex) => number, year: number, weekDay: number, known: number): number | undefined {
  const weekYear = get(field.weekYear);
  const week = get(field.week);
  if (weekYear !== absent && week !== absent) return dayOfWeekYear(weekYear, week, weekDay);
  const month = get(field.month);
  const weekOfMonth = get(field.weekOfMonth);
  if (known === absent && year !== absent && month !== absent && weekOfMonth !== absent) {
    return dayOfWeekMonth(year, month, weekOfMonth, weekDay);
  }
  return known;
}

/** Java: `Parsed.crossCheck`. Runs for each value, so the common fields come first. */
function crossCheck(get: (index: FieldIndex) => number, day: number, dayOfWeek: number): boolean {
  // Monday is 1; 1970-01-01 was a Thursday.
  if (!agree(dayOfWeek, ((((day + 3) % 7) + 7) % 7) + 1)) return false;
  const isPlain =
    get(field.dayOfYear) === absent && get(field.quarter) === absent && get(field.modifiedJulianDay) === absent && !usesWeeks(get);
  if (isPlain) return true;
  const date = dateOf(day);
  const weeks = weekFieldsOf(day, date.year, date.month);
  return (
    agree(get(field.year), date.year) &&
    agree(get(field.yearOfEra), date.year > 0 ? date.year : 1 - date.year) &&
    agree(get(field.month), date.month) &&
    agree(get(field.day), date.day) &&
    agree(get(field.dayOfYear), day - epochDay(date.year, 1, 1) + 1) &&
    agree(get(field.quarter), Math.ceil(date.month / 3)) &&
    agree(get(field.weekYear), weeks.weekYear) &&
    // With year and weekday the week was used, and one beyond the last was taken for the last.
    (get(field.weekYear) !== absent && dayOfWeek !== absent ? true : agree(get(field.week), weeks.week)) &&
    agree(get(field.weekOfMonth), weeks.weekOfMonth)
  );
}

/** Milliseconds of the day, or `absent`. Nanoseconds are only cut off, as `Instant.toEpochMilli` does. */
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

  const milliOfDay = get(field.milliOfDay);
  const nanoOfDay = get(field.nanoOfDay);
  const whole = nanoOfDay !== absent ? Math.floor(nanoOfDay / 1e6) : milliOfDay;
  let minute = get(field.minute);
  let second = get(field.second);
  let nano = get(field.nano);
  if (whole !== absent) {
    if (!merge(Math.floor(whole / 3_600_000))) return absent;
    const ofHour = Math.floor(whole / 60_000) % 60;
    const ofMinute = Math.floor(whole / 1_000) % 60;
    const ofSecond = nanoOfDay !== absent ? nanoOfDay % 1e9 : (whole % 1_000) * 1e6 + (nano === absent ? 0 : nano % 1e6);
    if (!agree(minute, ofHour) || !agree(second, ofMinute) || !agree(nano, ofSecond)) return absent;
    if (nanoOfDay !== absent && milliOfDay !== absent && milliOfDay !== whole) return absent;
    minute = ofHour;
    second = ofMinute;
    nano = ofSecond;
  }
  if (hour === absent || !agree(amPm, Math.floor(hour / 12)) || !agree(hourOfAmPm, hour % 12)) return absent;
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
