/** Where things lie in the repository, and how its tools are started on every system. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

export const at = (...parts: readonly string[]): string => path.join(root, ...parts);

/**
 * The JavaScript file behind a command of an installed package, so that it can be run by this very Node:
 * the scripts in `node_modules/.bin` are no programs on Windows, and name another Node elsewhere.
 */
export function toolPath(packageName: string, command: string = packageName): string {
  const { bin } = JSON.parse(readFileSync(at('node_modules', packageName, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const file = typeof bin === 'string' ? bin : bin[command];
  if (file === undefined) throw new Error(`${packageName} has no command ${command}`);
  return at('node_modules', packageName, file);
}
