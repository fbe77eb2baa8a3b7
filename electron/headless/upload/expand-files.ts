import { stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UploaderError } from '../../engine/errors.ts';

/**
 * Absolute paths of the files that the arguments name, in the order given, each once. An argument that is no file is
 * taken as a glob, because the shells of Windows hand globs over as they are.
 * Throws `input-invalid`, naming the argument, when it names nothing or a folder.
 */
export async function expandFiles(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const files = new Set<string>();
  for (const argument of args) {
    for (const file of await filesOf(argument, cwd)) files.add(file);
  }
  return [...files];
}

async function filesOf(argument: string, cwd: string): Promise<readonly string[]> {
  const absolute = path.resolve(cwd, argument);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isDirectory()) {
    const example = path.join(argument, '*.csv');
    throw new UploaderError('input-invalid', `${argument} is a folder; name its files, for example "${example}"`, { path: argument });
  }
  if (found) return [absolute];
  const pattern = process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument;
  if (!isDynamicPattern(pattern)) throw new UploaderError('input-invalid', `${argument} does not exist`, { path: argument });
  const matches = await glob(pattern, { cwd, absolute: true, onlyFiles: true, expandDirectories: false });
  if (matches.length === 0) throw new UploaderError('input-invalid', `no file matches ${argument}`, { path: argument });
  return matches.map((match) => path.resolve(match)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
