/** Weeks as the English locale of Java counts them (`WeekFields.SUNDAY_START`): Sunday first, the first week holds the first day. */
import { epochDay } from './timestamp-calendar.ts';

/** 1970-01-01 was a Thursday. Gives 1 for Sunday. */
const weekDayOf = (day: number): number => ((((day + 4) % 7) + 7) % 7) + 1;

const sundayBefore = (day: number): number => day - weekDayOf(day) + 1;

export interface WeekFields {
  readonly weekDay: number;
  readonly weekYear: number;
  readonly week: number;
  readonly weekOfMonth: number;
}

/** @param day days since 1970 of the date `year`-`month` */
export function weekFieldsOf(day: number, year: number, month: number): WeekFields {
  const sunday = sundayBefore(day);
  const nextYear = epochDay(year + 1, 1, 1);
  // A week belongs to the year its Saturday lies in.
  const weekYear = sunday + 6 >= nextYear ? year + 1 : year;
  const firstOf = (first: number): number => Math.floor((sunday - sundayBefore(first)) / 7) + 1;
  return {
    weekDay: weekDayOf(day),
    weekYear,
    week: firstOf(weekYear === year ? epochDay(year, 1, 1) : nextYear),
    weekOfMonth: firstOf(epochDay(year, month, 1)),
  };
}

/** Days since 1970; undefined when the year has no such week. */
export function dayOfWeekYear(weekYear: number, week: number, weekDay: number): number | undefined {
  if (week < 1 || week > 54) return undefined;
  const first = sundayBefore(epochDay(weekYear, 1, 1));
  const next = sundayBefore(epochDay(weekYear + 1, 1, 1));
  const weeks = Math.round((next - first) / 7);
  // Java takes a week beyond the last one for the last one.
  return first + (Math.min(week, weeks) - 1) * 7 + weekDay - 1;
}

/** Days since 1970; undefined when the month has no such day. */
export function dayOfWeekMonth(year: number, month: number, weekOfMonth: number, weekDay: number): number | undefined {
  if (weekOfMonth < 0 || weekOfMonth > 6) return undefined;
  const first = epochDay(year, month, 1);
  const day = sundayBefore(first) + (weekOfMonth - 1) * 7 + weekDay - 1;
  const next = month === 12 ? epochDay(year + 1, 1, 1) : epochDay(year, month + 1, 1);
  return day >= first && day < next ? day : undefined;
}
