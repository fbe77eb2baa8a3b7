import { stat } from 'node:fs/promises';
import { UploaderError } from '../errors.ts';

export interface FileStamp {
  readonly sizeBytes: number;
  /** Inode, size and time of the last change: equal stamps make equal content likely, nothing more. */
  readonly stamp: string;
}

/** Throws `UploaderError`: `file-missing`, `file-is-directory`, `file-unreadable`. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const found = await stat(path, { bigint: true });
    if (found.isDirectory()) throw new UploaderError('file-is-directory', `${path} is a folder`, { path });
    return { sizeBytes: Number(found.size), stamp: `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}` };
  } catch (error) {
    if (error instanceof UploaderError) throw error;
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (cause === 'ENOENT' || cause === 'ENOTDIR') throw new UploaderError('file-missing', `${path} does not exist`, { path }, error);
    throw new UploaderError('file-unreadable', `${path} cannot be read (${cause})`, { path, cause }, error);
  }
}
