/** Timestamp values as the service reads them (fineo-api.md, Timestamp patterns): Java's patterns, English, strict resolver. */
import {
  ChronoField,
  DateTimeFormatter,
  DateTimeFormatterBuilder,
  Instant,
  ResolverStyle,
  TemporalQueries,
  ZoneId,
  ZoneOffset,
  type LocalDate,
  type LocalTime,
  type TemporalAccessor,
} from '@js-joda/core';
import type { Locale } from '@js-joda/locale_en';

/** Milliseconds since the epoch of a text, undefined when the pattern does not match it. */
export type TimestampParser = (text: string) => number | undefined;

let english: Locale | undefined;

/**
 * Loads names of days and months and the time zones, which `compilePattern` needs. They take half a second and much memory, and a
 * tenant without patterns does without them.
 */
export async function loadPatternSupport(): Promise<void> {
  await import('@js-joda/timezone');
  const loaded = await import('@js-joda/locale_en');
  english = loaded.Locale.ENGLISH;
}

const withDefaults = (formatter: DateTimeFormatter): DateTimeFormatter => {
  if (!english) throw new Error('loadPatternSupport has to come first');
  return formatter.withLocale(english).withResolverStyle(ResolverStyle.STRICT);
};

/**
 * `RFC_1123_DATE_TIME` is not in js-joda. Java's has two parts that no pattern letter gives: seconds may be left out, and the
 * offset is `GMT` or `+HHMM`.
 */
const rfc1123 = (): DateTimeFormatter =>
  withDefaults(
    new DateTimeFormatterBuilder()
      .parseCaseInsensitive()
      .parseLenient()
      .optionalStart()
      .appendPattern('EEE')
      .appendLiteral(', ')
      .optionalEnd()
      .appendPattern('d MMM uuuu HH:mm')
      .optionalStart()
      .appendPattern(':ss')
      .optionalEnd()
      .appendLiteral(' ')
      .appendOffset('+HHMM', 'GMT')
      .toFormatter(ResolverStyle.STRICT),
  );

/** js-joda's own does not take a zone in brackets after the offset; Java's does. */
const isoDateTime = (): DateTimeFormatter =>
  new DateTimeFormatterBuilder()
    .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
    .optionalStart()
    .appendOffsetId()
    .optionalStart()
    .appendLiteral('[')
    .appendZoneId()
    .appendLiteral(']')
    .toFormatter(ResolverStyle.STRICT);

const namedFormatters: Readonly<Record<string, () => DateTimeFormatter>> = {
  ISO_DATE_TIME: isoDateTime,
  ISO_OFFSET_DATE_TIME: () => DateTimeFormatter.ISO_OFFSET_DATE_TIME,
  ISO_ZONED_DATE_TIME: () => DateTimeFormatter.ISO_ZONED_DATE_TIME,
  ISO_INSTANT: () => DateTimeFormatter.ISO_INSTANT,
  RFC_1123_DATE_TIME: rfc1123,
};

const hasField = (parsed: TemporalAccessor, field: ChronoField): boolean => parsed.isSupported(field);

/** As Java resolves it: an instant when there is one; else date, time and the offset, the zone or the zone given by the pattern. */
const toEpochMillis = (parsed: TemporalAccessor, fallback: ZoneId): number | undefined => {
  if (hasField(parsed, ChronoField.INSTANT_SECONDS)) return Instant.from(parsed).toEpochMilli();
  const date = parsed.query<LocalDate | null>(TemporalQueries.localDate());
  const time = parsed.query<LocalTime | null>(TemporalQueries.localTime());
  if (!date || !time) return undefined;
  const offset = hasField(parsed, ChronoField.OFFSET_SECONDS)
    ? ZoneOffset.ofTotalSeconds(parsed.get(ChronoField.OFFSET_SECONDS))
    : undefined;
  const zone = parsed.query<ZoneId | null>(TemporalQueries.zoneId()) ?? fallback;
  return date
    .atTime(time)
    .atZone(offset ?? zone)
    .toInstant()
    .toEpochMilli();
};

const splitZone = (pattern: string): readonly [pattern: string, zone: ZoneId] => {
  const at = pattern.lastIndexOf('@');
  return at < 0 ? [pattern, ZoneOffset.UTC] : [pattern.slice(0, at), ZoneId.of(pattern.slice(at + 1).trim())];
};

/** Throws when the text is neither one of the five names nor a pattern. After `loadPatternSupport`. */
export function compilePattern(pattern: string): TimestampParser {
  const named = namedFormatters[pattern.trim().toUpperCase()];
  const [custom, zone] = named ? [pattern, ZoneOffset.UTC] : splitZone(pattern);
  const formatter = withDefaults(named ? named() : DateTimeFormatter.ofPattern(custom));
  return (text) => {
    try {
      return toEpochMillis(formatter.parse(text), zone);
    } catch {
      return undefined;
    }
  };
}

const compiled = new Map<string, TimestampParser>();
const parserOf = (pattern: string): TimestampParser => {
  let parser = compiled.get(pattern);
  if (!parser) {
    parser = compilePattern(pattern);
    if (compiled.size >= 1_000) compiled.clear();
    compiled.set(pattern, parser);
  }
  return parser;
};

/** As Java's `Long.parseLong`; undefined beyond what a number holds exactly. */
export const parseEpochMillis = (text: string): number | undefined => {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const millis = Number(text);
  return Number.isSafeInteger(millis) ? millis + 0 : undefined;
};

/** Milliseconds since the epoch by the first pattern that matches, else as an integer; undefined: malformed. */
export function parseTimestamp(text: string, patterns: readonly string[]): number | undefined {
  for (const pattern of patterns) {
    const millis = parserOf(pattern)(text);
    if (millis !== undefined) return millis;
  }
  return parseEpochMillis(text);
}
