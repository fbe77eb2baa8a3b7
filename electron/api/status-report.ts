/** `<dataDir>/status.json`: how a running host stands, for those who may not open its journal meanwhile. */
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { instantSchema } from '../../shared/contract/common.ts';
import { flowSchema } from '../../shared/contract/flow.ts';
import { folderSchema, watchedFileSchema } from '../../shared/contract/folders.ts';

export const statusReportSchema = z.strictObject({
  version: z.literal(1),
  pid: z.number().int().positive(),
  startedAt: instantSchema,
  updatedAt: instantSchema,
  /** The host ended in order; absent while it runs, and when it was killed. */
  endedAt: instantSchema.optional(),
  flow: flowSchema,
  folders: z.array(
    z.strictObject({
      folder: folderSchema,
      /** Those that are neither done nor ignored: the ones that need somebody first, at most 1,000. */
      files: z.array(watchedFileSchema),
    }),
  ),
});
export type StatusReport = z.infer<typeof statusReportSchema>;

export const statusFileOf = (dataDir: string): string => path.join(dataDir, 'status.json');

/** The report of a data folder; undefined when there is none, or none that this version can read. */
export async function readStatusReport(dataDir: string): Promise<StatusReport | undefined> {
  try {
    return statusReportSchema.parse(JSON.parse(await readFile(statusFileOf(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote the report still runs. */
export function isAlive({ pid, startedAt, endedAt }: StatusReport, now: number): boolean {
  // After a restart of the computer, its number may be that of any other process.
  if (endedAt !== undefined || startedAt < now - uptime() * 1_000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
