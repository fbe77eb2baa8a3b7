import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import iconv from 'iconv-lite';
import { UploaderError } from '../errors.ts';

/** Encodings a source can have. Text leaves the source as UTF-8, whatever it was. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface ByteSource {
  /** Offset of the next block, in bytes of the UTF-8 text (of the file itself when nothing has to be converted). */
  readonly offset: number;
  /** Bytes of the file itself that were read so far, for progress. */
  readonly fileBytes: number;
  /** The next block of UTF-8 text; undefined at the end. The block belongs to the caller until the next call. */
  read(): Promise<Buffer | undefined>;
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly gzip: boolean;
  readonly encoding: Encoding;
  /** Offset to begin at; plain UTF-8 files seek there, all others are read from the start and skipped. */
  readonly startByte: number;
  readonly blockBytes?: number;
}

const defaultBlockBytes = 256 * 1024;

/**
 * Opens a file as a sequence of blocks of UTF-8 text, in constant memory.
 * Throws `UploaderError` with `file-missing`, `file-unreadable` or, while reading, `gzip-corrupt`.
 */
export async function openSource(path: string, options: SourceOptions): Promise<ByteSource> {
  const blockBytes = options.blockBytes ?? defaultBlockBytes;
  if (!options.gzip && options.encoding === 'utf-8') return openPlain(path, options.startByte, blockBytes);
  return openConverted(path, options, blockBytes);
}

async function openPlain(path: string, startByte: number, blockBytes: number): Promise<ByteSource> {
  const file = await openFile(path);
  let offset = startByte;
  /** The next block is read while the last one is worked on. */
  let used = Buffer.allocUnsafeSlow(blockBytes);
  let ahead = Buffer.allocUnsafeSlow(blockBytes);
  let reading: Promise<number | UploaderError> | undefined;
  const readAhead = (): Promise<number | UploaderError> =>
    file.read(ahead, 0, blockBytes, offset).then(
      ({ bytesRead }) => bytesRead,
      (error: unknown) => unreadable(path, error),
    );
  return {
    get offset() {
      return offset;
    },
    get fileBytes() {
      return offset;
    },
    async read() {
      const bytesRead = await (reading ?? readAhead());
      reading = undefined;
      if (typeof bytesRead !== 'number') throw bytesRead;
      if (bytesRead === 0) return undefined;
      offset += bytesRead;
      [used, ahead] = [ahead, used];
      // A short block is the end, as far as it is known: what comes after it is asked for when it is wanted.
      if (bytesRead === blockBytes) reading = readAhead();
      return used.subarray(0, bytesRead);
    },
    async close() {
      await reading;
      await file.close();
    },
  };
}

async function openConverted(path: string, options: SourceOptions, blockBytes: number): Promise<ByteSource> {
  const file = await openFile(path);
  const raw = createReadStream(path, { fd: file, autoClose: false, highWaterMark: blockBytes });
  const plain = options.gzip ? raw.pipe(createGunzip({ chunkSize: blockBytes })) : raw;
  if (plain !== raw) raw.on('error', (error) => plain.destroy(error));
  const text: AsyncIterable<Buffer> = options.encoding === 'utf-8' ? plain : toUtf8(plain, options.encoding);
  const blocks = text[Symbol.asyncIterator]();
  let offset = 0;
  let toSkip = options.startByte;
  return {
    get offset() {
      return offset;
    },
    get fileBytes() {
      return raw.bytesRead;
    },
    async read() {
      for (;;) {
        const next = await blocks.next().catch((error: unknown) => {
          throw readFailure(path, error);
        });
        if (next.done === true) return undefined;
        const block = next.value;
        offset += block.length;
        if (toSkip >= block.length) {
          toSkip -= block.length;
          continue;
        }
        const wanted = block.subarray(toSkip);
        toSkip = 0;
        if (wanted.length > 0) return wanted;
      }
    },
    async close() {
      raw.destroy();
      if (plain instanceof Readable) plain.destroy();
      await file.close().catch(() => undefined);
    },
  };
}

async function* toUtf8(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  // iconv-lite gives the halves of a UTF-16BE character apart when it lies across two blocks; alone, each is damage.
  let half = '';
  for await (const block of source) {
    let text = half + decoder.write(block);
    half = endsInHalf(text) ? text.slice(-1) : '';
    if (half !== '') text = text.slice(0, -1);
    if (text !== '') yield Buffer.from(text, 'utf8');
  }
  const rest = half + (decoder.end() ?? '');
  if (rest !== '') yield Buffer.from(rest, 'utf8');
}

function endsInHalf(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

/** Says why a file cannot be opened or read. */
export function unreadable(path: string, error: unknown): UploaderError {
  const cause = codeOf(error);
  if (cause === 'ENOENT') return new UploaderError('file-missing', `${path} does not exist`, { path }, error);
  if (cause === 'EISDIR') return new UploaderError('file-is-directory', `${path} is a folder`, { path }, error);
  return new UploaderError('file-unreadable', `${path} cannot be read (${cause})`, { path, cause }, error);
}

function readFailure(path: string, error: unknown): UploaderError {
  const cause = codeOf(error);
  if (cause.startsWith('Z_'))
    return new UploaderError('gzip-corrupt', `${path} is not a complete gzip file (${cause})`, { path, cause }, error);
  return unreadable(path, error);
}
