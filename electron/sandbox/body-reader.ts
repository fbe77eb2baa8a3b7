/** Request bodies in bounded memory. */
import type { IncomingMessage } from 'node:http';

export type BodyResult =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'too-long' }
  /** The client went away. */
  | { readonly kind: 'aborted' };

export interface BodyReader {
  /** Waits until there is room, then reads to the end; what is over the limit is read and thrown away. Call `release` when done with the body. */
  read(request: IncomingMessage): Promise<{ readonly result: BodyResult; release(): void }>;
}

/** At most `budgetBytes` of bodies are held at once; requests beyond that wait unread. */
export function createBodyReader(maxRequestBytes: number, budgetBytes: number): BodyReader {
  let free = Math.max(budgetBytes, maxRequestBytes);
  const waiting: { bytes: number; go: () => void }[] = [];
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined && next.bytes <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.bytes;
      next.go();
    }
  };
  const reserve = (bytes: number): Promise<void> =>
    new Promise((go) => {
      waiting.push({ bytes, go });
      admit();
    });

  return {
    async read(request) {
      const announced = request.headers['content-length'];
      const length = announced === undefined ? undefined : Number(announced);
      const expected = length ?? (request.headers['transfer-encoding'] === undefined ? 0 : maxRequestBytes);
      const reserved = Math.min(expected, maxRequestBytes);
      await reserve(reserved);
      let released = false;
      const release = (): void => {
        if (released) return;
        released = true;
        free += reserved;
        admit();
      };
      return { result: await collect(request, expected, maxRequestBytes), release };
    },
  };
}

const collect = (request: IncomingMessage, expectedBytes: number, maxBytes: number): Promise<BodyResult> =>
  new Promise((resolve) => {
    if (request.destroyed && !request.complete) {
      resolve({ kind: 'aborted' });
      return;
    }
    let isTooLong = expectedBytes > maxBytes;
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length > maxBytes) {
        isTooLong = true;
        parts.length = 0;
      } else if (!isTooLong) parts.push(part);
    });
    request.on('end', () => resolve(isTooLong ? { kind: 'too-long' } : { kind: 'read', body: Buffer.concat(parts, length) }));
    request.on('close', () => resolve({ kind: 'aborted' }));
    request.on('error', () => resolve({ kind: 'aborted' }));
  });
