/** A single request that is not part of a delivery: of the connection test and of the schema's reader. */
import type { Attempt, Credentials, Endpoint, UnsignedRequest } from '../model.ts';
import type { Clock, Transport } from '../ports.ts';
import type { DeliveryPorts } from './delivery.ts';
import { requestTo } from './route.ts';

export interface AskPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly sign: DeliveryPorts['sign'];
}

export interface Question {
  readonly api: 'stream' | 'batch' | 'schema';
  readonly method: UnsignedRequest['method'];
  /** Below the base URL of the API, encoded. */
  readonly path: string;
  readonly body?: Uint8Array | undefined;
  /** What to add to the machine's clock. Default 0. */
  readonly skewMs?: number | undefined;
  /** Default 15,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Signs and sends once; no retry. Never rejects. */
export function ask(endpoint: Endpoint, credentials: Credentials, question: Question, ports: AskPorts): Promise<Attempt> {
  const request = { ...requestTo(question.api, endpoint, question.method, question.path), body: question.body };
  const signed = ports.sign(request, { credentials, region: endpoint.region, nowMs: ports.clock.now() + (question.skewMs ?? 0) });
  return ports.transport.send(signed, { timeoutMs: question.timeoutMs ?? 15_000, signal: question.signal ?? new AbortController().signal });
}
