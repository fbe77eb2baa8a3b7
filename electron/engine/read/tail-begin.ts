import type { FormatSettings } from '../../../shared/contract/mapping.ts';
import { UploaderError } from '../errors.ts';
import { columnsOf, type Columns } from './columns.ts';
import { FramedRecords } from './framed-records.ts';
import { framerFor, headBytes, sniffBytes, type SniffedFile } from './open-rows.ts';
import { isGzip } from './sniff.ts';
import { codingOf } from './tail-coding.ts';
import { GzipText } from './tail-gzip.ts';
import { readAt, type FileFacts, type TailHandle } from './tail-handles.ts';
import { TailIdentity } from './tail-identity.ts';
import { maxTailRecordBytes, type TailFormat, type TailOutcome, type TailTarget } from './tail-protocol.ts';
import { FileText, type TailScratch } from './tail-text.ts';

/** Bytes of the text that are read before another file gets its turn. */
export const lookBytes = 256 * 1024;

/** How far into a file its header and first row are looked for; what is more than that is no text of rows. */
const mostBeginBytes = 16 * 1024 * 1024;

const records = new FramedRecords();

export type Begun =
  | { readonly kind: 'begun'; readonly format: TailFormat; readonly text: FileText | GzipText; readonly identity: TailIdentity }
  | { readonly kind: 'told'; readonly outcome: TailOutcome };

/**
 * Finds out how a file is read, at its first look with a header and a complete row (with less when nothing more is going to
 * come). Throws `UploaderError` with a refusal code when it is no CSV and no JSON lines.
 */
export async function begin(
  handle: TailHandle,
  facts: FileFacts,
  target: TailTarget,
  settings: FormatSettings,
  scratch: TailScratch,
): Promise<Begun> {
  const { isFinal, path } = target;
  const noRowYet: Begun = { kind: 'told', outcome: { kind: 'no-row-yet', sizeBytes: facts.sizeBytes, fileKey: facts.fileKey } };
  const buffer = scratch.take(headBytes);
  const head = buffer.subarray(0, readAt(handle, buffer, 0));
  const sniffed = sniffAsFarAsThere(path, head, facts, settings, isFinal);
  if (sniffed === undefined) return noRowYet;
  const { format: read } = sniffed;
  const coding = codingOf(read.encoding);
  const mark = read.encoding === 'utf-8' ? read.bomBytes : coding.markBytes(head);
  const text = read.gzip ? await GzipText.open(path, read) : new FileText(coding, scratch, mark);
  try {
    if (text instanceof GzipText) await text.skipTo(read.bomBytes, isFinal, () => undefined);
    else {
      text.readFrom(handle);
      text.remember(handle);
    }
    const columns = await findColumns(text, sniffed, target);
    if (columns === undefined) {
      if (text instanceof GzipText) await text.close();
      return noRowYet;
    }
    const { names, headerText, firstRow } = columns;
    const format: TailFormat = { read, columns: names, headerText, firstRow };
    if (headerText !== '' && isUnaccepted(names, target.acceptedColumns)) {
      if (text instanceof GzipText) await text.close();
      return { kind: 'told', outcome: { kind: 'drift', columns: names, headerText, position: firstRow } };
    }
    const headerBytes = firstRow.byte - read.bomBytes;
    if (text instanceof FileText) text.headerPasses(headerBytes);
    text.pass(headerBytes);
    return { kind: 'begun', format, text, identity: new TailIdentity(firstRow.byte, firstRow.byte, Buffer.alloc(0), Buffer.alloc(0)) };
  } catch (error) {
    if (text instanceof GzipText) await text.close();
    throw error;
  }
}

/** Undefined: too little is there to say anything. */
function sniffAsFarAsThere(path: string, head: Buffer, facts: FileFacts, settings: FormatSettings, isFinal: boolean) {
  if (head.length === 0) return undefined;
  const isGzipped = isGzip(head);
  if (!isFinal && !isGzipped && head.length < 2 && head[0] === 0x1f) return undefined;
  let sniffed: SniffedFile;
  try {
    // A file that grows may end within a character.
    sniffed = sniffBytes(path, head, isFinal ? facts.sizeBytes : Number.POSITIVE_INFINITY, settings);
  } catch (error) {
    const isStart = !isFinal && head.length < headBytes && error instanceof UploaderError && error.code === 'gzip-corrupt';
    if (isStart) return undefined;
    throw error;
  }
  if (sniffed.format.isArray === true) {
    throw new UploaderError('file-is-json-array', `${path} is one JSON array, which cannot be followed row by row`, { path, line: 1 });
  }
  return head.length < headBytes && sniffed.head.trim() === '' ? undefined : sniffed;
}

/** Names of the columns, as soon as there is a row below them; undefined: not yet, or nothing but blank lines. */
async function findColumns(
  text: FileText | GzipText,
  { format }: SniffedFile,
  { path, isFinal }: TailTarget,
): Promise<Columns | undefined> {
  const framer = framerFor(format, maxTailRecordBytes);
  const start = { byte: format.bomBytes, line: 1, row: 0 };
  const isCsv = format.kind === 'csv';
  const needed = isCsv && format.header ? 2 : 1;
  for (let bytes = lookBytes; bytes <= mostBeginBytes; bytes *= 2) {
    const { text: found, ended } = await text.peek(bytes, isFinal);
    let framed = framer.frame(found, 0, found.length, false, records);
    const isEnough = records.count >= needed || found.length - framed.consumed > maxTailRecordBytes;
    if (!isEnough && !ended) continue;
    if (!isEnough) {
      if (!isFinal) return undefined;
      framed = framer.frame(found, 0, found.length, true, records);
      if (records.count === 0) return undefined;
    }
    if (!isCsv) return { names: [], headerText: '', firstRow: start };
    if (records.count === 0 && format.header) break;
    if (records.count === 0) return columnsOf(path, format, undefined);
    const block = {
      text: found,
      records,
      baseByte: start.byte,
      baseLine: 1,
      length: framed.consumed,
      lines: framed.lines,
      abridged: false,
    };
    return columnsOf(path, format, block);
  }
  throw new UploaderError('file-not-text', `${path}: there is no header to be found`, { path, line: 1, format: 'damaged CSV' });
}

const keyOf = (names: readonly string[]): string => JSON.stringify([...names].sort());

const isUnaccepted = (names: readonly string[], accepted: TailTarget['acceptedColumns']): boolean =>
  accepted?.every((set) => keyOf(set) !== keyOf(names)) ?? false;
