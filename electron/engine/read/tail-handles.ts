import { close, fstatSync, open, readSync, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { UploaderError } from '../errors.ts';
import { unreadable } from './byte-source.ts';

// Plain descriptors: objects that close themselves when they are collected cost more than what a small file takes to be read.
const openFile = promisify(open);
const closeFile = promisify(close);

/** An open file. It may be closed at any moment when it is not in use. */
export interface TailHandle {
  readonly path: string;
  readonly descriptor: number;
  readonly fileKey: string;
  inUse: boolean;
  closed: boolean;
  /** Called when it was closed, by whomever. */
  readonly onClosed: () => void;
}

export interface FileFacts {
  readonly fileKey: string;
  readonly sizeBytes: number;
}

export const factsOf = (found: Stats): FileFacts => ({ fileKey: `${found.dev}:${found.ino}`, sizeBytes: found.size });

/** Files that are kept open between looks, at most so many over all sessions; those looked at least recently are closed first. */
export class TailHandles {
  private readonly open = new Set<TailHandle>();

  constructor(private readonly most = 256) {}

  get count(): number {
    return this.open.size;
  }

  /** Opens a file for use. Throws `UploaderError` `file-missing`, `file-unreadable` or `file-is-directory`. */
  async take(path: string, onClosed: () => void): Promise<{ readonly handle: TailHandle; readonly facts: FileFacts }> {
    const descriptor = await openFile(path, 'r').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    try {
      const found = fstatSync(descriptor);
      if (found.isDirectory()) throw new UploaderError('file-is-directory', `${path} is a folder`, { path });
      const facts = factsOf(found);
      const handle: TailHandle = { path, descriptor, fileKey: facts.fileKey, inUse: true, closed: false, onClosed };
      this.open.add(handle);
      await this.closeIdle();
      return { handle, facts };
    } catch (error) {
      await closeFile(descriptor);
      throw error instanceof UploaderError ? error : unreadable(path, error);
    }
  }

  /** Counts as looked at just now. */
  use(handle: TailHandle): void {
    handle.inUse = true;
    this.open.delete(handle);
    this.open.add(handle);
  }

  release(handle: TailHandle): void {
    handle.inUse = false;
  }

  async close(handle: TailHandle): Promise<void> {
    if (handle.closed) return;
    handle.closed = true;
    this.open.delete(handle);
    handle.onClosed();
    // What was read was read; there is nothing to be lost by a close that fails.
    await closeFile(handle.descriptor).catch(() => undefined);
  }

  private async closeIdle(): Promise<void> {
    for (const handle of this.open) {
      if (this.open.size <= this.most) return;
      if (!handle.inUse) await this.close(handle);
    }
  }
}

/**
 * Fills the buffer from a place in the file on; returns how many bytes there were. Reads at once: what a look reads is small,
 * and waiting for each of its pieces would take longer than reading them. The file was asked for its size without blocking
 * before, so one that cannot be reached does not stop the others here.
 */
export function readAt(handle: TailHandle, buffer: Buffer, from: number): number {
  let filled = 0;
  try {
    while (filled < buffer.length) {
      const bytes = readSync(handle.descriptor, buffer, filled, buffer.length - filled, from + filled);
      if (bytes === 0) break;
      filled += bytes;
    }
  } catch (error) {
    throw unreadable(handle.path, error);
  }
  return filled;
}

/** The facts of an open file, at once. */
export function factsNow({ descriptor, path }: TailHandle): FileFacts {
  try {
    return factsOf(fstatSync(descriptor));
  } catch (error) {
    throw unreadable(path, error);
  }
}

const nothing: Buffer = Buffer.alloc(0);

export const bytesAt = (handle: TailHandle, from: number, to: number): Buffer => {
  if (to <= from) return nothing;
  const buffer = Buffer.allocUnsafe(to - from);
  return buffer.subarray(0, readAt(handle, buffer, from));
};
