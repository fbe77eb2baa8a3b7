import type { EventSink } from '../model.ts';
import type { CsvPlan } from './csv-event.ts';
import { countingColumns, textAt } from './csv-seen.ts';
import type { SeenFields } from './seen-fields.ts';

export interface CsvEncoding {
  readonly delimiter: string;
  readonly quote: string;
}

/**
 * Writes the event of the record `text[start..end)` behind `sink.length`, straight from the bytes of the source. Returns the
 * bytes written, or -1 for every record that is not plain (wrong width, text to be escaped, an odd quote, an unusual
 * timestamp …): such a record takes the way through its cells, which decides. Both ways give the same event.
 */
export interface CsvEncoder {
  (text: Uint8Array, start: number, end: number, sink: EventSink): number;
  /** The record that was written last goes out: its fields are counted, where that is wanted. */
  readonly count: ((text: Uint8Array) => void) | undefined;
}

/** No timestamp is longer; a cell of megabytes in its place must not be spread over the stack. */
const maxTimeBytes = 200;
const quoteByte = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const plus = 0x2b;
const exponentLower = 0x65;
const exponentUpper = 0x45;

export function createCsvEncoder(plan: CsvPlan, encoding: CsvEncoding, fieldsSeen?: SeenFields): CsvEncoder | undefined {
  const { textFields, width, metricIndex, timeIndex, time } = plan;
  if (textFields === undefined) return undefined;
  const delimiter = encoding.delimiter.charCodeAt(0);
  const quote = encoding.quote.charCodeAt(0);
  const prefixes = plan.fields.map(({ prefix }) => Buffer.from(prefix, 'utf8'));
  const head = Buffer.from(plan.head ?? '{"metrictype":', 'utf8');
  const timeHead = Buffer.from(',"timestamp":', 'utf8');
  const tail = Buffer.from(plan.tail, 'utf8');
  const fixedBytes = head.length + timeHead.length + tail.length + 32 + prefixes.reduce((sum, prefix) => sum + prefix.length + 2, 0);
  /** Of each cell: where it begins and ends in the text. */
  const starts = new Int32Array(width);
  const ends = new Int32Array(width);
  const fieldColumns = Int32Array.from(plan.fields, ({ index }) => index);
  const asText = Uint8Array.from(textFields, (text) => (text ? 1 : 0));
  /** Fields of the record that have no value. */
  const empties = new Int32Array(plan.fields.length);
  let empty = 0;
  const forbidden = plan.fields.some((field) => field.forbidden !== undefined);
  if (forbidden) return undefined;

  /** Finds the cells; false when the record is not plain. */
  const split = (text: Uint8Array, start: number, end: number): boolean => {
    let at = start;
    for (let column = 0; column < width; column += 1) {
      let from = at;
      let to: number;
      if (at < end && text[at] === quote) {
        from = at + 1;
        to = from;
        while (to < end && text[to] !== quote) to += 1;
        if (to >= end) return false;
        at = to + 1;
        if (at < end && text[at] !== delimiter) return false;
      } else {
        while (at < end && text[at] !== delimiter) at += 1;
        to = at;
      }
      starts[column] = from;
      ends[column] = to;
      if (column < width - 1) {
        if (at >= end) return false;
        at += 1;
      }
    }
    return at === end;
  };

  const cellText = (text: Uint8Array, column: number): string => textAt(text, starts[column] ?? 0, ends[column] ?? 0);
  const counting = fieldsSeen === undefined ? undefined : countingColumns({ plan, cellText, fieldColumns, empties }, fieldsSeen);
  const count = counting === undefined ? undefined : (text: Uint8Array): void => counting(text, empty);
  const encode = (text: Uint8Array, start: number, end: number, sink: EventSink): number => {
    if (!split(text, start, end)) return -1;
    sink.room(fixedBytes + (end - start));
    const out: Uint8Array = sink.buffer;
    let at = sink.length;
    at = copyBytes(head, 0, head.length, out, at);
    if (metricIndex >= 0) {
      at = writeString(text, starts[metricIndex] ?? 0, ends[metricIndex] ?? 0, out, at);
      // A metric type that is empty (two quotes) or has to be escaped.
      if (at < 0 || ends[metricIndex] === starts[metricIndex]) return -1;
      at = copyBytes(timeHead, 0, timeHead.length, out, at);
    }
    at = writeTime(text, starts[timeIndex] ?? 0, ends[timeIndex] ?? 0, out, at);
    if (at < 0) return -1;
    empty = 0;
    for (let field = 0; field < fieldColumns.length; field += 1) {
      const column = fieldColumns[field] ?? 0;
      const from = starts[column] ?? 0;
      const to = ends[column] ?? 0;
      if (from === to) {
        empties[empty++] = field;
        continue;
      }
      const prefix = prefixes[field];
      if (prefix === undefined) return -1;
      at = copyBytes(prefix, 0, prefix.length, out, at);
      const next = asText[field] === 0 ? writeNumber(text, from, to, out, at) : -1;
      at = next >= 0 ? next : writeString(text, from, to, out, at);
      if (at < 0) return -1;
    }
    at = copyBytes(tail, 0, tail.length, out, at);
    const bytes = at - sink.length;
    return bytes > plan.maxEventBytes ? -1 : bytes;
  };
  return Object.assign(encode, { count });

  function writeTime(text: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
    const length = to - from;
    if (plan.epochOnly && (length === 13 || length === 12) && text[from] !== zero && areDigits(text, from, to)) {
      return copyBytes(text, from, to, out, at);
    }
    if (length === 0 || length > maxTimeBytes) return -1;
    const millis = time(String.fromCharCode(...text.subarray(from, to)));
    return typeof millis === 'number' ? writeInteger(millis, out, at) : -1;
  }
}

/** Writes a whole number of at most 15 digits. */
function writeInteger(value: number, out: Uint8Array, at: number): number {
  let rest = value;
  let next = at;
  if (rest < 0) {
    out[next++] = minus;
    rest = -rest;
  }
  let digits = 1;
  for (let limit = 10; rest >= limit; limit *= 10) digits += 1;
  for (let place = next + digits - 1; place >= next; place -= 1) {
    const higher = Math.floor(rest / 10);
    out[place] = zero + (rest - higher * 10);
    rest = higher;
  }
  return next + digits;
}

function areDigits(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isDigit(text[at])) return false;
  return true;
}

function copyBytes(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  let next = at;
  for (let index = from; index < to; index += 1) out[next++] = bytes[index] as number;
  return next;
}

/** Writes text as a JSON string; -1 when something in it has to be escaped. */
function writeString(text: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  let next = at;
  out[next++] = quoteByte;
  for (let index = from; index < to; index += 1) {
    const byte = text[index] as number;
    if (byte < 0x20 || byte === quoteByte || byte === backslash) return -1;
    out[next++] = byte;
  }
  out[next++] = quoteByte;
  return next;
}

/** Copies a number by the grammar of JSON; -1 when the bytes are none, and then what was written means nothing. */
function writeNumber(text: Uint8Array, from: number, to: number, out: Uint8Array, start: number): number {
  const last = to - 1;
  let at = from;
  let next = start;
  let byte = text[at] as number;
  if (byte === minus && at < last) {
    out[next++] = byte;
    byte = text[++at] as number;
  }
  if (byte < zero || byte > nine) return -1;
  const isZero = byte === zero;
  for (;;) {
    out[next++] = byte;
    if (at === last) return next;
    byte = text[++at] as number;
    if (byte < zero || byte > nine) break;
    if (isZero) return -1;
  }
  if (byte === point) {
    if (at === last) return -1;
    out[next++] = byte;
    byte = text[++at] as number;
    if (byte < zero || byte > nine) return -1;
    for (;;) {
      out[next++] = byte;
      if (at === last) return next;
      byte = text[++at] as number;
      if (byte < zero || byte > nine) break;
    }
  }
  if ((byte !== exponentLower && byte !== exponentUpper) || at === last) return -1;
  out[next++] = byte;
  byte = text[++at] as number;
  if (byte === plus || byte === minus) {
    if (at === last) return -1;
    out[next++] = byte;
    byte = text[++at] as number;
  }
  for (;;) {
    if (byte < zero || byte > nine) return -1;
    out[next++] = byte;
    if (at === last) return next;
    byte = text[++at] as number;
  }
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;
