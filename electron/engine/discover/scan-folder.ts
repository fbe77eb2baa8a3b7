/** Looks through a folder, synchronously: a thread of its own does it, and there it is twice as fast as with promises. */
import { lstatSync, readdirSync, statSync, type Dirent, type Stats } from 'node:fs';
import path from 'node:path';
import { UploaderError } from '../errors.ts';
import { isHiddenName } from './file-globs.ts';
import { causeOf, rootFailure } from './folder-root.ts';

export interface ScannedFile {
  /** Relative to the folder, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Milliseconds since the epoch, with what the file system keeps below that. */
  readonly modifiedMs: number;
  /** `device:inode`. A hint: it may be given to another file when this one is gone. */
  readonly fileKey: string;
}

export interface ScanOrder {
  /** Absolute. */
  readonly root: string;
  readonly recursive: boolean;
  /** Only this folder below the root, and what is in it; relative, with slashes. */
  readonly directory?: string | undefined;
}

export interface ScanEnd {
  /** All that were looked into, relative, with slashes; the root is the empty text. */
  readonly directories: readonly string[];
  /** Folders (and files whose folder may not be entered) that could not be looked at. What is below may well still be there. */
  readonly unreadable: readonly { readonly path: string; readonly cause: string }[];
  /** `device:inode` of the root. */
  readonly rootKey: string;
}

const chunkSize = 2_000;
const ignorable = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** `device:inode`; two files may share it where inode numbers do not fit a double: it is a hint, and content decides. */
export const fileKeyOf = (stats: Stats): string => `${String(stats.dev)}:${String(stats.ino)}`;

/** What a scan says about a file: of a link, about the file it leads to. Undefined: there is no file there. Throws what the system throws. */
export function scannedFile(root: string, file: string, isLink = true): ScannedFile | undefined {
  const absolute = `${root}/${file}`;
  const stats = (isLink ? statSync : lstatSync)(absolute, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return undefined;
  return { path: file, sizeBytes: stats.size, modifiedMs: stats.mtimeMs, fileKey: fileKeyOf(stats) };
}

function rootKeyOf(root: string): string {
  try {
    const stats = statSync(root, { bigint: true });
    if (stats.isDirectory()) return `${stats.dev}:${stats.ino}`;
  } catch (error) {
    throw toError(root, causeOf(error), error);
  }
  throw toError(root, 'ENOTDIR');
}

function toError(root: string, cause: string, error?: unknown): UploaderError {
  const { code, message, context } = rootFailure(root, cause);
  return new UploaderError(code, message, context, error);
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/**
 * The files of a folder, sorted by name within each directory, in chunks of up to 2,000. Links to files are followed, links to
 * folders are not (there may be circles); hidden folders are not looked into; sockets, pipes and devices are left out. A
 * sub-folder that vanishes meanwhile is passed over.
 * Throws `UploaderError`: `folder-missing`, `folder-unreadable` (of the root only).
 */
export function* scanFolder(order: ScanOrder): Generator<readonly ScannedFile[], ScanEnd> {
  const root = path.resolve(order.root);
  const rootKey = rootKeyOf(order.root);
  const start = order.directory ?? '';
  const waiting = [start];
  const directories: string[] = [];
  const unreadable: { path: string; cause: string }[] = [];
  let chunk: ScannedFile[] = [];
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(`${root}/${directory}`, { withFileTypes: true });
    } catch (error) {
      const cause = causeOf(error);
      if (directory === '') throw toError(order.root, cause, error);
      if (!ignorable.has(cause)) unreadable.push({ path: directory, cause });
      continue;
    }
    directories.push(directory);
    const below: string[] = [];
    const prefix = directory === '' ? '' : `${directory}/`;
    for (const entry of entries.sort(byName)) {
      if (entry.isDirectory()) {
        if (order.recursive && !isHiddenName(entry.name)) below.push(prefix + entry.name);
        continue;
      }
      const isLink = entry.isSymbolicLink();
      if (!isLink && !entry.isFile()) continue;
      try {
        const found = scannedFile(root, prefix + entry.name, isLink);
        if (found !== undefined) chunk.push(found);
      } catch (error) {
        const cause = causeOf(error);
        if (isLink || ignorable.has(cause)) continue;
        // A folder that may be listed and not entered: each of its files would say the same.
        unreadable.push({ path: directory, cause });
        break;
      }
      if (chunk.length >= chunkSize) {
        yield chunk;
        chunk = [];
      }
    }
    for (const next of below.reverse()) waiting.push(next);
  }
  if (chunk.length > 0) yield chunk;
  // Taken away meanwhile, the folder would look like one whose files were deleted.
  if (rootKeyOf(order.root) !== rootKey) throw toError(order.root, 'ENOENT');
  return { directories, unreadable, rootKey };
}
