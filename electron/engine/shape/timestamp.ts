/** Timestamps as the service reads them. Source: fineo-api.md, "Timestamp patterns"; the strict mode of `java.time`. */
import { fixedReader, isoReader, type FastReader } from './timestamp-fast.ts';
import { namedFormats } from './timestamp-named.ts';
import { compilePattern } from './timestamp-pattern.ts';
import { resolve, resolveInstant } from './timestamp-resolve.ts';
import { clearFields, follow, newFields, type Step } from './timestamp-steps.ts';
import { utc, zoneOf, type Zone } from './timestamp-zone.ts';

export type CompiledTimestamps =
  /** `parse`: milliseconds since the Unix epoch, undefined when neither a pattern nor an integer. Not to be shared by threads. */
  | { readonly ok: true; parse(text: string): number | undefined }
  | { readonly ok: false; readonly pattern: string; readonly reason: string };

interface Reading {
  readonly steps: readonly Step[];
  readonly zone: Zone;
  readonly resolve: typeof resolve;
  /** Gives the same answers for common shapes, quickly; undefined: ask the steps. */
  readonly fast: FastReader | undefined;
}

const maxLong = 9_223_372_036_854_775_807n;

/** As `Long.parseLong`: a sign, digits, nothing else. */
function parseEpochMillis(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return exact <= maxLong && exact >= -maxLong - 1n ? value : undefined;
}

function compile(written: string): Reading | string {
  const name = written.trim().toUpperCase();
  const named = namedFormats.get(name);
  if (named !== undefined) {
    const fast = name.startsWith('ISO_') ? isoReader(name !== 'ISO_DATE_TIME') : undefined;
    return { steps: named, zone: utc, resolve: name === 'ISO_INSTANT' ? resolveInstant : resolve, fast };
  }
  const at = written.lastIndexOf('@');
  const zoneId = at < 0 ? 'UTC' : written.slice(at + 1).trim();
  const zone = zoneOf(zoneId);
  if (zone === undefined) return `“${zoneId}” is not a time zone`;
  const pattern = at < 0 ? written : written.slice(0, at);
  if (pattern.trim() === '') return 'the pattern is empty';
  const compiled = compilePattern(pattern);
  return compiled.ok ? { steps: compiled.steps, zone, resolve, fast: fixedReader(compiled.steps, zone) } : compiled.reason;
}

/**
 * Compiles the patterns of a mapping: names (any case) or patterns of `DateTimeFormatter`, each with `@ <zone>` behind it if wanted.
 * They are tried in order; after them, a text that is an integer is milliseconds since 1970.
 */
export function compileTimestamps(patterns: readonly string[]): CompiledTimestamps {
  const readings: Reading[] = [];
  for (const pattern of patterns) {
    const reading = compile(pattern);
    if (typeof reading === 'string') return { ok: false, pattern, reason: reading };
    readings.push(reading);
  }
  // One set of fields for all calls: this runs once a row, at up to a million rows a second.
  const fields = newFields();
  return {
    ok: true,
    parse(text) {
      for (const reading of readings) {
        const quick = reading.fast?.(text);
        if (quick !== undefined) return quick;
        clearFields(fields);
        if (follow(reading.steps, text, 0, fields) !== text.length) continue;
        const ms = reading.resolve(fields, reading.zone);
        if (ms !== undefined) return ms;
      }
      return parseEpochMillis(text);
    },
  };
}
