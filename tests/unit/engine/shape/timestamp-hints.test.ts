import { describe, expect, it } from 'vitest';
import { epochMatch, explainTimestamp } from '../../../../electron/engine/shape/timestamp-explain.ts';
import { timestampHints } from '../../../../electron/engine/shape/timestamp-hints.ts';

const now = Date.UTC(2020, 0, 1);
const hintsFor = (patterns: readonly string[], value: string) => {
  const { epochMillis, matched } = explainTimestamp(patterns, value);
  return timestampHints(patterns, value, matched === epochMatch ? undefined : matched, epochMillis, now);
};

describe('a probable mistake is pointed out with what mends it', () => {
  it.each([
    ['1490638685', 's'],
    ['1490638685520000', 'us'],
    ['1490638685520000000', 'ns'],
  ] as const)('%s is probably in %s', (value, unit) => {
    expect(hintsFor([], value)).toMatchObject([{ code: 'unit', unit }]);
  });

  it('milliseconds are left in peace', () => {
    expect(hintsFor([], '1490638685520')).toEqual([]);
  });

  it.each([
    ['yyyy-MM-dd HH:mm', '2017-03-04 15:00', 'uuuu-MM-dd HH:mm'],
    ['YYYY-MM-dd HH:mm', '2017-03-04 15:00', 'uuuu-MM-dd HH:mm'],
    ['uuuu-mm-dd HH:mm', '2017-03-04 15:00', 'uuuu-MM-dd HH:mm'],
    ['uuuu-MM-dd HH:MM', '2017-03-04 15:00', 'uuuu-MM-dd HH:mm'],
    ['uuuu-MM-DD hh:mm', '2017-03-04 15:00', 'uuuu-MM-dd HH:mm'],
    ['yyyy-MM-dd hh:mm:ss.sss@Europe/Berlin', '2017-03-04 15:00:01.250', 'uuuu-MM-dd HH:mm:ss.SSS@Europe/Berlin'],
    ["yyyy-MM-dd'yyyy'HH:mm", '2017-03-04yyyy15:00', "uuuu-MM-dd'yyyy'HH:mm"],
    ['ISO_INSTANT', '04.03.2017 15:00', 'dd.MM.uuuu HH:mm'],
  ])('%s for “%s”: %s', (pattern, value, better) => {
    expect(hintsFor([pattern], value)).toMatchObject([{ code: 'pattern', pattern: better }]);
  });

  it('a date that could have day and month the other way round is shown both ways', () => {
    expect(hintsFor(['dd/MM/uuuu HH:mm'], '03/04/2017 15:00')).toMatchObject([
      { code: 'day-month', pattern: 'MM/dd/uuuu HH:mm', epochMillis: Date.UTC(2017, 2, 4, 15) },
    ]);
    expect(hintsFor(['dd/MM/uuuu HH:mm'], '13/04/2017 15:00')).toEqual([]);
    expect(hintsFor(['dd/MM/uuuu HH:mm'], '04/04/2017 15:00')).toEqual([]);
    expect(hintsFor(['uuuu-MM-dd HH:mm'], '2017-03-04 15:00')).toEqual([]);
  });

  it('a time far ahead and one before 1971 are pointed out', () => {
    expect(hintsFor(['uuuu-MM-dd HH:mm'], '2071-03-04 15:00')).toMatchObject([{ code: 'far-future' }]);
    expect(hintsFor([], '12345')).toMatchObject([{ code: 'before-1971' }]);
  });

  it('a date without a time says what to do', () => {
    expect(hintsFor([], '2017-03-04')[0]?.message).toContain('timeOfDay');
  });
});

describe('why a pattern does not read a value', () => {
  it.each([
    ['uuuu-MM-dd HH:mm', '2017-03-04T15:00', 'at character 11 “ ” is expected, where “T15:00” stands'],
    ['uuuu-MM-dd HH:mm', '2017-03-04 15', 'at character 14 “:” is expected, where the text ends'],
    ['uuuu-MM-dd HH', '2017-03-04 15:00', 'the text goes on after the pattern: “:00”'],
    ['uuuu-MM-dd HH:mm', '2017-02-30 15:00', 'there is no such day or time'],
    ['yyyy-MM-dd HH:mm', '2017-02-03 15:00', 'a year of an era (y) without the era (G)'],
    ['uuuu-MM-dd', '2017-02-03', 'there is no time of day'],
    ['uuuu-MM HH', '2017-02 03', 'year, month and day are not all there'],
    ['uuuu-MM-dd hh:mm', '2017-02-03 04:05', 'an hour of 1 to 12 (h) needs AM or PM'],
    ['uuuu-MM-dd bb', '2017-02-03', 'not a pattern:'],
  ])('%s, “%s”: %s', (pattern, value, reason) => {
    expect(explainTimestamp([pattern], value).attempts[0]?.reason).toContain(reason);
  });
});
