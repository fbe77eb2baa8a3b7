/** Timestamps as the service reads them. Source: fineo-api.md, "Timestamp patterns"; the strict mode of `java.time`. */
import { fixedReader, isoReader, type FastReader } from './timestamp-fast.ts';
import { namedFormats } from './timestamp-named.ts';
import { compilePattern } from './timestamp-pattern.ts';
import { resolve, resolveInstant } from './timestamp-resolve.ts';
import { clearFields, follow, newFields, type Step } from './timestamp-steps.ts';
import { utc, zoneOf, type Zone } from './timestamp-zone.ts';

/** One pattern, ready to read with. */
export interface PatternReading {
  readonly steps: readonly Step[];
  readonly zone: Zone;
  readonly resolve: typeof resolve;
  /** Gives the same answers for common shapes, quickly; undefined: ask the steps. */
  readonly fast: FastReader | undefined;
}

export type CompiledReading =
  { readonly ok: true; readonly reading: PatternReading } | { readonly ok: false; readonly pattern: string; readonly reason: string };

export type CompiledTimestamps =
  | {
      readonly ok: true;
      /** Milliseconds since the Unix epoch, undefined when neither a pattern nor an integer. Not to be shared by threads. */
      parse(text: string): number | undefined;
    }
  | { readonly ok: false; readonly pattern: string; readonly reason: string };

const maxLong = 9_223_372_036_854_775_807n;
const integer = /^[+-]?\d+$/;

/** As `Long.parseLong`: a sign, digits, nothing else. Undefined beyond what a number holds exactly, which no clock ever showed. */
export function parseEpochMillis(text: string): number | undefined {
  if (!integer.test(text)) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return exact <= maxLong && exact >= -maxLong - 1n ? value : undefined;
}

/** Compiles one name (any case) or pattern of `DateTimeFormatter`, with `@ <zone>` behind it if wanted. */
export function compileReading(written: string): CompiledReading {
  const refused = (reason: string): CompiledReading => ({ ok: false, pattern: written, reason });
  const name = written.trim().toUpperCase();
  const named = namedFormats.get(name);
  if (named !== undefined) {
    const fast = name.startsWith('ISO_') ? isoReader(name !== 'ISO_DATE_TIME') : undefined;
    return { ok: true, reading: { steps: named, zone: utc, resolve: name === 'ISO_INSTANT' ? resolveInstant : resolve, fast } };
  }
  const at = written.lastIndexOf('@');
  const zoneId = at < 0 ? 'UTC' : written.slice(at + 1).trim();
  const zone = zoneOf(zoneId);
  if (zone === undefined) return refused(`“${zoneId}” is not a time zone`);
  const pattern = at < 0 ? written : written.slice(0, at);
  if (pattern.trim() === '') return refused('the pattern is empty');
  const compiled = compilePattern(pattern);
  if (!compiled.ok) return refused(compiled.reason);
  return { ok: true, reading: { steps: compiled.steps, zone, resolve, fast: fixedReader(compiled.steps, zone) } };
}

/** One set of fields for all calls: this runs once a row, at up to a million rows a second. */
const fields = newFields();

/** Milliseconds since the epoch, undefined when the text is none of this pattern. */
export function readWith(reading: PatternReading, text: string): number | undefined {
  const quick = reading.fast?.(text);
  if (quick !== undefined) return quick;
  clearFields(fields);
  if (follow(reading.steps, text, 0, fields) !== text.length) return undefined;
  return reading.resolve(fields, reading.zone);
}

/**
 * Compiles the patterns of a mapping or a schema. They are tried in order; after them, a text that is an integer is milliseconds
 * since 1970.
 */
export function compileTimestamps(patterns: readonly string[]): CompiledTimestamps {
  const readings: PatternReading[] = [];
  for (const pattern of patterns) {
    const compiled = compileReading(pattern);
    if (!compiled.ok) return compiled;
    readings.push(compiled.reading);
  }
  return {
    ok: true,
    parse(text) {
      for (const reading of readings) {
        const millis = readWith(reading, text);
        if (millis !== undefined) return millis;
      }
      return parseEpochMillis(text);
    },
  };
}
