import path from 'node:path';
import envPaths from 'env-paths';

/** Names the data folder when `--data-dir` does not. */
export const dataDirVariable = 'FINEO_UPLOADER_DATA_DIR';

/**
 * Absolute path of the folder for journal, secrets and rejects: the option, else the environment,
 * else the place that the operating system has for an application's data.
 */
export function resolveDataDir(option: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const named = option ?? env[dataDirVariable];
  return path.resolve(named !== undefined && named !== '' ? named : envPaths('fineo-uploader', { suffix: '' }).data);
}
