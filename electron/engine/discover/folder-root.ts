import { constants, lstatSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Failure } from '../../../shared/contract/common.ts';
import { failure } from '../errors.ts';

/** What the system says when a folder, its drive or its server is gone, in contrast to one that may not be read. */
const gone = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENODEV',
  'ENXIO',
  'ENOTCONN',
  'ESTALE',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
]);

export const causeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown');

/** `folder-missing` or `folder-unreadable`, with `context.cause`. */
export function rootFailure(root: string, cause: string): Failure {
  return gone.has(cause)
    ? failure('folder-missing', `${root} is not there (${cause})`, { path: root, cause })
    : failure('folder-unreadable', `${root} cannot be read (${cause})`, { path: root, cause });
}

export type RootLook =
  /** `key`: `device:inode`; another one means that another folder or drive is in this place. */
  { readonly kind: 'there'; readonly key: string } | { readonly kind: 'gone'; readonly failure: Failure };

export async function lookAtRoot(root: string): Promise<RootLook> {
  try {
    const found = await stat(root, { bigint: true });
    if (!found.isDirectory()) return { kind: 'gone', failure: rootFailure(root, 'ENOTDIR') };
    await access(root, constants.R_OK | constants.X_OK);
    return { kind: 'there', key: `${found.dev}:${found.ino}` };
  } catch (error) {
    return { kind: 'gone', failure: rootFailure(root, causeOf(error)) };
  }
}

/** Whether a path is a directory and no link to one. */
export function isDirectoryThere(absolute: string): boolean {
  try {
    return lstatSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    // Whoever looks at it as a file is told what is wrong.
    return false;
  }
}
