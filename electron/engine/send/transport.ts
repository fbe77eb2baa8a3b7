/** HTTP over kept-alive connections (undici), every failure told as a value. */
import { Pool, type Dispatcher } from 'undici';
import type { Attempt, SignedRequest } from '../model.ts';
import type { Transport } from '../ports.ts';

export interface TransportOptions {
  /** Connections to one origin at most. Default 16. */
  readonly connectionsPerOrigin?: number;
  /** Milliseconds for a connection to come about, TLS included. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds an idle connection is kept; less than servers usually do, so that none is closed under a request. Default 4,000. */
  readonly keepAliveMs?: number;
}

/** More than any answer of the service; the rest of a longer one is read and dropped. */
const maxAnswerBytes = 1_048_576;

const timeoutCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
]);

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (typeof code === 'string' && code !== '') return code;
  // Several addresses were tried and none answered.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error ? error.name : 'Error';
};

/**
 * Reads one answer. Whether the request had begun to go out is known from undici's `onRequestStart`: before it, nothing of
 * the request has left, whatever the error is called.
 */
class AnswerReader implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private isSettled = false;
  private readonly settle: (attempt: Attempt) => void;
  private readonly signal: AbortSignal;

  constructor(signal: AbortSignal, settle: (attempt: Attempt) => void) {
    this.signal = signal;
    this.settle = settle;
    signal.addEventListener('abort', this.abort, { once: true });
  }

  private readonly abort = (): void => {
    this.end({ kind: 'unanswered', reach: 'aborted', cause: 'aborted', timedOut: false });
    this.controller?.abort(new Error('aborted'));
  };

  end(attempt: Attempt): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.signal.removeEventListener('abort', this.abort);
    this.settle(attempt);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isSettled) controller.abort(new Error('aborted'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = {};
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined) this.headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.size < maxAnswerBytes) this.chunks.push(chunk.subarray(0, maxAnswerBytes - this.size));
    this.size += chunk.byteLength;
  }

  onResponseEnd(): void {
    this.end({ kind: 'answered', status: this.status, headers: this.headers, body: Buffer.concat(this.chunks).toString('utf8') });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const cause = codeOf(error);
    this.end({
      kind: 'unanswered',
      reach: this.controller === undefined ? 'unsent' : 'unknown',
      cause,
      timedOut: timeoutCodes.has(cause),
    });
  }
}

/** One pool of connections for each origin. `send` never rejects; `dispose` ends what is under way. */
export function createTransport(options: TransportOptions = {}): Transport {
  const pools = new Map<string, Pool>();
  let isDisposed = false;

  const poolFor = (origin: string): Pool => {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const made = new Pool(origin, {
      connections: options.connectionsPerOrigin ?? 16,
      connect: { timeout: options.connectTimeoutMs ?? 10_000 },
      keepAliveTimeout: options.keepAliveMs ?? 4_000,
      pipelining: 1,
    });
    pools.set(origin, made);
    return made;
  };

  const dispatch = (request: SignedRequest, timeoutMs: number, reader: AnswerReader): void => {
    try {
      poolFor(request.origin).dispatch(
        {
          origin: request.origin,
          method: request.method,
          path: request.path,
          headers: { ...request.headers },
          body: request.body === undefined ? null : Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength),
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        },
        reader,
      );
    } catch (error) {
      // undici throws for what it will not send at all: an address or a header that is none.
      reader.end({ kind: 'unanswered', reach: 'unsent', cause: codeOf(error), timedOut: false });
    }
  };

  return {
    send: (request, { timeoutMs, signal }) =>
      new Promise<Attempt>((settle) => {
        if (signal.aborted || isDisposed) {
          settle({ kind: 'unanswered', reach: isDisposed ? 'unsent' : 'aborted', cause: 'aborted', timedOut: false });
          return;
        }
        dispatch(request, timeoutMs, new AnswerReader(signal, settle));
      }),
    async dispose() {
      isDisposed = true;
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
      pools.clear();
    },
  };
}
