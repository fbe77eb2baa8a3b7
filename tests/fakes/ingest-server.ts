/** An HTTP server that answers as a test says, or passes on to a real one, and writes down what came. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  /** Milliseconds; only differences mean something. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Of a JSON array. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface IngestAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface IngestServer {
  readonly root: string;
  /** Writes only, in the order they came. */
  readonly arrivals: readonly Arrival[];
  close(): Promise<void>;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const eventsOf = (body: string): Arrival['events'] => (body.startsWith('[') ? (JSON.parse(body) as Arrival['events']) : []);

const keptHeaders = ({ headers }: IncomingMessage): Readonly<Record<string, string>> => ({
  date: headers.date ?? '',
  ...(headers['retry-after'] === undefined ? {} : { 'retry-after': headers['retry-after'] }),
});

/** Sends a request on to `root` as it is; its signature stays good, since the host that was signed goes along. */
const passOn = (root: string, incoming: IncomingMessage, body: Buffer): Promise<IngestAnswer & { readonly text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(root);
    const outgoing = httpRequest(
      { host: hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        bodyOf(answer).then((text) => {
          resolve({ status: answer.statusCode ?? 0, headers: keptHeaders(answer), text: text.toString() });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** `answer` decides about a write; without it, or when it gives nothing, the request goes on to `behind`, or is answered `{}`. */
export async function startIngestServer(
  answer: (arrival: Arrival) => IngestAnswer | undefined = () => undefined,
  behind?: string,
): Promise<IngestServer> {
  const arrivals: Arrival[] = [];
  const server = createServer((incoming, response) => {
    const at = performance.now();
    bodyOf(incoming)
      .then(async (bytes) => {
        const body = bytes.toString();
        const arrival: Arrival = { at, method: incoming.method ?? '', path: incoming.url ?? '', body, events: eventsOf(body) };
        const isWrite = arrival.method === 'PUT' || arrival.method === 'POST';
        if (isWrite) arrivals.push(arrival);
        const decided = isWrite ? answer(arrival) : undefined;
        if (decided !== undefined || behind === undefined) {
          const { status, body: said = {}, headers = {} } = decided ?? { status: 200 };
          response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(said));
          return;
        }
        const passed = await passOn(behind, incoming, bytes);
        response.writeHead(passed.status, { 'content-type': 'application/json', ...passed.headers }).end(passed.text);
      })
      // As a service whose own service has gone.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    root: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    arrivals,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
