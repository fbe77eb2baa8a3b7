import { channels, type DesktopBridge } from '../../shared/contract/bridge.ts';
import { reconnectDelayMs, type Connect } from './link.ts';

/** A port that was asked for and does not come: the main process may have been busy starting the engine. */
const portPatienceMs = 5_000;

const isPortMessage = (event: MessageEvent<unknown>): boolean =>
  typeof event.data === 'object' && event.data !== null && 'kind' in event.data && event.data.kind === channels.enginePort;

/** The way inside the desktop app: a MessagePort that main brokers, handed over by the preload. */
export const portLink =
  (page: Window, desktop: Pick<DesktopBridge, 'connectEngine'>): Connect =>
  (listener) => {
    let port: MessagePort | undefined;
    let attempt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const ask = () => {
      desktop.connectEngine();
      timer = setTimeout(ask, portPatienceMs);
    };

    const lost = (closedPort: MessagePort) => {
      if (port !== closedPort) return;
      port = undefined;
      listener.closed(false);
      clearTimeout(timer);
      timer = setTimeout(ask, reconnectDelayMs(attempt++));
    };

    const take = (event: MessageEvent<unknown>) => {
      const next = event.ports[0];
      if (event.source !== page || !isPortMessage(event) || next === undefined) return;
      clearTimeout(timer);
      if (port !== undefined) {
        const former = port;
        port = undefined;
        former.close();
        listener.closed(false);
      }
      port = next;
      next.addEventListener('message', (message: MessageEvent<unknown>) => {
        attempt = 0;
        listener.message(message.data);
      });
      next.addEventListener('close', () => lost(next));
      next.start();
      listener.opened();
    };

    page.addEventListener('message', take);
    ask();
    return {
      send: (request) => port?.postMessage(request),
      dispose: () => {
        clearTimeout(timer);
        page.removeEventListener('message', take);
        const last = port;
        port = undefined;
        last?.close();
      },
    };
  };
