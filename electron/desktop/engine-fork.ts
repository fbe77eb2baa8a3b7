import { MessageChannelMain, utilityProcess, type MessagePortMain } from 'electron';
import type { EngineProcess } from './engine-supervisor.ts';
import type { EngineSettings } from './engine-settings.ts';

/** Starts the process of the engine. What it prints goes where the app's output goes. */
export const forkEngine = (engineProcessFile: string, settings: EngineSettings): EngineProcess<MessagePortMain> =>
  utilityProcess.fork(engineProcessFile, [JSON.stringify(settings)], { serviceName: 'Fineo Uploader engine', stdio: 'inherit' });

export const createPipe = (): { readonly port1: MessagePortMain; readonly port2: MessagePortMain } => new MessageChannelMain();
