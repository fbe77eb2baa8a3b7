/** What goes into an object: the bytes of a file as they are, or its rows as JSON lines. */
import { open } from 'node:fs/promises';
import type { Payload } from './model.ts';
import { unreadable } from './read/byte-source.ts';

/** The first `sizeBytes` of a file, in blocks of one size that are the receiver's to keep. Throws `file-missing`, `file-unreadable`. */
export async function* fileBlocks(path: string, sizeBytes: number, blockBytes: number): AsyncGenerator<Buffer, void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    for (let at = 0; at < sizeBytes;) {
      const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, sizeBytes - at));
      let filled = 0;
      while (filled < block.length) {
        const { bytesRead } = await file.read(block, filled, block.length - filled, at + filled).catch((error: unknown) => {
          throw unreadable(path, error);
        });
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      if (filled > 0) yield block.subarray(0, filled);
      // It has become shorter; whoever reads it finds out by its size.
      if (filled < block.length) return;
      at += filled;
    }
  } finally {
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
