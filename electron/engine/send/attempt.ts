import type { Attempt, SignedRequest } from '../model.ts';
import type { Clock, Transport } from '../ports.ts';

const defaultTimeoutMs = 120_000;
const defaultGraceMs = 5_000;

/**
 * One attempt that outlives a stop for a while: an answer that is nearly there is worth more than a request whose fate is unknown.
 * With `graceMs` 0 it is broken off at once.
 */
export async function attemptOnce(
  request: SignedRequest,
  options: { readonly timeoutMs?: number | undefined; readonly graceMs?: number | undefined },
  ports: { readonly transport: Transport; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Attempt> {
  const breakOff = new AbortController();
  const answered = new AbortController();
  const startGrace = (): void => {
    void ports.clock.sleep(options.graceMs ?? defaultGraceMs, answered.signal).then(() => {
      breakOff.abort();
    });
  };
  if (ports.signal.aborted) startGrace();
  else ports.signal.addEventListener('abort', startGrace, { once: true });
  try {
    return await ports.transport.send(request, { timeoutMs: options.timeoutMs ?? defaultTimeoutMs, signal: breakOff.signal });
  } finally {
    ports.signal.removeEventListener('abort', startGrace);
    // With a reason, or one is made for each request, stack and all.
    answered.abort('answered');
  }
}
