import iconv from 'iconv-lite';
import type { Encoding } from './byte-source.ts';

/**
 * How bytes of a file become UTF-8 text and back to a number of bytes. Encodings that are converted have a fixed number of
 * bytes per UTF-16 unit, so that a place in the text is a place in the file and nothing has to be remembered in between.
 */
export interface TailCoding {
  /** Text of the whole characters in `raw`; `isEnd`: nothing follows, half a character is what it is. The text may share its memory. */
  text(raw: Buffer, isEnd: boolean): Buffer;
  /** Bytes of the file that a text of whole characters takes there. */
  rawBytes(text: Buffer): number;
  /** Bytes of a mark at the beginning that are no part of the text. */
  markBytes(head: Buffer): number;
}

const utf8: TailCoding = { text: (raw) => raw, rawBytes: (text) => text.length, markBytes: () => 0 };

const windows1252: TailCoding = {
  text: (raw) => Buffer.from(iconv.decode(raw, 'windows-1252'), 'utf8'),
  rawBytes: (text) => text.toString('utf8').length,
  markBytes: () => 0,
};

function wide(encoding: 'utf-16le' | 'utf-16be'): TailCoding {
  const [low, high] = encoding === 'utf-16le' ? [0xff, 0xfe] : [0xfe, 0xff];
  return {
    text(raw, isEnd) {
      const even = raw.subarray(0, raw.length - (raw.length % 2));
      const units = encoding === 'utf-16le' ? even.toString('utf16le') : Buffer.from(even).swap16().toString('utf16le');
      const last = units.charCodeAt(units.length - 1);
      const isHalf = last >= 0xd800 && last <= 0xdbff && !isEnd;
      return Buffer.from(isHalf ? units.slice(0, -1) : units, 'utf8');
    },
    rawBytes: (text) => text.toString('utf8').length * 2,
    markBytes: (head) => (head[0] === low && head[1] === high ? 2 : 0),
  };
}

const codings: Readonly<Record<Encoding, TailCoding>> = {
  'utf-8': utf8,
  'windows-1252': windows1252,
  'utf-16le': wide('utf-16le'),
  'utf-16be': wide('utf-16be'),
};

export const codingOf = (encoding: Encoding): TailCoding => codings[encoding];
