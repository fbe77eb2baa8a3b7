import { MessageChannelMain, utilityProcess, type MessagePortMain } from 'electron';
import type { EngineProcess } from './engine-supervisor.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Starts the process of the engine. What it prints goes where the app's output goes. */
export function forkEngine(engineProcessFile: string, settings: EngineSettings): EngineProcess<MessagePortMain> {
  const forked = utilityProcess.fork(engineProcessFile, [JSON.stringify(settings)], {
    serviceName: 'Fineo Uploader engine',
    stdio: 'inherit',
  });
  return {
    postMessage: (message, transfer) => forked.postMessage(message, transfer),
    onMessage: (listener) => void forked.on('message', listener),
    onExit: (listener) => void forked.on('exit', listener),
    kill: () => {
      // Electron's own `kill` asks politely, which a process that hangs or is suspended does not hear.
      if (forked.pid === undefined) forked.kill();
      else process.kill(forked.pid, 'SIGKILL');
    },
  };
}

export const createPipe = (): { readonly port1: MessagePortMain; readonly port2: MessagePortMain } => new MessageChannelMain();
