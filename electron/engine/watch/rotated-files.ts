/** discover: where a file went that no longer stands at its path, told by what lies beside it. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileKeyOf } from '../discover/scan-folder.ts';

export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly fileKey: string;
}

/** Of a crowded folder only files whose names begin alike are looked at. */
const crowdedEntries = 2_000;
/** More files than any rotation keeps. */
const mostFiles = 500;

/** What stands at a path now; undefined when it is no file or cannot be seen. */
export async function statFile(path: string): Promise<FoundFile | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    return { path, sizeBytes: found.size, modifiedMs: found.mtimeMs, fileKey: fileKeyOf(found) };
  } catch {
    return undefined;
  }
}

/** The name up to its first dot: rotation keeps it. */
const stemOf = (name: string): string => name.slice(0, Math.max(1, name.indexOf('.', 1) === -1 ? name.length : name.indexOf('.', 1)));

/** Whether the names of two files begin alike, as those of one rotation do. */
export const isOfRotation = (path: string, other: string): boolean => stemOf(basename(path)) === stemOf(basename(other));

/** Paths that a file may have been copied from, by its name: `d/log.csv` for `d/log.csv.1`, `d/log.csv.1.gz`, `d/log-1.csv`, `d/log-2024-01-31.csv`. */
export function originalsOf(path: string): readonly string[] {
  const at = path.lastIndexOf('/') + 1;
  const [folder, name] = [path.slice(0, at), path.slice(at)];
  const found = new Set([name.replace(/[-_.]\d[\d\-_.T:]*(?=\.[^.\d][^.]*$)/, '')]);
  for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) found.add(name.slice(0, end));
  found.delete(name);
  return [...found].map((original) => folder + original);
}

/**
 * Files beside `path` that it may have become: those whose names begin like its own first, then the others; itself left out.
 * Absolute paths.
 */
export async function filesBeside(folder: string, path: string): Promise<readonly FoundFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const own = basename(path);
  const stem = stemOf(own);
  const alike = names.filter((name) => name !== own && name.startsWith(stem));
  const others = names.length > crowdedEntries ? [] : names.filter((name) => name !== own && !name.startsWith(stem));
  const found = await Promise.all([...alike, ...others].slice(0, mostFiles).map((name) => statFile(join(folder, name))));
  return found.filter((file) => file !== undefined);
}
