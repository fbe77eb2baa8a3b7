/** Time zones as `java.time.ZoneId` names them, and the instant of a local time in them. */
import { createRequire } from 'node:module';
import type { ZoneId } from '@js-joda/core';
import type * as rules from './timestamp-rules.ts';

type ZoneRules = typeof rules;
let rulesKept: ZoneRules | undefined;

/** Loaded with the first zone that has rules; beside the sources they are a source, beside the bundles a bundle. */
function zoneRules(): ZoneRules {
  const file = import.meta.url.endsWith('.ts') ? './timestamp-rules.ts' : './timestamp-rules.js';
  rulesKept ??= createRequire(import.meta.url)(file) as ZoneRules;
  return rulesKept;
}

export interface Zone {
  /** Seconds to take from a local time (milliseconds as if it were UTC) to get UTC. */
  offsetSecondsAt(localMs: number): number;
}

/** Minutes and seconds of an offset: needed (upper case), possible (lower case) or not read; with colons or without. */
export type OffsetForm = '+HH' | '+HHmm' | '+HHMM' | '+HH:MM' | '+HHMMss' | '+HH:MM:ss' | '+HH:mm:ss' | '+HHmmss';

const maxOffsetSeconds = 18 * 3_600;

const twoDigits = (text: string, position: number): number => {
  const tens = text.charCodeAt(position) - 48;
  const ones = text.charCodeAt(position + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
};

/** Reads an offset like `+05:30` at `start`; undefined when there is none in this form. */
export function parseOffset(text: string, start: number, form: OffsetForm): { readonly seconds: number; readonly end: number } | undefined {
  const sign = text.charCodeAt(start);
  if (sign !== 43 && sign !== 45) return undefined;
  const hours = twoDigits(text, start + 1);
  if (hours < 0) return undefined;
  let end = start + 3;
  let total = hours * 3_600;
  const hasColon = form.includes(':');
  const parts = [
    { unit: 60, needed: form.includes('MM'), possible: form.toLowerCase().includes('mm') },
    { unit: 1, needed: false, possible: form.includes('ss') },
  ];
  for (const part of parts) {
    if (!part.possible) break;
    const at = hasColon ? end + 1 : end;
    const value = hasColon && text.charCodeAt(end) !== 58 ? -1 : twoDigits(text, at);
    if (value < 0) {
      if (part.needed) return undefined;
      break;
    }
    if (value > 59) return undefined;
    total += value * part.unit;
    end = at + 2;
  }
  if (total > maxOffsetSeconds) return undefined;
  return { seconds: sign === 45 ? -total : total, end };
}

/** Reads an offset as the English locale writes it: `GMT`, `GMT+5:30` or, in full, `GMT+05:30`; seconds may follow. */
export function parseLocalizedOffset(
  text: string,
  start: number,
  full: boolean,
): { readonly seconds: number; readonly end: number } | undefined {
  if (!text.startsWith('GMT', start)) return undefined;
  const at = start + 3;
  const sign = text.charCodeAt(at);
  if (sign !== 43 && sign !== 45) return { seconds: 0, end: at };
  const shape = full ? /(\d\d):(\d\d)(?::(\d\d))?/y : /(\d\d?)(?::(\d\d)(?::(\d\d))?)?/y;
  shape.lastIndex = at + 1;
  const match = shape.exec(text);
  if (match === null) return undefined;
  const total = Number(match[1]) * 3_600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  // Java does not look at the single parts here.
  if (total > maxOffsetSeconds) return undefined;
  return { seconds: sign === 45 ? -total : total, end: shape.lastIndex };
}

const fixed = (seconds: number): Zone => ({ offsetSecondsAt: () => seconds });
export const utc: Zone = fixed(0);

const dayMs = 86_400_000;
/** Clocks are changed weeks apart, so most stretches of this length have one offset from end to end. */
const stretchMs = 4 * dayMs;
/** 179 years, for a file that jumps about in time; emptied when full. */
const maxStretchesKept = 16_384;

function region(zone: ZoneId, { offsetSeconds }: ZoneRules): Zone {
  const known = new Map<number, number | undefined>();
  return {
    offsetSecondsAt(localMs) {
      const stretch = Math.floor(localMs / stretchMs);
      const offset = known.get(stretch);
      if (offset !== undefined) return offset;
      if (!known.has(stretch)) {
        if (known.size >= maxStretchesKept) known.clear();
        const atStart = offsetSeconds(zone, stretch * stretchMs);
        const atEnd = offsetSeconds(zone, (stretch + 1) * stretchMs - 1);
        known.set(stretch, atStart === atEnd ? atStart : undefined);
      }
      return known.get(stretch) ?? offsetSeconds(zone, localMs);
    },
  };
}

let knownIds: ReadonlySet<string> | undefined;
/** Of these, `java.time.ZoneId` only knows what is not an abbreviation. */
const abbreviations = ['EST', 'MST', 'HST', 'ROC'];
const isKnown = (id: string): boolean =>
  (knownIds ??= new Set(
    zoneRules()
      .zoneIds()
      .filter((known) => !abbreviations.includes(known)),
  )).has(id);

const regions = new Map<string, Zone>();
function regionOf(id: string): Zone | undefined {
  const kept = regions.get(id);
  if (kept !== undefined) return kept;
  if (!isKnown(id)) return undefined;
  const made = region(zoneRules().zoneWith(id), zoneRules());
  regions.set(id, made);
  return made;
}

const offsetId = /^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/;

/** The zone that `java.time.ZoneId.of(id)` gives; undefined when there is none. */
export function zoneOf(id: string): Zone | undefined {
  if (id === 'Z' || id === 'UTC' || id === 'GMT' || id === 'UT') return utc;
  const match = offsetId.exec(id.replace(/^(?:UTC|GMT|UT)(?=[+-])/, ''));
  if (match === null) return regionOf(id);
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  const seconds = Number(match[4] ?? 0);
  const total = hours * 3_600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > maxOffsetSeconds) return undefined;
  return fixed(match[1] === '-' ? -total : total);
}

const regionShape = /[A-Za-z][A-Za-z0-9~/._+-]*/y;

/** Reads a zone id at `start` of a text, the longest that is known (pattern letters VV). */
export function matchZoneId(text: string, start: number): { readonly zone: Zone; readonly end: number } | undefined {
  const prefix = /^(?:UTC|GMT|UT|(?=[+-]))/.exec(text.slice(start, start + 3))?.[0];
  if (prefix !== undefined) {
    const offset = parseOffset(text, start + prefix.length, '+HH:MM:ss');
    if (offset !== undefined) return { zone: fixed(offset.seconds), end: offset.end };
    return prefix === '' ? undefined : { zone: utc, end: start + prefix.length };
  }
  regionShape.lastIndex = start;
  const run = regionShape.exec(text)?.[0] ?? '';
  for (let length = run.length; length > 1; length--) {
    const zone = regionOf(run.slice(0, length));
    if (zone !== undefined) return { zone, end: start + length };
  }
  return text[start] === 'Z' ? { zone: utc, end: start + 1 } : undefined;
}
