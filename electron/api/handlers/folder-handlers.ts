import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';
import { requirePath } from './file-handlers.ts';

export const folderHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'folders'> & HandlersOf<'flow'> => ({
  'folders.add': async (input) => {
    requirePath(input.path);
    await sandbox.ensureFor(input.connectionId);
    return engine.addFolder(input);
  },
  'folders.update': async (input) => {
    requirePath(input.path);
    await sandbox.ensureFor(input.connectionId);
    return engine.updateFolder(input);
  },
  'folders.remove': async ({ id }) => {
    await engine.removeFolder(id);
    return {};
  },
  'folders.preview': async (input) => {
    requirePath(input.path);
    return engine.previewFolder(input);
  },
  'folders.files': async (query) => engine.folderFiles(query),
  'folders.decide': async (input) => {
    await engine.decideFolder(input);
    return {};
  },
  'folders.rescan': async ({ id }) => {
    await engine.rescanFolder(id);
    return {};
  },
  'folders.afterPlan': async ({ id }) => engine.afterPlan(id),
  'folders.dismissRisk': async ({ id, riskId }) => {
    engine.dismissRisk(id, riskId);
    return {};
  },
  'flow.pause': async (scope) => {
    await engine.pause(scope);
    return {};
  },
  'flow.resume': async (scope) => {
    await engine.resume(scope);
    return {};
  },
});
