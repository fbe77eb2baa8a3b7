import { reconnectDelayMs, type Connect } from './link.ts';

const decode = (data: unknown): unknown => {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
};

/**
 * The way in a browser: a WebSocket to the host that served the page.
 * @param open opens a socket with the token as subprotocol; `undefined` when the page has no token.
 */
export const socketLink =
  (open: (() => WebSocket) | undefined): Connect =>
  (listener) => {
    let socket: WebSocket | undefined;
    let attempt = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let disposed = false;

    const connect = () => {
      if (open === undefined) return;
      const next = open();
      socket = next;
      next.addEventListener('open', () => {
        attempt = 0;
        listener.opened();
      });
      next.addEventListener('message', (event: MessageEvent<unknown>) => listener.message(decode(event.data)));
      next.addEventListener('close', () => {
        if (disposed) return;
        listener.closed(false);
        timer = setTimeout(connect, reconnectDelayMs(attempt++));
      });
    };

    if (open === undefined) queueMicrotask(() => listener.closed(true));
    else connect();
    return {
      send: (request) => {
        if (socket?.readyState === 1) socket.send(JSON.stringify(request));
      },
      dispose: () => {
        disposed = true;
        clearTimeout(timer);
        socket?.close();
      },
    };
  };
