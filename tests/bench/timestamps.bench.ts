/**
 * How fast times are read, beside @js-joda/core reading the same texts, and whether both say the same: a million values each. The
 * texts of a file are read in the order of time mostly, so that is measured too.
 */
import { DateTimeFormatter, Instant, LocalDateTime, ResolverStyle, ZoneId, ZoneOffset } from '@js-joda/core';
import '@js-joda/timezone';
import { compileTimestamps } from '../../electron/engine/shape/timestamp.ts';
import { drawFrom } from '../fakes/timestamp-cases.ts';

const count = 1_000_000;
const joined = (pattern: string): DateTimeFormatter => DateTimeFormatter.ofPattern(pattern).withResolverStyle(ResolverStyle.STRICT);

interface Shape {
  readonly name: string;
  readonly pattern: string;
  readonly write: (millis: number) => string;
  readonly joda: (text: string) => number;
}

const custom = joined('uuuu-MM-dd HH:mm:ss.SSS');
const german = joined('dd.MM.uuuu HH:mm:ss');
const berlin = ZoneId.of('Europe/Berlin');
const iso = (millis: number): string => new Date(millis).toISOString();
const shapes: readonly Shape[] = [
  {
    name: 'uuuu-MM-dd HH:mm:ss.SSS',
    pattern: 'uuuu-MM-dd HH:mm:ss.SSS',
    write: (millis) => iso(millis).slice(0, 23).replace('T', ' '),
    joda: (text) => LocalDateTime.parse(text, custom).toInstant(ZoneOffset.UTC).toEpochMilli(),
  },
  {
    name: 'dd.MM.uuuu HH:mm:ss@Europe/Berlin',
    pattern: 'dd.MM.uuuu HH:mm:ss@Europe/Berlin',
    write: (millis) => `${iso(millis).slice(8, 10)}.${iso(millis).slice(5, 7)}.${iso(millis).slice(0, 4)} ${iso(millis).slice(11, 19)}`,
    joda: (text) => LocalDateTime.parse(text, german).atZone(berlin).toInstant().toEpochMilli(),
  },
  {
    name: 'ISO_INSTANT',
    pattern: 'ISO_INSTANT',
    write: iso,
    joda: (text) => Instant.parse(text).toEpochMilli(),
  },
];

/** Milliseconds of processor-bound work; the best of some rounds, since others use this machine as well. */
function fastest(rounds: number, work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    work();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

function parserOf(pattern: string): (text: string) => number | undefined {
  const compiled = compileTimestamps([pattern]);
  if (!compiled.ok) throw new Error(compiled.reason);
  return (text) => compiled.parse(text);
}

function run() {
  const draw = drawFrom(20);
  const rows = [];
  for (const { name, pattern, write, joda } of shapes) {
    const parse = parserOf(pattern);
    const inOrder = Array.from({ length: count }, (_, at) => write(1_500_000_000_000 + at * 977));
    const anywhere = Array.from({ length: count }, () => write(draw(4_000_000_000) * 1_000 - draw(2_000) * 1_000_000_000 + draw(1_000)));
    let sum = 0;
    const read = (texts: readonly string[], reader: (text: string) => number | undefined) => () => {
      for (const text of texts) sum += reader(text) ?? NaN;
    };
    const ours = fastest(5, read(inOrder, parse));
    const oursAnywhere = fastest(5, read(anywhere, parse));
    const peer = fastest(1, read(inOrder.slice(0, count / 10), joda)) * 10;
    const different = anywhere.filter((text) => parse(text) !== joda(text));
    if (different.length > 0)
      throw new Error(`${name}: ${String(different.length)} answers differ from js-joda's, as for ${different[0] ?? ''}`);
    if (Number.isNaN(sum)) throw new Error(`${name}: a value was not read`);
    const speed = (ms: number): number => count / ms / 1_000;
    rows.push({
      metric: name,
      ours: speed(ours),
      peer: speed(peer),
      ratio: peer / ours,
      unit: 'million/s',
      note: `peer: js-joda; any order: ${speed(oursAnywhere).toFixed(2)}; ${String(count)} random values equal`,
    });
  }
  return Promise.resolve(rows);
}

export default { name: 'Timestamps', run };
