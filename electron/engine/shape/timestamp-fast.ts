/**
 * Shortcuts for the shapes that nearly every file has: ISO 8601 and numbers at fixed places. A shortcut either gives what the
 * steps would give or undefined, upon which the steps are asked; so it may give up at any doubt.
 */
import { epochDay, lengthOfMonth } from './timestamp-calendar.ts';
import { field, type FieldIndex, type Step } from './timestamp-steps.ts';
import type { Zone } from './timestamp-zone.ts';

export type FastReader = (text: string) => number | undefined;

const dayMs = 86_400_000;

/** Value of `width` digits at `start`, or -1. */
function digits(text: string, start: number, width: number): number {
  let value = 0;
  for (let at = start; at < start + width; at++) {
    const digit = text.charCodeAt(at) - 48;
    // The negated form refuses the NaN behind the end of the text too.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Remembers the day before: rows of a file come in the order of their time, mostly. */
function dayCounter(): (year: number, month: number, day: number) => number {
  let lastKey = -1;
  let lastDay = 0;
  return (year, month, day) => {
    const key = (year * 16 + month) * 32 + day;
    if (key !== lastKey) {
      lastDay = epochDay(year, month, day);
      lastKey = key;
    }
    return lastDay;
  };
}

const inRange = (year: number, month: number, day: number, hour: number, minute: number, second: number): boolean =>
  year >= 0 &&
  month >= 1 &&
  month <= 12 &&
  day >= 1 &&
  (day <= 28 || day <= lengthOfMonth(year, month)) &&
  hour >= 0 &&
  hour <= 23 &&
  minute >= 0 &&
  minute <= 59 &&
  second >= 0 &&
  second <= 59;

const scales = [1_000, 100, 10, 1] as const;

/** `uuuu-MM-ddTHH:mm:ss[.fraction][Z|±HH:MM]`, read as UTC where no offset is given and none is needed. */
export function isoReader(needsOffset: boolean): FastReader {
  const countDays = dayCounter();
  return (text) => {
    if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84) return undefined;
    if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
    const year = digits(text, 0, 4);
    const month = digits(text, 5, 2);
    const day = digits(text, 8, 2);
    const hour = digits(text, 11, 2);
    const minute = digits(text, 14, 2);
    const second = digits(text, 17, 2);
    if (!inRange(year, month, day, hour, minute, second)) return undefined;
    let at = 19;
    let millis = 0;
    if (text.charCodeAt(at) === 46) {
      at++;
      const begin = at;
      while (digits(text, at, 1) >= 0) at++;
      const width = at - begin;
      if (width === 0 || width > 9) return undefined;
      const kept = Math.min(width, 3);
      millis = digits(text, begin, kept) * (scales[kept] ?? 1);
    }
    let offsetMinutes = 0;
    const next = text.charCodeAt(at);
    if (at === text.length) {
      if (needsOffset) return undefined;
    } else if (next === 90) at++;
    else if (next === 43 || next === 45) {
      const hours = digits(text, at + 1, 2);
      const minutes = digits(text, at + 4, 2);
      if (text.charCodeAt(at + 3) !== 58 || hours < 0 || hours > 17 || minutes < 0 || minutes > 59) return undefined;
      offsetMinutes = (hours * 60 + minutes) * (next === 45 ? -1 : 1);
      at += 6;
    }
    if (at !== text.length) return undefined;
    const minutes = countDays(year, month, day) * 1_440 + hour * 60 + minute - offsetMinutes;
    return minutes * 60_000 + second * 1_000 + millis;
  };
}

interface Place {
  readonly start: number;
  readonly width: number;
}

/** A reader for patterns in which every part has its place: uuuu MM dd HH mm ss S… and literals. Undefined for all others. */
export function fixedReader(steps: readonly Step[], zone: Zone): FastReader | undefined {
  const places = new Map<FieldIndex, Place>();
  const literals: { readonly at: number; readonly code: number }[] = [];
  let length = 0;
  const place = (index: FieldIndex, width: number): boolean => {
    if (places.has(index)) return false;
    places.set(index, { start: length, width });
    length += width;
    return true;
  };
  for (const step of steps) {
    if (step.kind === 'literal') literals.push({ at: length++, code: step.code });
    else if (step.kind === 'fraction' && !step.point) {
      if (!place(field.nano, step.max)) return undefined;
    } else if (step.kind === 'number' && step.base === 0) {
      const isFixed = step.min === step.max && step.sign === 'never';
      if (!(isFixed || (step.field === field.year && step.min === 4)) || !place(step.field, step.min)) return undefined;
    } else return undefined;
  }
  const wanted: readonly FieldIndex[] = [field.year, field.month, field.day, field.hour, field.minute, field.second, field.nano];
  const found = wanted.map((index) => places.get(index));
  const [year, month, day, hour, minute, second, nano] = found;
  if (year === undefined || month === undefined || day === undefined || hour === undefined) return undefined;
  if (found.filter((one) => one !== undefined).length !== places.size) return undefined;
  if ((minute === undefined && second !== undefined) || (second === undefined && nano !== undefined)) return undefined;

  const countDays = dayCounter();
  const valueOf = (text: string, one: Place | undefined): number => (one === undefined ? 0 : digits(text, one.start, one.width));
  const keptWidth = Math.min(nano?.width ?? 0, 3);
  const scale = scales[keptWidth] ?? 1;
  return (text) => {
    if (text.length !== length) return undefined;
    for (const { at, code } of literals) if (text.charCodeAt(at) !== code) return undefined;
    const y = valueOf(text, year);
    const m = valueOf(text, month);
    const d = valueOf(text, day);
    const h = valueOf(text, hour);
    const min = valueOf(text, minute);
    const s = valueOf(text, second);
    if (!inRange(y, m, d, h, min, s)) return undefined;
    let millis = 0;
    if (nano !== undefined) {
      if (digits(text, nano.start, nano.width) < 0) return undefined;
      millis = digits(text, nano.start, keptWidth) * scale;
    }
    const local = countDays(y, m, d) * dayMs + h * 3_600_000 + min * 60_000 + s * 1_000 + millis;
    return local - zone.offsetSecondsAt(local) * 1_000;
  };
}
