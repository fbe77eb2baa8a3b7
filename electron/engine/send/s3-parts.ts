/** A stream of bytes in parts of one size, in memory that is used again and again. */

export interface ObjectPart {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
  /** Has to be called when the bytes are no longer needed: a later part is written in their place. */
  readonly release: () => void;
}

/**
 * Every part but the last has `partBytes`; there is always a last one, of no bytes when there are none.
 * @param memory parts that may be held at the same time, the one being filled included
 */
export async function* cutParts(pieces: AsyncIterable<Uint8Array>, partBytes: number, memory: number): AsyncGenerator<ObjectPart, void> {
  const free: Buffer[] = [];
  const waiting: ((buffer: Buffer) => void)[] = [];
  let made = 0;
  const take = (): Promise<Buffer> => {
    const known = free.pop();
    if (known !== undefined) return Promise.resolve(known);
    if (made < memory) {
      made += 1;
      return Promise.resolve(Buffer.allocUnsafeSlow(partBytes));
    }
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  const give = (buffer: Buffer): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(buffer);
    else next(buffer);
  };
  let number = 1;
  let buffer = await take();
  let filled = 0;
  const part = (isLast: boolean): ObjectPart => {
    const full = buffer;
    let held = true;
    const release = (): void => {
      if (held) give(full);
      held = false;
    };
    return { number, bytes: full.subarray(0, filled), isLast, release };
  };
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      // Only when more follows is it known that a full part is not the last.
      if (filled === partBytes) {
        yield part(false);
        number += 1;
        filled = 0;
        buffer = await take();
      }
      const some = piece.subarray(at, at + partBytes - filled);
      buffer.set(some, filled);
      filled += some.length;
      at += some.length;
    }
  }
  yield part(true);
}
