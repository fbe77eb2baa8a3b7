import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Decides by its headers whether a request comes from the page that is served here. */
export interface RequestGate {
  /** False when a foreign name was made to point here (DNS rebinding). */
  isOwnHost(request: IncomingMessage): boolean;
  /** Origin is there and is the address the request went to. */
  isOwnOrigin(request: IncomingMessage): boolean;
  /** `x-uploader-token` */
  hasTokenHeader(request: IncomingMessage): boolean;
  /** The subprotocol, which is where a page can put a token when it opens a WebSocket. */
  hasTokenProtocol(request: IncomingMessage): boolean;
}

export const subprotocolOf = (token: string): string => `uploader.${token}`;

export function createRequestGate(port: number, token: string): RequestGate {
  const hosts: ReadonlySet<string> = new Set([
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    ...(port === 80 ? ['127.0.0.1', 'localhost'] : []),
  ]);
  return {
    isOwnHost: ({ headers }) => headers.host !== undefined && hosts.has(headers.host.toLowerCase()),
    isOwnOrigin: ({ headers }) => headers.origin !== undefined && headers.origin === `http://${headers.host?.toLowerCase() ?? ''}`,
    hasTokenHeader: ({ headers }) => isSame(headers['x-uploader-token'], token),
    hasTokenProtocol: ({ headers }) => isSame(headers['sec-websocket-protocol'], subprotocolOf(token)),
  };
}

/** Takes as long whatever is wrong: digests of the same length are compared. */
function isSame(given: string | readonly string[] | undefined, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
