import type { FolderPreview } from '../../../shared/contract/folders.ts';
import { UploaderError } from '../errors.ts';
import { compileGlobs } from './file-globs.ts';
import { isNetworkFolder } from './network-drive.ts';
import { scanFolder } from './scan-folder.ts';
import type { PreviewOrder } from './scan-protocol.ts';

const maxFiles = 200_000;
const maxSamples = 50;

/**
 * Counts what the globs would take. Half of the samples at most are files that they do not take, so that both are seen.
 * @param pause called between chunks; stops when it gives false
 */
export async function previewFolder(order: PreviewOrder, pause: () => Promise<boolean>): Promise<FolderPreview> {
  const counts = { matched: 0, ignored: 0, bytes: 0 };
  const taken: FolderPreview['samples'] = [];
  const passed: FolderPreview['samples'] = [];
  let truncated = false;
  const result = (): FolderPreview => {
    const others = passed.slice(0, Math.max(maxSamples / 2, maxSamples - taken.length));
    return { ...counts, truncated, network: false, samples: [...taken.slice(0, maxSamples - others.length), ...others] };
  };
  try {
    const globs = compileGlobs(order);
    for (const chunk of scanFolder({ root: order.path, recursive: order.recursive })) {
      for (const { path, sizeBytes } of chunk) {
        if (counts.matched + counts.ignored >= maxFiles) {
          truncated = true;
          break;
        }
        const verdict = globs(path);
        if (verdict.taken) {
          counts.matched += 1;
          counts.bytes += sizeBytes;
        } else counts.ignored += 1;
        const samples = verdict.taken ? taken : passed;
        if (samples.length < maxSamples) samples.push({ path, sizeBytes, matched: verdict.taken, rule: verdict.rule });
      }
      if (truncated || !(await pause())) break;
    }
    return { ...result(), network: await isNetworkFolder(order.path) };
  } catch (error) {
    if (!(error instanceof UploaderError)) throw error;
    return { ...result(), failure: error.toFailure() };
  }
}
