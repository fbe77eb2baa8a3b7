import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { CommandOutput } from '../../shared/contract/contract.ts';

const samplesListSchema = z.array(z.object({ name: z.string().min(1), description: z.string() }));

/** The sample files that the build laid beside the app: those that `samples.json` names and that are there. */
export async function listSamples(samplesDir: string): Promise<CommandOutput<'files.samples'>['files']> {
  const listed = samplesListSchema.parse(JSON.parse(await readFile(path.join(samplesDir, 'samples.json'), 'utf8')));
  const samples = listed.map(async ({ name, description }) => {
    const file = path.join(samplesDir, path.basename(name));
    const found = await stat(file).catch(() => undefined);
    return found?.isFile() === true ? [{ path: file, name, description, sizeBytes: found.size }] : [];
  });
  return (await Promise.all(samples)).flat();
}
