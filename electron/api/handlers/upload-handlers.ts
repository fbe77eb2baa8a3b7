import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';
import { requirePath } from './file-handlers.ts';

export const uploadHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'uploads'> => ({
  'uploads.start': async (input) => {
    for (const { path } of input.files) requirePath(path);
    await sandbox.ensureFor(input.connectionId);
    return { transferId: await engine.startUpload(input) };
  },
  'uploads.cancel': async ({ transferId }) => {
    await engine.cancel(transferId);
    return {};
  },
  'uploads.retry': async ({ transferId, acceptRejects }) => {
    const transfer = engine.transfer(transferId);
    if (transfer !== undefined) await sandbox.ensureFor(transfer.connectionId);
    await engine.retry(transferId, { acceptRejects });
    return {};
  },
});
