import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import { listSamples } from '../samples.ts';

export const fileHandlers = (engine: Engine, samplesDir: string): HandlersOf<'files'> => ({
  'files.inspect': async (input) => {
    requirePath(input.path);
    return engine.inspect(input);
  },
  'files.samples': async () => ({ files: await listSamples(samplesDir) }),
});

/** A NUL ends a path for the operating system but not for us. */
export function requirePath(path: string): void {
  if (path.includes('\0')) throw new UploaderError('input-invalid', 'a path cannot contain a NUL character', { field: 'path' });
}
