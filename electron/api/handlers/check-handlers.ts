import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import { requirePath } from './file-handlers.ts';

export const checkHandlers = (engine: Engine): HandlersOf<'check'> => ({
  'check.start': async (input) => {
    for (const { path } of input.files) requirePath(path);
    return { checkId: engine.startCheck(input) };
  },
  'check.get': async ({ checkId }) => engine.check(checkId),
  'check.cancel': async ({ checkId }) => {
    engine.cancelCheck(checkId);
    return {};
  },
});
