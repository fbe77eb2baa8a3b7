import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Whether `file` exists and lies below `folder`, links followed on both sides. */
export async function isInside(folder: string, file: string): Promise<boolean> {
  if (!path.isAbsolute(file)) return false;
  try {
    const relative = path.relative(await realpath(folder), await realpath(file));
    return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  } catch {
    return false;
  }
}
