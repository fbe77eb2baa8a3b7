import { recordKind, type Framed, type FramedRecords, type Framer } from './framed-records.ts';

const lf = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const isBetween = (byte: number): boolean =>
  byte === 0x20 || byte === lf || byte === 0x0d || byte === 0x09 || byte === comma || byte === openBracket || byte === closeBracket;

/**
 * One record per element of a JSON array, wherever its lines end. Elements are found by their brackets and quotes and parsed by
 * nobody here; what is no object is rejected later. The array can be begun with at any element.
 */
export function createArrayFramer(maxRecordBytes: number): Framer {
  return {
    newline: lf,
    frame(text: Buffer, from: number, to: number, atEnd: boolean, into: FramedRecords): Framed {
      into.count = 0;
      let at = from;
      let line = 0;
      let consumed = from;
      let consumedLines = 0;
      for (;;) {
        for (; at < to && isBetween(text[at] as number); at += 1) if (text[at] === lf) line += 1;
        consumed = at;
        consumedLines = line;
        if (at >= to) break;
        const end = endOfElement(text, at, to);
        if (end === -1 && !atEnd) break;
        const stop = end === -1 ? to : end;
        const first = line;
        for (let byte = text.indexOf(lf, at); byte !== -1 && byte < stop; byte = text.indexOf(lf, byte + 1)) line += 1;
        into.push(at, stop, stop, first, line, stop - at > maxRecordBytes ? recordKind.tooLong : recordKind.whole);
        at = stop;
        consumed = at;
        consumedLines = line;
      }
      return { consumed, lines: consumedLines };
    },
  };
}

/** Offset behind the element that begins at `start`; -1 when its end is not there yet. */
function endOfElement(text: Buffer, start: number, to: number): number {
  let depth = 0;
  for (let at = start; at < to; at += 1) {
    const byte = text[at] as number;
    if (byte === quote) {
      at = endOfString(text, at, to);
      if (at === -1) return -1;
      if (depth === 0) return at + 1;
    } else if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      // A bracket that closes nothing here ends the array, and with it a number or a word.
      if (depth === 0) return at === start ? at + 1 : at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && isBetween(byte)) return at;
  }
  return -1;
}

/** Offset of the quote that closes the string opened at `open`, or -1. */
function endOfString(text: Buffer, open: number, to: number): number {
  for (let at = open + 1; at < to; at += 1) {
    const byte = text[at];
    if (byte === backslash) at += 1;
    else if (byte === quote) return at;
  }
  return -1;
}
