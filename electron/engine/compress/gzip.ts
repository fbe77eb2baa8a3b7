/**
 * gzip on several processors: blocks of the input are deflated at the same time by the threads of libuv, and together they
 * are one member (RFC 1952) that every reader takes. Each block ends at a byte (a sync flush) and begins with what stood
 * before it as its dictionary, so that cutting costs nothing worth mentioning. The same input and level give the same bytes.
 */
import { constants, crc32, deflateRaw } from 'node:zlib';

export interface GzipOptions {
  /** 1: fast … 9: small. */
  readonly level: number;
  /** Bytes of the input that are deflated as one piece. Default: 1 MiB. */
  readonly blockBytes?: number;
  /** Blocks that are deflated at the same time or wait to be. Default: 6, so that none of four threads waits for the one that hands out. */
  readonly blocksAtOnce?: number;
  /** Aborted: no further block is begun, and the next step of the iteration throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export const defaultBlockBytes = 1024 * 1024;
const defaultBlocksAtOnce = 6;
/** By default: those under way, the one that may be the last, and the one whose end is the dictionary of the next. */
export const blocksHeld = defaultBlocksAtOnce + 2;
const dictionaryBytes = 32 * 1024;

/** No name, no time, an unknown system: nothing in it changes from run to run. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** A piece of the result, with how much of the input it and all before it stand for. */
export interface GzipPiece {
  readonly bytes: Buffer;
  readonly sourceBytes: number;
}

/**
 * Compresses in constant memory; pieces come while the input is still being read. Of each chunk of the input a copy is taken
 * before the next one is asked for, unless it is exactly one block: that one must stay what it is until `blocksHeld` further
 * ones were asked for.
 * @throws what the input throws, and the reason of `signal`
 */
export async function* gzip(source: AsyncIterable<Uint8Array>, options: GzipOptions): AsyncGenerator<GzipPiece, void> {
  const blocksAtOnce = options.blocksAtOnce ?? defaultBlocksAtOnce;
  const underWay: Deflated[] = [];
  let checksum = 0;
  let sourceBytes = 0;
  let dictionary: Buffer | undefined;
  let waiting: Buffer | undefined;
  const begin = (block: Buffer, isLast: boolean): void => {
    checksum = crc32(block, checksum);
    sourceBytes += block.length;
    underWay.push({ sourceBytes, piece: deflateBlock(block, isLast, options.level, dictionary) });
    dictionary = block.length >= dictionaryBytes ? block.subarray(block.length - dictionaryBytes) : block;
  };
  try {
    yield { bytes: header, sourceBytes: 0 };
    for await (const block of blocksOf(source, options.blockBytes ?? defaultBlockBytes)) {
      options.signal?.throwIfAborted();
      // Only when another one follows is it known that a block is not the last.
      if (waiting !== undefined) begin(waiting, false);
      waiting = block;
      while (underWay.length >= blocksAtOnce) yield* firstOf(underWay);
    }
    begin(waiting ?? Buffer.alloc(0), true);
    while (underWay.length > 0) {
      options.signal?.throwIfAborted();
      yield* firstOf(underWay);
    }
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(checksum, 0);
    trailer.writeUInt32LE(sourceBytes % 2 ** 32, 4);
    yield { bytes: trailer, sourceBytes };
  } finally {
    // Nobody waits for these any more; what they say would be an error without a reader.
    await Promise.allSettled(underWay.map(({ piece }) => piece));
  }
}

interface Deflated {
  readonly sourceBytes: number;
  readonly piece: Promise<Buffer>;
}

async function* firstOf(underWay: Deflated[]): AsyncGenerator<GzipPiece, void> {
  const first = underWay.shift();
  if (first !== undefined) yield { bytes: await first.piece, sourceBytes: first.sourceBytes };
}

/** The input in blocks of one size, whatever chunks it comes in; the last one may be shorter. */
async function* blocksOf(source: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Buffer, void> {
  let block = Buffer.allocUnsafeSlow(0);
  let filled = 0;
  for await (const chunk of source) {
    if (filled === 0 && chunk.length === blockBytes) {
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      continue;
    }
    for (let at = 0; at < chunk.length;) {
      if (filled === 0) block = Buffer.allocUnsafeSlow(blockBytes);
      const part = chunk.subarray(at, at + blockBytes - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < blockBytes) continue;
      filled = 0;
      yield block;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}

function deflateBlock(block: Buffer, isLast: boolean, level: number, dictionary: Buffer | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = {
      level,
      memLevel: 9,
      chunkSize: Math.max(constants.Z_MIN_CHUNK, (block.length * 3) >> 3),
      finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      ...(dictionary === undefined ? {} : { dictionary }),
    };
    deflateRaw(block, options, (error, piece) => {
      if (error === null) resolve(piece);
      else reject(error);
    });
  });
}
