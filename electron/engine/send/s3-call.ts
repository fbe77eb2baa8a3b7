/** One request to an object store until it is answered for good. */
import { UploaderError, assertNever } from '../errors.ts';
import type { ObjectCredentials, SignedRequest, UnsignedObjectRequest } from '../model.ts';
import type { Clock, CredentialSource, Random, Transport } from '../ports.ts';
import { hideSecrets } from './answer-text.ts';
import { attemptOnce } from './attempt.ts';
import { backoffDelayMs } from './backoff.ts';
import { noteFailure, noteGood, patienceLeftMs, type ConnectionLane, type Patience } from './connection-lane.ts';
import { objectAddress, type ObjectStore } from './s3-address.ts';
import { classifyObjectAnswer } from './s3-classify.ts';

export interface ObjectPorts {
  readonly transport: Transport;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  /** `signObjectRequest`; a port, because stages do not know each other. */
  sign(
    request: UnsignedObjectRequest,
    options: { readonly credentials: ObjectCredentials; readonly region: string; readonly nowMs: number },
  ): SignedRequest;
}

/** What the requests to one store share. */
export interface ObjectLane extends ConnectionLane {
  /** Where the bucket turned out to be, when that is not what the settings say. */
  found: { readonly region?: string | undefined; readonly origin?: string | undefined };
}

export interface ObjectCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Absent: the bucket itself. */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** SHA-256 of the body as hex. */
  readonly bodyDigest?: string | undefined;
  /** Before each attempt. */
  readonly onSend?: (() => void) | undefined;
}

export interface ObjectContext extends Patience {
  readonly store: ObjectStore;
  readonly connectionId: string;
  readonly lane: ObjectLane;
  readonly signal: AbortSignal;
  /** After each attempt: bytes of its body, and whether it had been tried before. */
  onAttempt?(attempt: { readonly bytes: number; readonly isRetry: boolean }): void;
}

export type ObjectAnswer =
  | { readonly kind: 'done'; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | { readonly kind: 'missing'; readonly what: 'object' | 'upload'; readonly message: string };

/** Corrections (of the clock, of the region) in a row; one more has another reason. */
const mostCorrections = 3;
/** A request has this long, and what its body takes on a very slow line. */
const answerTimeoutMs = 60_000;
const slowestBytesPerMs = 20;

/**
 * Sends until the store has answered. Failures that may pass are tried again, each attempt signed anew.
 * @throws UploaderError with a hold code when nothing passes until a person acts, or it was stopped
 */
export async function callObjectStore(call: ObjectCall, context: ObjectContext, ports: ObjectPorts): Promise<ObjectAnswer> {
  const { lane, signal, connectionId } = context;
  const { clock } = ports;
  const startedAt = clock.monotonic();
  let failures = 0;
  let corrections = 0;
  for (let attempts = 0; ; attempts += 1) {
    await lane.gate.pass(signal);
    await lane.bandwidth.acquire(call.body?.byteLength ?? 0, signal);
    await lane.rateLimit.acquire(signal);
    if (signal.aborted) throw stopped(signal);
    if (lane.pausedBy !== undefined && lane.pausedBy.at >= startedAt) throw new UploaderError(lane.pausedBy.code, lane.pausedBy.message);
    const all = await ports.credentials.get(connectionId);
    if (all === undefined) throw new UploaderError('credentials-missing', 'no credentials are saved for this connection');
    const credentials = all.objectStore ?? all;
    const region = lane.found.region ?? context.store.region;
    const address = objectAddress({ ...context.store, region }, call.key, call.query);
    const request = {
      ...{ method: call.method, origin: lane.found.origin ?? address.origin, path: address.path, headers: call.headers ?? {} },
      ...{ body: call.body, bodyDigest: call.bodyDigest },
    };
    const signed = ports.sign(request, { credentials, region, nowMs: clock.now() + lane.skewMs });
    const bytes = call.body?.byteLength ?? 0;
    call.onSend?.();
    const timeoutMs = answerTimeoutMs + bytes / slowestBytesPerMs;
    const attempt = hideSecrets(await attemptOnce(signed, { timeoutMs }, { ...ports, signal }), { ...all, ...credentials });
    if (attempt.kind === 'answered' || attempt.reach !== 'unsent') context.onAttempt?.({ bytes, isRetry: attempts > 0 });
    if (attempt.kind === 'unanswered' && attempt.reach === 'aborted') throw stopped(signal);
    const verdict = classifyObjectAnswer(attempt, clock.now());
    switch (verdict.kind) {
      case 'done':
        noteGood(lane, clock);
        return attempt.kind === 'answered' ? { kind: 'done', headers: attempt.headers, body: attempt.body } : unanswered();
      case 'missing':
        noteGood(lane, clock);
        return verdict;
      case 'hold':
        throw pause(context, clock, verdict.code, verdict.message);
      case 'skewed':
        lane.isReached = true;
        if ((corrections += 1) > mostCorrections) throw pause(context, clock, 'clock-skewed', verdict.message);
        lane.skewMs = verdict.offsetMs;
        break;
      case 'elsewhere':
        lane.isReached = true;
        if ((corrections += 1) > mostCorrections) throw pause(context, clock, 'bucket-missing', verdict.message);
        lane.found = { region: verdict.region ?? lane.found.region, origin: verdict.origin };
        break;
      case 'retry': {
        failures += 1;
        noteFailure(lane, clock, verdict, attempt.kind === 'answered');
        if (verdict.slowDown) lane.rateLimit.slowDown(undefined);
        const leftMs = patienceLeftMs(lane, clock, startedAt, context);
        if (leftMs <= 0) throw new UploaderError(verdict.code, verdict.message);
        await lane.pauses.sleep(Math.min(leftMs, backoffDelayMs({ failures }, ports.random)), signal);
        break;
      }
      default:
        return assertNever(verdict);
    }
  }
}

function pause(context: ObjectContext, clock: Clock, code: UploaderError['code'], message: string): UploaderError {
  const { lane } = context;
  lane.isReached = true;
  // What one request may not do, another may; keys that are refused are refused for all.
  if (code === 'credentials-refused' || code === 'clock-skewed' || code === 'bucket-missing') {
    lane.pausedBy = { code, message, at: clock.monotonic() };
  }
  return new UploaderError(code, message, { bucket: context.store.bucket });
}

const stopped = (signal: AbortSignal): UploaderError =>
  signal.reason instanceof UploaderError
    ? signal.reason
    : new UploaderError(signal.reason === 'engine-stopped' ? 'engine-stopped' : 'cancelled', 'stopped before everything was sent');

const unanswered = (): never => {
  throw new Error('what was not answered cannot be done');
};
