/** Stands between an uploader and a real S3 server: counts the parts that arrive, slows them down, breaks off. */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PartSeen {
  readonly uploadId: string;
  readonly number: number;
  /** Milliseconds (monotonic) when the answer of the store had been handed on; undefined while it has not. */
  answeredAt: number | undefined;
}

export interface S3Proxy {
  readonly endpoint: string;
  /** Every attempt at a part, in order. */
  readonly parts: readonly PartSeen[];
  /** Requests of any kind: `PUT /bucket/key`. */
  readonly requests: readonly string[];
  /** Called after the answer to a part was handed on. */
  onPart: (part: PartSeen) => void;
  /** Parts that are still passed on to the store; then they are kept back without an answer, and `onKept` is called. */
  partsLeft: number;
  onKept: () => void;
  /** Objects are not removed: the answer to that is what a policy without `s3:DeleteObject` gives, and the store does not hear of it. */
  refusesRemoval: boolean;
  stop(): Promise<void>;
}

/** @param partDelayMs how much later the answer to a part is handed on */
export async function startS3Proxy(endpoint: string, partDelayMs = 0): Promise<S3Proxy> {
  const parts: PartSeen[] = [];
  const requests: string[] = [];
  const target = new URL(endpoint);
  const forward = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const url = new URL(incoming.url ?? '/', endpoint);
    const number = Number(url.searchParams.get('partNumber') ?? '0');
    const seen: PartSeen | undefined =
      incoming.method === 'PUT' && number > 0
        ? { uploadId: url.searchParams.get('uploadId') ?? '', number, answeredAt: undefined }
        : undefined;
    requests.push(`${incoming.method ?? ''} ${decodeURIComponent(url.pathname)}`);
    if (proxy.refusesRemoval && incoming.method === 'DELETE' && !url.searchParams.has('uploadId')) {
      incoming.resume();
      outgoing
        .writeHead(403, { 'content-type': 'application/xml' })
        .end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return;
    }
    if (seen !== undefined) {
      parts.push(seen);
      if (proxy.partsLeft <= 0) {
        proxy.onKept();
        return;
      }
      proxy.partsLeft -= 1;
    }
    // The host is signed, so it goes on as it came.
    const onward = httpRequest(
      { host: target.hostname, port: target.port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        const hand = (): void => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          outgoing.once('finish', () => {
            if (seen === undefined || answer.statusCode !== 200) return;
            seen.answeredAt = performance.now();
            proxy.onPart(seen);
          });
        };
        if (seen === undefined) hand();
        else setTimeout(hand, partDelayMs);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.on('error', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(forward);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: S3Proxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parts,
    requests,
    onPart: () => undefined,
    partsLeft: Number.POSITIVE_INFINITY,
    onKept: () => undefined,
    refusesRemoval: false,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
