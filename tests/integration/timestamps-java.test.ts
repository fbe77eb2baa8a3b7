/** The uploader's reading of times beside a JDK's: what decides in the end is Java. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileReading, parseEpochMillis, readWith } from '../../electron/engine/shape/timestamp.ts';
import { drawFrom, drawMillis, drawPattern, drawZone, spoil } from '../fakes/timestamp-cases.ts';

const oracle = path.join(import.meta.dirname, '../fixtures/TimestampOracle.java');
const hasJava = spawnSync('java', ['--version']).status === 0;

function askJava(questions: readonly string[]): readonly string[] {
  const answer = spawnSync('java', [oracle], { input: `${questions.join('\n')}\n`, maxBuffer: 1 << 28, encoding: 'utf8' });
  if (answer.status !== 0) throw new Error(`the JDK failed: ${answer.stderr}`);
  return answer.stdout.split('\n');
}

/** Letters whose meaning depends on the version of Java and its locale data; the uploader says that it does not know them. */
const notKnown = (pattern: string): boolean => /[zvBF]/.test((pattern.split('@')[0] ?? '').replace(/'[^']*'/g, ''));

const ours = (pattern: string, value: string): string => {
  const compiled = compileReading(pattern);
  return compiled.ok ? String(readWith(compiled.reading, value) ?? 'null') : 'refused';
};

const count = 40_000;

describe.skipIf(!hasJava)('beside a JDK (skipped where there is none)', () => {
  it.each([1, 2, 3])(`${String(count)} pairs of pattern and value are read as Java reads them (seed %d)`, (seed) => {
    const draw = drawFrom(seed);
    const patterns = Array.from({ length: count }, () => drawPattern(draw)).filter((one) => !notKnown(one) && one.trim() !== '');
    const texts = askJava(patterns.map((pattern) => `format\t${pattern}\t${String(drawMillis(draw))}\t${drawZone(draw)}`));
    const values = patterns.map((_pattern, at) => spoil(texts[at] ?? '', draw));
    const answers = askJava(patterns.map((pattern, at) => `parse\t${pattern}\t${values[at] ?? ''}`));
    const pairs = patterns.map((pattern, at) => ({ pattern, value: values[at] ?? '', java: answers[at] ?? '' }));
    // What a number does not hold exactly is refused here.
    const exact = pairs.filter(({ java }) => Number.isNaN(Number(java)) || Number.isSafeInteger(Number(java)));
    const read = exact.filter(({ java }) => java !== 'null' && java !== 'refused').length;
    const refused = exact.filter(({ java }) => java === 'refused').length;
    console.log(`seed ${String(seed)}: ${String(exact.length)} pairs, ${String(read)} read, ${String(refused)} patterns refused by both`);
    expect(read).toBeGreaterThan(count / 5);
    expect(refused).toBeGreaterThan(100);
    expect(exact.filter(({ pattern, value, java }) => ours(pattern, value) !== java)).toEqual([]);
  });

  it('local times at every change of the clocks since 1970 are the same instants, in gaps and overlaps too', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Africa/Casablanca',
      'Asia/Tehran',
      'Pacific/Apia',
      'Antarctica/Troll',
    ];
    const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
    const pairs = zones.flatMap((zone) => {
      const pattern = `uuuu-MM-dd HH:mm@${zone}`;
      const days = Array.from({ length: (2100 - 1970) * 365 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
      const offsetAt = (day: string, hour: string): number => Number(ours(pattern, `${day} ${hour}:00`)) - Date.parse(`${day}T${hour}:00Z`);
      const changes = days.filter((day) => offsetAt(day, '00') !== offsetAt(day, '23'));
      return changes
        .flatMap((day) => hours.flatMap((hour) => [`${day} ${hour}:00`, `${day} ${hour}:30`]))
        .map((value) => ({ pattern, value }));
    });
    const answers = askJava(pairs.map(({ pattern, value }) => `parse\t${pattern}\t${value}`));
    console.log(`${String(pairs.length)} local times on days with a change`);
    expect(pairs.length).toBeGreaterThan(10_000);
    expect(pairs.filter(({ pattern, value }, at) => ours(pattern, value) !== answers[at])).toEqual([]);
  });
});

it('an instant that a number does not hold exactly is refused, not rounded', () => {
  expect(ours('uuuu-MM-dd HH', '+900000-01-01 00')).toBe('null');
  expect(ours('uuuu-MM-dd HH@Europe/Berlin', '+999999999-01-01 00')).toBe('null');
  expect(parseEpochMillis('9007199254740991')).toBe(9_007_199_254_740_991);
});
