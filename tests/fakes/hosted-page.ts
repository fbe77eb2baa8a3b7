import { createEngineClient, type EngineClient } from '../../renderer/bridge/engine-client.ts';
import type { Hosted } from './hosted.ts';

/** What the page's bridge is over a host on scripted parts: every call goes through the contract, in memory. */
export const clientOf = ({ client }: Pick<Hosted, 'client'>): EngineClient =>
  createEngineClient((listener) => {
    let isOpen = true;
    const read = async () => {
      while (isOpen) listener.message(await client.next());
    };
    void read();
    queueMicrotask(() => listener.opened());
    return {
      send: (request) => client.send(request),
      dispose: () => {
        isOpen = false;
      },
    };
  });
