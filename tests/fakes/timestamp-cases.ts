/** Patterns and values such as people write them, and such as nobody should: from a seed, so that a failure can be had again. */

export interface Draw {
  /** A whole number from 0 up to `below`, without it. */
  (below: number): number;
}

/** The small generator of Tommy Ettinger (mulberry32): 32 bits of state, the same everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const oneOf = <T>(draw: Draw, values: readonly [T, ...T[]]): T => values[draw(values.length)] ?? values[0];

const dates = [
  'uuuu-MM-dd',
  'u-M-d',
  'uu/MM/dd',
  'yyyy-MM-dd G',
  'yyyy-MM-dd',
  'yy-MM-dd',
  'dd.MM.uuuu',
  'd.M.uuuu',
  'd MMM uuuu',
  'MMMM d, uuuu',
  'EEE, d MMM uuuu',
  'EEEE dd LLLL uuuu',
  'uuuu-DDD',
  'uuuuDDD',
  'uuuu-D',
  'uuuuMMdd',
  'uuuMMdd',
  'uMMdd',
  'MM/dd/uuuu',
  'M/d/uuuu',
  'd-MMM-uuuu',
  'G y MM dd',
  'GGGG yyyy MM dd',
  'uuuuu-MM-dd',
  'uuuu-Q MM-dd',
  'uuuu QQQ MM dd',
  'g',
  'MMdd',
  'uuuu-MM',
  'yyyy uuuu G MM dd',
  'EE uuuu-MM-dd',
  'uuuu-MM-dd DDD',
  'uuuu-MM-dd e',
  'YYYY-MM-dd',
  "YYYY-'W'ww-e",
] as const;
const times = [
  'HH:mm',
  'HH:mm:ss',
  'HH:mm:ss.SSS',
  'HH:mm:ss.S',
  'HH:mm:ss,SSSSSS',
  'HH:mm:ss.SSSSSSSSS',
  'H:m:s',
  'h:mm a',
  'hh:mm:ss a',
  'K:mm a',
  'KK:mm a',
  'kk:mm',
  'k:mm',
  'HHmmss',
  'HHmmssSSS',
  'HHmmssn',
  'H',
  'HH',
  '',
  'HH[:mm[:ss[.SSS]]]',
  'A',
  'N',
  'HH:mm:ss n',
  'HH:mm:ss.SSS A',
  'a h',
  'a HH:mm',
  "HH 'h' mm",
  "HH''mm",
  'mm:ss',
  'HH:ss',
  'HHmm',
  'Hmm',
  'HH:mm:ss.SSSS SSS',
  'ppH:mm',
  'pppH:mm',
  'HH:mm B',
] as const;
const ends = [
  '',
  '',
  '',
  '',
  '',
  'X',
  'XX',
  'XXX',
  'XXXX',
  'XXXXX',
  'x',
  'xx',
  'xxx',
  'xxxx',
  'xxxxx',
  'Z',
  'ZZ',
  'ZZZ',
  'ZZZZ',
  'ZZZZZ',
  ' VV',
  "'['VV']'",
  ' O',
  ' OOOO',
  '[X]',
  "[' 'VV]",
  '@ UTC+1',
  '@Europe/Berlin',
  '@ America/New_York',
  '@ Australia/Lord_Howe',
  '@+05:30',
  '@ -3',
  '@GMT+2',
  '@Asia/Kolkata',
  '@ Pacific/Apia',
  '@ America/Sao_Paulo',
  '@ UTC',
  '@ Z',
  '@ Africa/Casablanca',
] as const;
const joins = [' ', ' ', "'T'", '', ', ', '/', '[ ]'] as const;
const named = ['ISO_DATE_TIME', 'iso_offset_date_time', 'ISO_ZONED_DATE_TIME', 'Iso_Instant', 'RFC_1123_DATE_TIME'] as const;
const letters = "uuMMddHHmmssSSSaEGDhKkXxZVLQqeWwYcnNAgpOvzB[]'-/:. ,{}#|_T";

export function drawPattern(draw: Draw): string {
  const kind = draw(20);
  if (kind === 0) return oneOf(draw, named);
  if (kind === 1) return Array.from({ length: 1 + draw(8) }, () => letters.charAt(draw(letters.length)).repeat(1 + draw(4))).join('');
  const pattern = oneOf(draw, dates) + oneOf(draw, joins) + oneOf(draw, times);
  return (kind === 2 ? oneOf(draw, times) + ' ' + oneOf(draw, dates) : pattern) + oneOf(draw, ends);
}

export const drawnZones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  '+05:30',
  '-03:00',
  'Z',
  'UTC+01:00',
  'Asia/Kathmandu',
  'Europe/London',
] as const;

export const drawZone = (draw: Draw): string => oneOf(draw, drawnZones);

/** Between 1900 and 2100, now and then at an hour when clocks are changed, or far away. */
export function drawMillis(draw: Draw): number {
  const kind = draw(10);
  if (kind === 0) return (draw(2_000_000) - 1_000_000) * 3_155_695_200 * 10;
  if (kind < 4) {
    // The last week of March and October, the first of April and November: hours in which there is no time, or one twice.
    const [month, day] = oneOf(draw, [
      [2, 8],
      [2, 25],
      [3, 1],
      [9, 1],
      [9, 25],
      [10, 1],
    ]);
    return Date.UTC(1975 + draw(75), month, day + draw(8), draw(24), draw(4) * 15, draw(60), draw(1_000));
  }
  return Date.UTC(1900 + draw(200), draw(12), 1 + draw(31), draw(24), draw(60), draw(60), draw(1_000));
}

const others = [
  '',
  '0',
  '9',
  '-',
  '+',
  'Z',
  'z',
  'T',
  't',
  '.',
  ' ',
  '24',
  '60',
  '30',
  '31',
  '29',
  'am',
  'PM',
  'Feb',
  'utc',
  '[',
  '１',
  'é',
] as const;

/** The text, mostly as it is; else with one character replaced, dropped, doubled or in the other case. */
export function spoil(text: string, draw: Draw): string {
  const kind = draw(6);
  if (kind < 2 || text === '') return text;
  const at = draw(text.length + 1);
  if (kind === 2) return text.slice(0, at) + oneOf(draw, others) + text.slice(at);
  if (kind === 3) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 4) return draw(2) === 0 ? text.toLowerCase() : text.toUpperCase();
  return text.slice(0, at) + oneOf(draw, others) + text.slice(at + 1);
}
