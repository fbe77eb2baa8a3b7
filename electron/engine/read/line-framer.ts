import { recordKind, type Framed, type FramedRecords, type Framer } from './framed-records.ts';

const lf = 0x0a;
const cr = 0x0d;

/** One record per line (NDJSON). A line of more than `maxRecordBytes` is marked as too long. */
export function createLineFramer(maxRecordBytes: number): Framer {
  return {
    newline: lf,
    frame(text: Buffer, from: number, to: number, atEnd: boolean, into: FramedRecords): Framed {
      into.count = 0;
      let start = from;
      let line = 0;
      while (start < to) {
        const newline = text.indexOf(lf, start);
        const complete = newline !== -1 && newline < to;
        if (!complete && !atEnd) break;
        const end = complete ? newline : to;
        const next = complete ? newline + 1 : to;
        const bare = end > start && text[end - 1] === cr ? end - 1 : end;
        if (!isBlank(text, start, bare)) {
          into.push(start, bare, next, line, line + 1, end - start > maxRecordBytes ? recordKind.tooLong : recordKind.whole);
        }
        start = next;
        line += 1;
      }
      return { consumed: start, lines: line };
    },
  };
}

function isBlank(text: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = text[at];
    if (byte !== 0x20 && byte !== 0x09) return false;
  }
  return true;
}
