import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Engine } from '../engine/engine.ts';
import type { Disposable, Logger } from '../engine/ports.ts';
import { incomingDir } from './receive-file.ts';

/**
 * Removes a file that a browser handed over once every row of it is confirmed: the person has the original. What is
 * held, cancelled or partly rejected stays, since a retry reads it again.
 */
export function removeDeliveredFiles(engine: Engine, dataDir: string, logger: Logger): Disposable {
  const incoming = incomingDir(dataDir);
  let last: Promise<void> = Promise.resolve();

  const remove = async (transfer: Transfer): Promise<void> => {
    for (const file of transfer.files) {
      const folder = path.dirname(file.path);
      const isOurs = path.dirname(folder) === incoming;
      if (!isOurs || (file.state !== 'done' && file.state !== 'unchanged')) continue;
      await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
        logger.warn('a delivered copy could not be removed', { reason: error instanceof Error ? error.message : String(error) });
      });
    }
  };

  const subscription = engine.subscribe((event) => {
    if (event.kind !== 'transfer' || event.transfer.state !== 'done') return;
    const { transfer } = event;
    last = last.then(() => remove(transfer));
  });
  return {
    dispose: async () => {
      await subscription.dispose();
      await last;
    },
  };
}
