import { open } from 'node:fs/promises';
import { gunzipSync, constants as zlib } from 'node:zlib';
import iconv from 'iconv-lite';
import type { FormatSettings } from '../../../shared/contract/mapping.ts';
import { UploaderError } from '../errors.ts';
import type { Position } from '../model.ts';
import { openSource, unreadable, type ByteSource } from './byte-source.ts';
import { createArrayFramer } from './array-framer.ts';
import { createCsvFramer } from './csv-framer.ts';
import type { Framer } from './framed-records.ts';
import { createLineFramer } from './line-framer.ts';
import { createRecordReader, type RecordReader } from './record-reader.ts';
import { isGzip, sniffEncoding, sniffText, whyNotText, type EncodingHow, type ReadFormat } from './sniff.ts';

/** The longest record that is held in memory. Longer ones cannot become events and are passed by. */
export const maxRecordBytes = 16 * 1024 * 1024;

/** How much of a file is looked at to find out how it is read. */
export const headBytes = 64 * 1024;

export interface SniffedFile {
  readonly format: ReadFormat;
  readonly sizeBytes: number;
  /** The beginning of the text, as UTF-8 and without a mark. */
  readonly head: string;
  /** What was found out about the encoding, in words. */
  readonly encodingReason: string;
  readonly encodingHow: EncodingHow;
}

/**
 * Looks at the beginning of a file and decides how it is read; what the settings say is taken as said.
 * Throws `UploaderError` with a refusal code when it is no CSV and no JSON lines.
 */
export async function sniffFile(path: string, settings: FormatSettings): Promise<SniffedFile> {
  const { bytes, sizeBytes } = await readHead(path);
  return sniffBytes(path, bytes, sizeBytes, settings);
}

/** As `sniffFile`, for a file of so many bytes that begins like this (at most `headBytes` of it). */
export function sniffBytes(path: string, bytes: Buffer, sizeBytes: number, settings: FormatSettings): SniffedFile {
  const gzip = isGzip(bytes);
  const plain = gzip ? gunzipHead(path, bytes) : bytes;
  const found = sniffEncoding(plain, !gzip && bytes.length === sizeBytes);
  const encoding = settings.encoding ?? found.encoding;
  const bomBytes = encoding === 'utf-8' ? found.bomBytes : 0;
  const isWide = encoding === 'utf-16le' || encoding === 'utf-16be';
  const refusal = isWide ? undefined : whyNotText(path, plain);
  if (refusal !== undefined) throw new UploaderError(refusal.code, refusal.message, refusal.context);
  const head = encoding === 'utf-8' ? plain.toString('utf8', bomBytes) : iconv.decode(plain, encoding, { stripBOM: true });
  const text = sniffText(head, settings);
  const isArray = text.kind === 'ndjson' && head.trimStart().startsWith('[');
  return {
    format: {
      ...text,
      ...(isArray ? { isArray } : {}),
      gzip,
      encoding,
      bomBytes,
      quote: settings.quote,
      header: settings.header,
      columns: settings.columns,
    },
    sizeBytes,
    head,
    encodingHow: found.how,
    encodingReason: settings.encoding === undefined ? found.reason : `${settings.encoding}, as set`,
  };
}

/** As `sniffFile`; refuses a file in which nothing stands: `file-empty`. */
export async function sniffRows(path: string, settings: FormatSettings): Promise<SniffedFile> {
  const sniffed = await sniffFile(path, settings);
  const isWhole = sniffed.format.gzip || sniffed.sizeBytes <= headBytes;
  if (isWhole && sniffed.head.trim() === '') throw new UploaderError('file-empty', `${path} is empty from line 1 on`, { path, line: 1 });
  return sniffed;
}

async function readHead(path: string): Promise<{ readonly bytes: Buffer; readonly sizeBytes: number }> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new UploaderError('file-is-directory', `${path} is a folder`, { path });
    const buffer = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(buffer, 0, headBytes, 0).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    return { bytes: buffer.subarray(0, bytesRead), sizeBytes: stats.size };
  } finally {
    await file.close();
  }
}

function gunzipHead(path: string, bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: zlib.Z_SYNC_FLUSH }).subarray(0, headBytes);
  } catch (error) {
    throw new UploaderError('gzip-corrupt', `${path} begins like a gzip file but is none`, { path }, error);
  }
}

export interface OpenRows {
  readonly source: ByteSource;
  readonly reader: RecordReader;
}

/**
 * Opens the records of a file from a position on; those longer than `maxBytes` are not held. `observe` gets the bytes of records too long to hold.
 */
export async function openRows(
  path: string,
  format: ReadFormat,
  start: Omit<Position, 'row'>,
  maxBytes: number,
  observe: (bytes: Buffer) => void,
): Promise<OpenRows> {
  const source = await openSource(path, { gzip: format.gzip, encoding: format.encoding, startByte: start.byte });
  return { source, reader: createRecordReader(source, framerFor(format, maxBytes), start, maxBytes, observe) };
}

/** Whether the text before this offset ends without a line end, so that what follows would belong to its last line. */
export async function isLineOpenAt(path: string, format: ReadFormat, byte: number): Promise<boolean> {
  if (byte <= format.bomBytes) return false;
  const source = await openSource(path, { gzip: format.gzip, encoding: format.encoding, startByte: byte - 1 });
  try {
    const last = (await source.read())?.[0];
    return last !== undefined && last !== framerFor(format, maxRecordBytes).newline;
  } finally {
    await source.close();
  }
}

/** Cuts the text of a format into records, of which none may be longer than `maxBytes`. */
export const framerFor = (format: ReadFormat, maxBytes: number): Framer =>
  format.kind === 'csv'
    ? createCsvFramer({ delimiter: format.delimiter, quote: format.quote, newline: format.newline }, maxBytes)
    : format.isArray === true
      ? createArrayFramer(maxBytes)
      : createLineFramer(maxBytes);
