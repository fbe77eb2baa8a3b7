import picomatch from 'picomatch';
import { UploaderError } from '../errors.ts';

export interface GlobVerdict {
  readonly taken: boolean;
  /** The glob that took or excluded it; `hidden`, `temporary` or `system` for what is never taken, `not-included` where no glob takes it. */
  readonly rule: string;
}

/** Takes paths relative to the folder, with slashes. */
export type FileGlobs = (relativePath: string) => GlobVerdict;

interface Rule {
  readonly glob: string;
  readonly matches: (path: string, name: string) => boolean;
}

const temporaryEnds = ['.tmp', '.part', '.partial', '.crdownload', '.swp', '~'];
const systemNames = new Set(['thumbs.db', 'desktop.ini']);

/** Directories that are neither looked into nor watched. */
export const isHiddenName = (name: string): boolean => name.startsWith('.');

/** What programs leave behind while they write, and what the system keeps for itself. `undefined`: none of these. */
function builtInRule(path: string, name: string): string | undefined {
  if (path.startsWith('.') || path.includes('/.')) return 'hidden';
  const lower = name.toLowerCase();
  if (lower.startsWith('~$') || temporaryEnds.some((end) => lower.endsWith(end))) return 'temporary';
  return systemNames.has(lower) ? 'system' : undefined;
}

const invalid = (glob: string, why: string, cause?: unknown): UploaderError =>
  new UploaderError('input-invalid', `${glob} is not a valid glob: ${why}`, { glob }, cause);

function compile(glob: string, ignoreCase: boolean, isWindows: boolean): Rule {
  const slashed = (isWindows ? glob.replaceAll('\\', '/') : glob).replace(/^(\.?\/)+/u, '');
  if (slashed === '') throw invalid(glob, 'it names nothing');
  if (/^!(?!\()/u.test(slashed)) throw invalid(glob, 'what is not to be sent belongs to the globs that exclude');
  const ending = /^\*((?:\.[\w-]+)+)$/u.exec(slashed)?.[1];
  // Nearly every glob is one of these, and paths come by the hundred thousand.
  if (ending !== undefined) {
    const end = ignoreCase ? ending.toLowerCase() : ending;
    return { glob, matches: (_path, name) => name.endsWith(end) };
  }
  const isEverything = slashed === '*' || slashed === '**' || slashed === '**/*';
  if (isEverything) return { glob, matches: () => true };
  try {
    const whole = slashed.endsWith('/') ? `**/${slashed}**` : slashed;
    const matches = picomatch(whole, { nocase: ignoreCase, strictBrackets: true, debug: true, windows: false });
    return { glob, matches: whole.includes('/') ? (path) => matches(path) : (_path, name) => matches(name) };
  } catch (error) {
    throw invalid(glob, error instanceof Error ? error.message : 'it cannot be understood', error);
  }
}

/**
 * A glob without a slash matches names at every depth, one that ends in a slash everything below such a folder, any other the
 * whole path. What excludes wins. Upper and lower case are the same where the file systems have it so (Windows, macOS).
 * Throws `UploaderError` `input-invalid` that names the glob which cannot be understood.
 */
export function compileGlobs(
  globs: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  platform: NodeJS.Platform = process.platform,
): FileGlobs {
  const isWindows = platform === 'win32';
  const ignoreCase = isWindows || platform === 'darwin';
  const rulesOf = (list: readonly string[]): readonly Rule[] => list.map((glob) => compile(glob, ignoreCase, isWindows));
  const include = rulesOf(globs.include);
  const exclude = rulesOf(globs.exclude);
  return (relativePath) => {
    const path = ignoreCase ? relativePath.toLowerCase() : relativePath;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const builtIn = builtInRule(path, name);
    if (builtIn !== undefined) return { taken: false, rule: builtIn };
    for (const rule of exclude) if (rule.matches(path, name)) return { taken: false, rule: rule.glob };
    for (const rule of include) if (rule.matches(path, name)) return { taken: true, rule: rule.glob };
    return { taken: false, rule: 'not-included' };
  };
}
