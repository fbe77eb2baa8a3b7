import { UploaderError } from '../../engine/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { HandlersOf } from '../host-parts.ts';
import type { SandboxLink } from '../sandbox-link.ts';

export const historyHandlers = (engine: Engine, sandbox: SandboxLink): HandlersOf<'history'> & HandlersOf<'rejects'> => ({
  'history.list': async (query) => engine.history(query),
  'history.get': async ({ transferId }) => {
    const transfer = engine.transfer(transferId);
    if (transfer === undefined) throw new UploaderError('transfer-unknown', `there is no transfer ${transferId}`, { transferId });
    return transfer;
  },
  'history.batches': async (query) => engine.batches(query),
  'history.objects': async (query) => engine.objects(query),
  'rejects.replay': async ({ transferId }) => {
    const transfer = engine.transfer(transferId);
    if (transfer !== undefined) await sandbox.ensureFor(transfer.connectionId);
    return engine.replay(transferId);
  },
  'rejects.giveUp': async ({ transferId }) => {
    await engine.giveUpReplay(transferId);
    return {};
  },
  'rejects.list': (query) => engine.rejects(query),
  'rejects.open': (query) => engine.openRejects(query),
  'rejects.row': (query) => engine.openReject(query),
  'rejects.save': (input) => engine.saveReject(input),
});
