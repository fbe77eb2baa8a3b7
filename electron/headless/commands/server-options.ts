import { z } from 'zod';
import { UploaderError } from '../../engine/errors.ts';

/** `--port` of the commands that listen; 0 takes a free one. */
export const portFlag = z
  .string()
  .regex(/^\d{1,5}$/, 'a number from 0 to 65535 is needed')
  .transform(Number)
  .pipe(z.number().int().max(65_535))
  .default(0);

/** Listening fails for what was asked for, not for a bug: says so. */
export async function listening<T>(port: number, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    // From the sandbox's thread only the text comes.
    const [code] = /EADDRINUSE|EACCES/.exec(error instanceof Error ? error.message : '') ?? [];
    if (code === 'EADDRINUSE')
      throw new UploaderError('input-invalid', `--port: ${port} is in use by another program; 0 takes a free one`, { port }, error);
    if (code === 'EACCES')
      throw new UploaderError('input-invalid', `--port: ${port} may not be used by this user; 0 takes a free one`, { port }, error);
    throw error;
  }
}

/** Resolves when the process is asked to end. */
export const interrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
