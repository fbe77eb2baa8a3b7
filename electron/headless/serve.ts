import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { messageLimits } from '../api/plain-data.ts';
import type { Host } from '../api/host.ts';
import { closedHeaders, openRendererFiles } from '../api/renderer-files.ts';
import type { Engine } from '../engine/engine.ts';
import type { Logger } from '../engine/ports.ts';
import { receiveFile } from './receive-file.ts';
import { removeDeliveredFiles } from './remove-delivered-files.ts';
import { createRequestGate, subprotocolOf } from './request-gate.ts';
import { createSocketChannel } from './socket-channel.ts';

export interface ServeOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly engine: Engine;
  readonly host: Host;
  /** The built page, `dist/renderer`. */
  readonly rendererDir: string;
  /** Files that a browser hands over are kept in `<dataDir>/incoming` until they are delivered. */
  readonly dataDir: string;
  /** Only who knows it gets to the engine; at least 128 random bits in letters that a URL and a header can hold. */
  readonly token: string;
  readonly logger: Logger;
}

export interface Served {
  /** `http://127.0.0.1:<port>/#token=<token>`: a fragment, which no browser sends on and no log sees. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The same interface in a browser: serves the page, the contract over the WebSocket `/engine`, and `POST /files?name=`
 * for the bytes of a chosen file. Listens on the loopback interface alone, and holds Host and Origin to its own address,
 * since any website that the browser shows can send requests here.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const { engine, host, dataDir, token, logger } = options;
  const server = createServer();
  // Files may take as long as they take; headers may not.
  server.requestTimeout = 0;
  server.headersTimeout = 15_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const connectSources = [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`];
  const headers = closedHeaders(connectSources);
  const gate = createRequestGate(port, token);
  const files = await openRendererFiles(options.rendererDir, connectSources).catch(async (error: unknown) => {
    server.close();
    throw error;
  });
  const cleaning = removeDeliveredFiles(engine, dataDir, logger);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageLimits.maxTextLength,
    perMessageDeflate: false,
    handleProtocols: () => subprotocolOf(token),
  });

  const refuse = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(text);
  };

  const takeFile = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    if (!gate.isOwnOrigin(request) || !gate.hasTokenHeader(request)) {
      refuse(response, 403, 'only the page that is served here may do this');
    } else if (request.method !== 'POST') {
      refuse(response, 405, 'a file is handed over by POST');
    } else {
      const { status, body } = await receiveFile(request, name, dataDir, logger);
      response.writeHead(status, { ...headers, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!gate.isOwnHost(request)) {
      refuse(response, 421, 'this is not the address that is served here');
      return;
    }
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/files') {
      await takeFile(request, response, url.searchParams.get('name') ?? '');
      return;
    }
    const page = await files.answer(request.method ?? '', url.pathname);
    response.writeHead(page.status, page.headers).end(page.body);
  };

  server.on('request', (request, response) => {
    answer(request, response).catch((error: unknown) => {
      logger.error('a request of the browser failed', { reason: error instanceof Error ? error.message : String(error) });
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'the application made a mistake; the log has the details');
    });
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refusalOfUpgrade(request, gate);
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => void host.connect(createSocketChannel(webSocket, logger)));
  });

  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    close: async () => {
      await cleaning.dispose();
      for (const webSocket of sockets.clients) webSocket.close(1001);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        for (const webSocket of sockets.clients) webSocket.terminate();
        server.closeAllConnections();
      });
    },
  };
}

function refusalOfUpgrade(request: IncomingMessage, gate: ReturnType<typeof createRequestGate>): string | undefined {
  if (!gate.isOwnHost(request)) return '421 Misdirected Request';
  if (!gate.isOwnOrigin(request) || !gate.hasTokenProtocol(request)) return '403 Forbidden';
  return new URL(request.url ?? '/', 'http://127.0.0.1').pathname === '/engine' ? undefined : '404 Not Found';
}
