import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compilePattern, loadPatternSupport, parseTimestamp } from '../../../electron/sandbox/timestamps.ts';

interface Case {
  readonly patterns: readonly string[];
  readonly value: string;
  readonly epochMillis: number | null;
}

const cases = JSON.parse(readFileSync(new URL('../../fixtures/timestamps.json', import.meta.url), 'utf8')) as Case[];

beforeAll(loadPatternSupport);

describe('timestamps as a JDK reads them', () => {
  for (const { patterns, value, epochMillis } of cases) {
    it(`${JSON.stringify(value)} by ${JSON.stringify(patterns)} is ${epochMillis ?? 'refused'}`, () => {
      expect(parseTimestamp(value, patterns) ?? null).toBe(epochMillis);
    });
  }

  it('tries the patterns before it takes a text for milliseconds', () => {
    expect(parseTimestamp('20151012123416', ['uuuuMMddHHmmss'])).toBe(Date.parse('2015-10-12T12:34:16Z'));
    expect(parseTimestamp('20151012123416', [])).toBe(20_151_012_123_416);
  });

  it('has no number for what lies beyond exact numbers', () => expect(parseTimestamp('9223372036854775807', [])).toBeUndefined());

  it('says when a pattern cannot be read', () => {
    expect(() => compilePattern("uuuu-MM-dd'T")).toThrow();
    expect(() => compilePattern('uuuu@Nowhere/Land')).toThrow();
  });
});
