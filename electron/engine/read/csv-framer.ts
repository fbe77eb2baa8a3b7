import { recordKind, type Framed, type FramedRecords, type Framer } from './framed-records.ts';

export interface CsvDialect {
  /** One ASCII character. */
  readonly delimiter: string;
  /** One ASCII character. */
  readonly quote: string;
  readonly newline: 'lf' | 'crlf' | 'cr';
}

const lfByte = 0x0a;
const crByte = 0x0d;

const nearBytes = 192;

/**
 * Cuts CSV text into records by papaparse's own rules for quotes, so that papaparse, given whole records, sees nothing it
 * would have to guess about: a quote opens a field only at its beginning; after the closing one (doubled ones are text)
 * only blanks may precede the delimiter or line end.
 *
 * Where text breaks these rules the damage is kept to one line: that line is the record at fault, and reading goes on
 * with the next line. A quote counts as unclosed when the end of the file or `maxRecordBytes` comes first. What a record is
 * depends on its bytes alone, never on the blocks it came in: a batch that is read again has to be the same.
 */
export function createCsvFramer(dialect: CsvDialect, maxRecordBytes: number): Framer {
  const delimiter = dialect.delimiter.charCodeAt(0);
  const quote = dialect.quote.charCodeAt(0);
  const newline = dialect.newline === 'cr' ? crByte : lfByte;

  const newlines = newline * 0x01010101;
  /** End of the line that holds `at`: offset of the line end, or `to`. */
  const lineEnd = (text: Buffer, words: DataView, at: number, to: number): number => {
    // Most lines are short: looking here, at four bytes at once, costs less than asking.
    const near = Math.min(to, at + nearBytes);
    let index = at;
    for (; index + 4 <= near; index += 4) {
      const differs = words.getInt32(index, true) ^ newlines;
      // Not 0 where one of the four is 0: the lowest bit that is set tells the first.
      const found = (differs - 0x01010101) & ~differs & 0x80808080;
      if (found !== 0) return index + ((31 - Math.clz32(found & -found)) >> 3);
    }
    for (; index < near; index += 1) if (text[index] === newline) return index;
    const found = text.indexOf(newline, near);
    return found === -1 || found > to ? to : found;
  };
  const quoteFrom = (text: Buffer, at: number, to: number): number => {
    const found = text.indexOf(quote, at);
    return found === -1 || found > to ? to : found;
  };

  return {
    newline,
    frame(text: Buffer, from: number, to: number, atEnd: boolean, into: FramedRecords): Framed {
      into.count = 0;
      const words = new DataView(text.buffer, text.byteOffset, text.length);
      let start = from;
      let line = 0;
      let nextQuote = quoteFrom(text, start, to);
      while (start < to) {
        if (nextQuote < start) nextQuote = quoteFrom(text, start, to);
        let end = lineEnd(text, words, start, to);
        let kind: number = recordKind.whole;
        let lines = 1;
        if (nextQuote < end) {
          const limit = Math.min(to, start + maxRecordBytes + 1);
          const quoted = endOfQuotedRecord(text, start, limit, delimiter, quote, newline);
          const cut = quoted.kind !== recordKind.quoteMalformed && quoted.end === limit;
          if (cut && !atEnd && to - start <= maxRecordBytes) break;
          const open = quoted.kind === recordKind.quoteUnclosed || (cut && limit - start > maxRecordBytes && quoted.lines > 1);
          kind = quoted.kind;
          if (open || (kind === recordKind.quoteMalformed && quoted.lines > 1)) {
            kind = recordKind.quoteUnclosed;
          } else if (quoted.lines > 1) {
            end = quoted.end;
            lines = quoted.lines;
          }
        }
        if (end === to && !atEnd) break;
        const next = end < to ? end + 1 : to;
        const bare = newline === lfByte && end > start && text[end - 1] === crByte ? end - 1 : end;
        if (bare > start) into.push(start, bare, next, line, line + lines, end - start > maxRecordBytes ? recordKind.tooLong : kind);
        start = next;
        line += lines;
      }
      return { consumed: start, lines: line };
    },
  };
}

interface QuotedEnd {
  /** Offset of the line end of the record, or the end of the text. */
  readonly end: number;
  readonly kind: number;
  /** Lines the record spans. */
  readonly lines: number;
}

/** Walks one record that has a quote somewhere in its first line. */
function endOfQuotedRecord(text: Buffer, start: number, to: number, delimiter: number, quote: number, newline: number): QuotedEnd {
  let at = start;
  let lines = 1;
  for (;;) {
    if (at < to && text[at] === quote) {
      at += 1;
      for (;;) {
        while (at < to && text[at] !== quote) {
          if (text[at] === newline) lines += 1;
          at += 1;
        }
        if (at >= to) return { end: to, kind: recordKind.quoteUnclosed, lines };
        if (text[at + 1] === quote && at + 1 < to) {
          at += 2;
          continue;
        }
        break;
      }
      at += 1;
      while (at < to && isPadding(text[at], delimiter, newline)) at += 1;
      if (at < to && text[at] !== delimiter && text[at] !== newline) {
        const found = text.indexOf(newline, at);
        return { end: found === -1 || found > to ? to : found, kind: recordKind.quoteMalformed, lines };
      }
    } else {
      while (at < to && text[at] !== delimiter && text[at] !== newline) at += 1;
    }
    if (at >= to || text[at] === newline) return { end: at, kind: recordKind.whole, lines };
    at += 1;
  }
}

const isPadding = (byte: number | undefined, delimiter: number, newline: number): boolean =>
  byte !== delimiter && byte !== newline && (byte === 0x20 || byte === 0x09 || byte === crByte || byte === 0x0b || byte === 0x0c);
