import type { Attempt, SignedRequest } from '../../electron/engine/model.ts';
import type { Transport } from '../../electron/engine/ports.ts';

export type Reply = Attempt | ((request: SignedRequest, signal: AbortSignal) => Attempt | Promise<Attempt>);

export const answered = (status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Attempt => ({
  kind: 'answered',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

export const unsent = (cause = 'ECONNREFUSED'): Attempt => ({ kind: 'unanswered', reach: 'unsent', cause, timedOut: false });

export const timedOut = (cause = 'UND_ERR_HEADERS_TIMEOUT'): Attempt => ({ kind: 'unanswered', reach: 'unknown', cause, timedOut: true });

/** The events of a request body. */
export const eventsOf = (request: SignedRequest): readonly Record<string, unknown>[] =>
  JSON.parse(Buffer.from(request.body ?? new Uint8Array()).toString('utf8')) as Record<string, unknown>[];

/** Answers as the script says, one reply a request; the last one stays. Keeps every request. */
export class ScriptedTransport implements Transport {
  readonly requests: SignedRequest[] = [];
  private readonly script: readonly Reply[];

  constructor(...script: readonly Reply[]) {
    this.script = script;
  }

  async send(request: SignedRequest, { signal }: { readonly signal: AbortSignal }): Promise<Attempt> {
    const reply = this.script[Math.min(this.requests.length, this.script.length - 1)];
    this.requests.push(request);
    if (reply === undefined) throw new Error('the script is empty');
    return typeof reply === 'function' ? reply(request, signal) : reply;
  }

  dispose(): void {
    // Nothing is held.
  }
}
