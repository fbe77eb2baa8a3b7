import { z } from 'zod';

/** What the process of the engine is told when it starts, as JSON in its first argument. Nothing of it is secret. */
export const engineSettingsSchema = z.strictObject({
  dataDir: z.string().min(1),
  version: z.string(),
  /** Where the main process keeps secrets. */
  vault: z.enum(['keychain', 'file', 'memory']),
  workersDir: z.string().min(1),
  sandboxWorkerFile: z.string().min(1),
  samplesDir: z.string().min(1),
});
export type EngineSettings = z.infer<typeof engineSettingsSchema>;
