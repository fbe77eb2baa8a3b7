import { isUtf8 } from 'node:buffer';
import Papa from 'papaparse';
import type { FormatSettings } from '../../../shared/contract/mapping.ts';
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';
import type { Encoding } from './byte-source.ts';

/** How a file is read. */
export interface ReadFormat {
  readonly kind: 'csv' | 'ndjson';
  /** JSON objects are the elements of one array and not one a line. */
  readonly isArray?: boolean | undefined;
  readonly gzip: boolean;
  readonly encoding: Encoding;
  /** Bytes of a mark at the beginning that are no text (0 where the text is converted). */
  readonly bomBytes: number;
  readonly delimiter: string;
  readonly quote: string;
  readonly newline: 'lf' | 'crlf' | 'cr';
  readonly header: boolean;
  /** Names given by the mapping; they replace those of the header. */
  readonly columns: readonly string[] | undefined;
}

export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Formats that people take for text, known by their first bytes. */
const binaryFormats: readonly { readonly bytes: readonly number[]; readonly name: string; readonly spreadsheet?: boolean }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a ZIP archive or an Excel workbook', spreadsheet: true },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], name: 'an old Excel workbook or Word document', spreadsheet: true },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF document' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'a PNG image' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG image' },
  { bytes: [0x50, 0x41, 0x52, 0x31], name: 'a Parquet file' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], name: 'a program' },
  { bytes: [0x4d, 0x5a, 0x90], name: 'a program' },
  { bytes: [0x89, 0x48, 0x44, 0x46], name: 'an HDF5 file' },
  { bytes: [0x42, 0x5a, 0x68], name: 'a bzip2 archive' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard archive' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'an xz archive' },
];

/** How the encoding was told. */
export type EncodingHow = 'encoding-mark' | 'encoding-valid' | 'encoding-not-utf8' | 'encoding-damaged';

/** The encoding of a text by its mark, or by whether it is valid UTF-8. */
export function sniffEncoding(
  head: Buffer,
  complete: boolean,
): { readonly encoding: Encoding; readonly bomBytes: number; readonly reason: string; readonly how: EncodingHow } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', bomBytes: 3, reason: 'UTF-8, by its byte order mark', how: 'encoding-mark' };
  if (head[0] === 0xff && head[1] === 0xfe)
    return { encoding: 'utf-16le', bomBytes: 0, reason: 'UTF-16 (little endian), by its byte order mark', how: 'encoding-mark' };
  if (head[0] === 0xfe && head[1] === 0xff)
    return { encoding: 'utf-16be', bomBytes: 0, reason: 'UTF-16 (big endian), by its byte order mark', how: 'encoding-mark' };
  const whole = complete ? head : withoutCutCharacter(head);
  if (isUtf8(whole)) return { encoding: 'utf-8', bomBytes: 0, reason: 'UTF-8', how: 'encoding-valid' };
  if (!whole.includes(0) && mostlyLatin(whole)) {
    return {
      encoding: 'windows-1252',
      bomBytes: 0,
      reason: 'Windows-1252 (Western European), because it is not valid UTF-8',
      how: 'encoding-not-utf8',
    };
  }
  return { encoding: 'utf-8', bomBytes: 0, reason: 'UTF-8, with bytes that are no text', how: 'encoding-damaged' };
}

/** Few bytes outside ASCII, as in a text of Western Europe; otherwise single damaged characters are the better guess. */
function mostlyLatin(bytes: Buffer): boolean {
  let high = 0;
  let letters = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) high += 1;
    if (byte >= 0xc0 || byte === 0xb0 || byte === 0xb5 || byte === 0x80 || byte === 0xb2 || byte === 0xb3) letters += 1;
  }
  return high > 0 && letters >= high * 0.9 && high <= bytes.length * 0.3;
}

/** A block of a file can end within a character. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= head.length; back += 1) {
    const byte = head[head.length - back] ?? 0;
    if (byte >= 0xc0) return head.subarray(0, head.length - back);
    if (byte < 0x80) break;
  }
  return head;
}

/** Why these bytes are no text of rows; undefined when they can be. */
export function whyNotText(path: string, head: Buffer): Failure | undefined {
  for (const format of binaryFormats) {
    if (format.bytes.every((byte, at) => head[at] === byte)) {
      return format.spreadsheet === true
        ? failure('file-is-spreadsheet', `${path} is ${format.name}, not CSV or JSON lines`, { path, format: format.name, line: 1 })
        : failure('file-not-text', `${path} is ${format.name}, not CSV or JSON lines`, { path, format: format.name, line: 1 });
    }
  }
  let control = 0;
  for (const byte of head) if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) control += 1;
  if (head.length > 0 && control > head.length * 0.05) {
    return failure('file-not-text', `${path} holds binary data, not CSV or JSON lines`, { path, format: 'binary data', line: 1 });
  }
  return undefined;
}

/** Decides from the first text of a file (UTF-8, without a mark) what the settings leave open. */
export function sniffText(
  text: string,
  settings: FormatSettings,
): { readonly kind: 'csv' | 'ndjson'; readonly delimiter: string; readonly newline: 'lf' | 'crlf' | 'cr' } {
  const kind =
    settings.kind === 'auto' ? (text.trimStart().startsWith('{') || text.trimStart().startsWith('[') ? 'ndjson' : 'csv') : settings.kind;
  return { kind, delimiter: settings.delimiter ?? guessDelimiter(text), newline: guessNewline(text) };
}

function guessDelimiter(text: string): string {
  const guessed = Papa.parse(text.slice(0, 65_536), { delimitersToGuess: [',', ';', '\t', '|'], preview: 50, skipEmptyLines: true }).meta
    .delimiter;
  return [',', ';', '\t', '|'].includes(guessed) ? guessed : ',';
}

function guessNewline(text: string): 'lf' | 'crlf' | 'cr' {
  const lf = text.indexOf('\n');
  if (lf === -1) return text.includes('\r') && text.indexOf('\r') < text.length - 1 ? 'cr' : 'lf';
  return text.charAt(lf - 1) === '\r' ? 'crlf' : 'lf';
}
