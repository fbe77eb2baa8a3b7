import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ChronoUnit, DateTimeFormatter, Instant, LocalDateTime, ZoneId, ZoneOffset } from '@js-joda/core';
import '@js-joda/timezone';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedFormats } from '../../../../electron/engine/shape/timestamp-named.ts';
import { resolve, resolveInstant } from '../../../../electron/engine/shape/timestamp-resolve.ts';
import { follow, newFields } from '../../../../electron/engine/shape/timestamp-steps.ts';
import { utc } from '../../../../electron/engine/shape/timestamp-zone.ts';
import { compileTimestamps } from '../../../../electron/engine/shape/timestamp.ts';

interface Case {
  readonly patterns: readonly string[];
  readonly value: string;
  readonly epochMillis: number | null;
}
const cases = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../../fixtures/timestamps.json'), 'utf8')) as readonly Case[];

const parserFor = (...patterns: string[]): ((text: string) => number | undefined) => {
  const compiled = compileTimestamps(patterns);
  if (!compiled.ok) throw new Error(`${compiled.pattern}: ${compiled.reason}`);
  return (text) => compiled.parse(text);
};

describe('a timestamp is read as the service would read it', () => {
  it.each(cases.map((one) => [one.patterns.join(' | ') || '(none)', one.value, one] as const))('%s: “%s”', (_patterns, _value, one) => {
    expect(parserFor(...one.patterns)(one.value) ?? null).toBe(one.epochMillis);
  });
});

const instants = fc.integer({ min: -2_208_988_800_000, max: 4_102_444_799_999 });
const rounded = (ms: number, unit: number): number => Math.floor(ms / unit) * unit;

describe('against js-joda', () => {
  const shapes: readonly (readonly [string, string, number])[] = [
    ['uuuu-MM-dd HH:mm:ss.SSS', 'uuuu-MM-dd HH:mm:ss.SSS', 1],
    ['uuuuMMddHHmmssSSS', 'uuuuMMddHHmmssSSS', 1],
    ['dd/MM/uuuu HH:mm', 'dd/MM/uuuu HH:mm', 60_000],
    ["uuuu-MM-dd'T'HH:mm:ss", "uuuu-MM-dd'T'HH:mm:ss", 1_000],
    ['d.M.uuuu H:m:s', 'd.M.uuuu H:m:s', 1_000],
    ['uuuu-DDD HH:mm:ss', 'uuuu-DDD HH:mm:ss', 1_000],
  ];
  it.each(shapes)('what js-joda writes with %s is read back', (ours, theirs, unit) => {
    const parse = parserFor(ours);
    const formatter = DateTimeFormatter.ofPattern(theirs);
    fc.assert(
      fc.property(instants, (ms) => {
        const when = rounded(ms, unit);
        const text = LocalDateTime.ofInstant(Instant.ofEpochMilli(when), ZoneOffset.UTC).format(formatter);
        expect(parse(text)).toBe(when);
      }),
    );
  });

  it('reads what js-joda writes as an instant or with an offset', () => {
    const instant = parserFor('ISO_INSTANT');
    const offset = parserFor('ISO_OFFSET_DATE_TIME');
    fc.assert(
      fc.property(instants, fc.integer({ min: -18 * 60, max: 18 * 60 }), (ms, minutes) => {
        const when = Instant.ofEpochMilli(ms);
        expect(instant(when.toString())).toBe(ms);
        expect(offset(when.atOffset(ZoneOffset.ofTotalMinutes(minutes)).toString())).toBe(ms);
      }),
    );
  });

  it('gives a local time in a zone the same instant, in gaps and overlaps too', () => {
    const zones = ['America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'];
    for (const id of zones) {
      const parse = parserFor(`uuuu-MM-dd HH:mm:ss@${id}`);
      const formatter = DateTimeFormatter.ofPattern('uuuu-MM-dd HH:mm:ss');
      fc.assert(
        fc.property(instants, (ms) => {
          const local = LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
          expect(parse(local.format(formatter))).toBe(local.atZone(ZoneId.of(id)).toInstant().toEpochMilli());
        }),
      );
    }
  });

  it('refuses every date that does not exist', () => {
    const parse = parserFor('uuuu-MM-dd HH:mm');
    const two = (value: number): string => String(value).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: 1600, max: 2400 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists = month >= 1 && month <= 12 && day >= 1 && date.getUTCMonth() === month - 1;
          expect(parse(`${year}-${two(month)}-${two(day)} 00:00`)).toBe(exists ? date.getTime() : undefined);
        },
      ),
    );
  });
});

describe('patterns', () => {
  it.each([
    ['uuuu-MM-dd[ HH:mm[:ss[.SSS]]] HH', '2020-01-02 03', 1_577_934_000_000],
    ["h:mm a 'on' MMMM d, uuuu", '3:05 PM on July 4, 2021', 1_625_411_100_000],
    ['EEEE, d MMM uuuu HH:mm Z', 'Sunday, 4 Jul 2021 15:05 -0430', 1_625_427_300_000],
    ['yyyy-MM-dd HH:mm G', '2021-07-04 15:05 AD', 1_625_411_100_000],
    ['uu/MM/dd HH', '21/07/04 15', 1_625_410_800_000],
    ['uuuu-MM-dd HH:mm', '+2021-07-04 15:05', undefined],
    ['uuuu-MM-dd HH:mm:ss.SSSSSS', '2021-07-04 15:05:00.999999', 1_625_411_100_999],
    ['uuuu-MM-dd HH:mm x', '2021-07-04 15:05 +0230', 1_625_402_100_000],
    ['uuuu-MM-dd HH:mm@+05:30', '2021-07-04 15:05', 1_625_391_300_000],
    ['uuuu-MM-dd kk:mm', '2021-07-04 24:05', 1_625_357_100_000],
  ])('%s reads “%s” as %s', (pattern, text, ms) => {
    expect(parserFor(pattern)(text)).toBe(ms);
  });

  it('closes optional sections that are still open, and reads with and without them', () => {
    const parse = parserFor('uuuu-MM-dd HH:mm[:ss[.SSS');
    expect(parse('2021-07-04 15:05')).toBe(1_625_411_100_000);
    expect(parse('2021-07-04 15:05:06')).toBe(1_625_411_106_000);
    expect(parse('2021-07-04 15:05:06.007')).toBe(1_625_411_106_007);
    expect(parse('2021-07-04 15:05:06.')).toBeUndefined();
  });

  it.each(['uuuu-MM-dd bb', "uuuu 'open", 'uuuu]', 'uuuu{MM', 'HHH:mm', 'uuuu@ Mars/Olympus', '', 'zz uuuu', 'ppHmm uuuu'])(
    '“%s” is refused with a reason',
    (pattern) => {
      const compiled = compileTimestamps([pattern]);
      expect(compiled).toMatchObject({ ok: false, pattern });
      expect(compiled.ok ? '' : compiled.reason).not.toBe('');
    },
  );
});

describe('the shortcuts for common shapes change no answer', () => {
  /** Texts that are nearly right: one character of a right one replaced, dropped or doubled. */
  const nearly = (right: (ms: number) => string): fc.Arbitrary<string> =>
    fc.tuple(instants, fc.nat(40), fc.constantFrom('', '0', '9', '-', '+', 'Z', 'T', 't', '.', ' ', '24', '60')).map(([ms, at, other]) => {
      const text = right(ms);
      return at > text.length ? text : text.slice(0, at) + other + text.slice(at + 1);
    });

  it.each(['uuuu-MM-dd HH:mm:ss.SSS', 'uuuuMMddHHmmssSSS'])('%s', (pattern) => {
    const quick = parserFor(pattern);
    // Within brackets no part has its place, so there is no shortcut.
    const thorough = parserFor(`[${pattern}]`);
    const formatter = DateTimeFormatter.ofPattern(pattern);
    const write = (ms: number): string => LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneOffset.UTC).format(formatter);
    fc.assert(
      fc.property(nearly(write), (text) => {
        expect(quick(text)).toBe(thorough(text));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['ISO_DATE_TIME', 'ISO_OFFSET_DATE_TIME', 'ISO_ZONED_DATE_TIME', 'ISO_INSTANT'])('%s', (name) => {
    const quick = parserFor(name);
    const thorough = (text: string): number | undefined => {
      const fields = newFields();
      const end = follow(namedFormats.get(name) ?? [], text, 0, fields);
      return end === text.length ? (name === 'ISO_INSTANT' ? resolveInstant : resolve)(fields, utc) : undefined;
    };
    const write = (ms: number): string => (ms % 2 === 0 ? new Date(ms).toISOString() : new Date(ms).toISOString().replace('Z', '+05:30'));
    fc.assert(
      fc.property(nearly(write), (text) => {
        fc.pre(!/^[+-]?\d+$/.test(text));
        expect(quick(text)).toBe(thorough(text));
      }),
      { numRuns: 1_000 },
    );
  });
});
