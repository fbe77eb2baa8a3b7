/** What goes into an object: the bytes of a file as they are, or its rows as JSON lines. */
import { open } from 'node:fs/promises';
import { UploaderError } from './errors.ts';
import type { Payload } from './model.ts';
import { unreadable } from './read/byte-source.ts';

/** Blocks that are read with one request: those that compress share their threads with those that read. */
const blocksPerRead = 2;

/**
 * The first `sizeBytes` of a file, in blocks of one size; a block stays what it is until `memory` further ones were asked for.
 * What comes next is read while the last is worked on. Throws `file-missing`, `file-unreadable`.
 */
export async function* fileBlocks(path: string, sizeBytes: number, blockBytes: number, memory: number): AsyncGenerator<Buffer, void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const ring: Buffer[] = [];
  const readBytes = Math.min(blockBytes * blocksPerRead, sizeBytes);
  /** One that is worked on, one that is read, and those that may still be in use. */
  const ringSize = Math.ceil(memory / blocksPerRead) + 2;
  const readAt = async (at: number, index: number): Promise<Buffer | UploaderError> => {
    const room = (ring[index % ringSize] ??= Buffer.allocUnsafeSlow(readBytes));
    const wanted = Math.min(readBytes, sizeBytes - at);
    let filled = 0;
    try {
      while (filled < wanted) {
        const { bytesRead } = await file.read(room, filled, wanted - filled, at + filled);
        // It has become shorter; whoever reads it finds out by its size.
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      return unreadable(path, error);
    }
    return room.subarray(0, filled);
  };
  let ahead = readAt(0, 0);
  try {
    for (let at = 0, index = 0; at < sizeBytes; index += 1) {
      const stretch = await ahead;
      if (stretch instanceof UploaderError) throw stretch;
      at += stretch.length;
      if (stretch.length < readBytes) at = sizeBytes;
      ahead = at < sizeBytes ? readAt(at, index + 1) : Promise.resolve(Buffer.alloc(0));
      for (let from = 0; from < stretch.length; from += blockBytes) yield stretch.subarray(from, from + blockBytes);
    }
  } finally {
    await ahead;
    await file.close();
  }
}

const newline = 0x0a;

/** The events of a body as JSON lines, in the same memory: brackets and commas become line ends. */
export function asJsonLines({ bytes, starts, rows }: Payload): Uint8Array {
  if (rows.length === 0) return bytes.subarray(0, 0);
  for (let index = 1; index <= rows.length; index += 1) bytes[(starts[index] ?? 0) - 1] = newline;
  return bytes.subarray(starts[0] ?? 0, starts[rows.length] ?? 0);
}
