/**
 * read → one file as several objects: where it is cut. Always after a row, and at the same places for the same file and size, so
 * that a later run makes the same objects.
 */
import type { Batch } from './model.ts';
import { asJsonLines } from './object-source.ts';
import { openSource, type Encoding } from './read/byte-source.ts';

export interface Piece {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Has to be read to its end before the next piece is asked for; each block belongs to the reader until the next one. */
  readonly content: AsyncGenerator<Uint8Array, void>;
}

/** Rows that are planned together: a piece ends with one of these stretches, so each is to be a small part of it. */
const mostStretchBytes = 2_000_000;
const fewestStretches = 4;

export const stretchBytesFor = (pieceBytes: number): number =>
  Math.floor(pieceBytes / Math.max(fewestStretches, Math.ceil(pieceBytes / mostStretchBytes)));

/** `…/log-<version>.csv.gz` → `…/log-<version>-00001.csv.gz` */
export const pieceKey = (key: string, number: number): string =>
  key.replace(/(\.(?:csv|json)(?:\.gz)?)$/, `-${String(number).padStart(5, '0')}$1`);

/** What the keys of all pieces of a file begin with, whatever they end with. */
export const pieceStem = (key: string): string => `${key.replace(/\.(?:csv|json)(?:\.gz)?$/, '')}-`;

/** Whether a key with that beginning is one of a piece. */
export const isPieceKey = (key: string, stem: string): boolean =>
  key.startsWith(stem) && /^\d{5,}\.(?:csv|json)(?:\.gz)?$/.test(key.slice(stem.length));

/** Rows as JSON lines; there is always a first piece. */
export async function* rowPieces(rows: AsyncGenerator<Batch, void>, pieceBytes: number): AsyncGenerator<Piece, void> {
  let next = await rows.next();
  async function* content(): AsyncGenerator<Uint8Array, void> {
    for (let filled = 0; next.done !== true;) {
      const lines = asJsonLines(next.value.payload);
      if (filled > 0 && filled + lines.length > pieceBytes) return;
      filled += lines.length;
      if (lines.length > 0) yield lines;
      next = await rows.next();
    }
  }
  let number = 1;
  do {
    yield { number, content: content() };
    number += 1;
  } while (next.done !== true);
}

export interface TextToCut {
  readonly path: string;
  readonly gzip: boolean;
  readonly encoding: Encoding;
  readonly pieceBytes: number;
}

/** The text of a file as it is, as UTF-8, each piece with what stands before the first row: the header. There is always a first piece. */
export async function* textPieces(rows: AsyncGenerator<Batch, void>, { path, pieceBytes, ...how }: TextToCut): AsyncGenerator<Piece, void> {
  const source = await openSource(path, { ...how, startByte: 0 });
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  async function* upTo(end: number): AsyncGenerator<Buffer, void> {
    while (at < end) {
      if (rest.length === 0) {
        const block = await source.read();
        if (block === undefined) return;
        rest = block;
      }
      const part = rest.subarray(0, end - at);
      rest = rest.subarray(part.length);
      at += part.length;
      yield part;
    }
  }
  try {
    let next = await rows.next();
    const head: Buffer[] = [];
    if (next.done !== true) for await (const part of upTo(next.value.from.byte)) head.push(Buffer.from(part));
    for (let number = 1, isLast = false; !isLast; number += 1) {
      const begin = at;
      let end = begin;
      while (next.done !== true && (end === begin || next.value.to.byte - begin <= pieceBytes)) {
        end = next.value.to.byte;
        next = await rows.next();
      }
      isLast = next.done === true;
      // What stands behind the last row, a blank line perhaps, is part of the file.
      const body = upTo(isLast ? Number.POSITIVE_INFINITY : end);
      yield { number, content: joined(head, body) };
    }
  } finally {
    await source.close();
  }
}

async function* joined(head: readonly Uint8Array[], body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* head;
  yield* body;
}
