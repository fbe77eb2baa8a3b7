import type { Position } from '../model.ts';
import { codingOf } from './tail-coding.ts';
import { GzipText } from './tail-gzip.ts';
import { bytesAt, type FileFacts, type TailHandle } from './tail-handles.ts';
import { digestOf, headRange, TailIdentity, tailRange } from './tail-identity.ts';
import type { ContentIdentity, TailFormat } from './tail-protocol.ts';
import { FileText, type TailScratch } from './tail-text.ts';

export interface ResumeFrom {
  readonly position: Position;
  readonly format: TailFormat;
  readonly identity: ContentIdentity | undefined;
}

export type Resumed =
  | { readonly kind: 'resumed'; readonly text: FileText | GzipText; readonly identity: TailIdentity }
  | { readonly kind: 'changed' }
  /** A gzipped file that ends, as far as it is there, before the position. */
  | { readonly kind: 'cut' };

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Goes to where a file was read up to, when nothing is remembered but what was written down: header, head and tail are compared
 * with what they were.
 */
export async function resume(
  handle: TailHandle,
  facts: FileFacts,
  { position, format, identity }: ResumeFrom,
  scratch: TailScratch,
  isFinal: boolean,
): Promise<Resumed> {
  const headFrom = identity?.head.from ?? format.firstRow.byte;
  const headerBytes = Buffer.byteLength(format.headerText, 'utf8');
  const ranges = {
    header: { from: Math.max(0, format.firstRow.byte - headerBytes - 2), to: format.firstRow.byte },
    head: headRange(headFrom, position.byte),
    tail: identity?.tail ?? { from: 0, to: 0 },
    before: tailRange(headFrom, position.byte),
  };
  const found: Record<'header' | 'head' | 'tail' | 'before', Buffer> = { header: none, head: none, tail: none, before: none };
  const names = ['header', 'head', 'tail', 'before'] as const;
  const { read } = format;
  let text: FileText | GzipText;
  if (!read.gzip && read.encoding === 'utf-8') {
    if (facts.sizeBytes < position.byte) return { kind: 'changed' };
    for (const name of names) found[name] = bytesAt(handle, ranges[name].from, ranges[name].to);
    text = new FileText(codingOf('utf-8'), scratch, position.byte);
  } else {
    for (const name of names) found[name] = Buffer.alloc(ranges[name].to - ranges[name].from);
    const show = (at: number, part: Buffer): void => {
      for (const name of names) copyOverlap(part, at, ranges[name], found[name]);
    };
    if (read.gzip) {
      text = await GzipText.open(handle.path, read);
      const reached = await text.skipTo(position.byte, isFinal, show).catch(async (error: unknown) => {
        if (text instanceof GzipText) await text.close();
        throw error;
      });
      if (!reached) {
        await text.close();
        return { kind: isFinal || !text.isCut ? 'changed' : 'cut' };
      }
    } else {
      const coding = codingOf(read.encoding);
      text = new FileText(coding, scratch, coding.markBytes(bytesAt(handle, 0, 2)));
      if (!(await text.skipTo(handle, position.byte, show))) return { kind: 'changed' };
    }
  }
  const holds =
    endsInHeader(found.header, format.headerText) &&
    found.head.length === ranges.head.to - ranges.head.from &&
    (identity === undefined ||
      (digestOf(found.head.subarray(0, identity.head.to - headFrom)) === identity.head.digest &&
        digestOf(found.tail) === identity.tail.digest));
  if (!holds) {
    if (text instanceof GzipText) await text.close();
    return { kind: 'changed' };
  }
  if (text instanceof FileText) text.remember(handle);
  return { kind: 'resumed', text, identity: new TailIdentity(headFrom, position.byte, found.head, found.before) };
}

const none: Buffer = Buffer.alloc(0);

function copyOverlap(part: Buffer, at: number, range: Range, into: Buffer): void {
  const from = Math.max(at, range.from);
  const to = Math.min(at + part.length, range.to);
  if (from < to) part.copy(into, from - range.from, from - at, to - at);
}

/** Whether this is the header with its line end, whatever precedes it. */
function endsInHeader(found: Buffer, headerText: string): boolean {
  if (headerText === '') return true;
  const text = found.toString('utf8').replace(/\r?\n$|\r$/, '');
  return text.endsWith(headerText);
}
