/** Telling the service of an object, and following what becomes of it. Source: fineo-api.md, "Writing: batch". */
import type { HoldCode } from '../../../shared/error-codes.ts';
import { UploaderError } from '../errors.ts';
import type { Attempt, Endpoint, ReferenceAnswer, Verdict } from '../model.ts';
import { hideSecrets, requestIdOf } from './answer-text.ts';
import { attemptOnce } from './attempt.ts';
import { backoffDelayMs } from './backoff.ts';
import { classify } from './classify.ts';
import { noteFailure, noteGood, patienceLeftMs, type ConnectionLane, type Patience } from './connection-lane.ts';
import type { DeliveryPorts } from './delivery.ts';
import { encodeSegment, requestTo } from './route.ts';

export interface Reference extends Patience {
  /** `s3://bucket/key` */
  readonly url: string;
  readonly connectionId: string;
  readonly endpoint: Endpoint;
  readonly lane: ConnectionLane;
  readonly signal: AbortSignal;
  /** After each attempt: bytes of its body, and whether it had been tried before. */
  onAttempt?(attempt: { readonly bytes: number; readonly isRetry: boolean }): void;
  /** What came of each attempt. */
  onAnswer?(answer: ReferenceAnswer): void;
}

const maxSkews = 2;

/** Told: the service will read the object. Resolves with the service's time, when it says it. Throws `UploaderError` with a hold code. */
export async function referObject(reference: Reference, ports: DeliveryPorts): Promise<number | undefined> {
  const body = new TextEncoder().encode(JSON.stringify({ filePath: reference.url }));
  const answer = await ask(reference, { method: 'POST', path: '/batch/upload/file', body }, ports);
  const at = Date.parse(answer?.headers['date'] ?? '');
  return Number.isNaN(at) ? undefined : at;
}

const firstPollMs = 300;
const longestPollMs = 20_000;
const pollGrowth = 1.6;
/** How long the service is asked before the rest is left to a later run. */
const defaultPollForMs = 900_000;
/** Seconds are what a header can say. */
const clockGrainMs = 2_000;

/**
 * Resolves with what the service says once it has received the object.
 * @param since milliseconds since 1970: what it received before was another object of the same key
 */
export async function awaitReceived(
  reference: Reference & { readonly pollForMs?: number | undefined },
  since: number,
  ports: DeliveryPorts,
): Promise<string> {
  const path = `/batch/status/${encodeSegment(reference.url)}`;
  const until = ports.clock.monotonic() + (reference.pollForMs ?? defaultPollForMs);
  for (let delayMs = firstPollMs; ; delayMs = Math.min(longestPollMs, delayMs * pollGrowth)) {
    const answer = await ask(reference, { method: 'GET', path, isMissing: (status) => status === 404 }, ports);
    const receivedAt = Date.parse(answer?.headers['timestamp'] ?? '');
    if (answer !== undefined && !(receivedAt < since - clockGrainMs)) {
      return Number.isNaN(receivedAt) ? 'received' : `received ${new Date(receivedAt).toISOString()}`;
    }
    if (ports.clock.monotonic() >= until)
      throw new UploaderError('reference-unanswered', `the service has not received ${reference.url} yet`);
    await ports.clock.sleep(delayMs, reference.signal);
  }
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Uint8Array;
  readonly isMissing?: (status: number) => boolean;
}

type Answered = Extract<Attempt, { kind: 'answered' }>;

/** Undefined: the answer that says it is not there. */
async function ask(reference: Reference, question: Question, ports: DeliveryPorts): Promise<Answered | undefined> {
  const { lane, signal, endpoint, connectionId } = reference;
  const { clock } = ports;
  const startedAt = clock.monotonic();
  let skews = 0;
  let failures = 0;
  for (let attempts = 0; ; attempts += 1) {
    await lane.gate.pass(signal);
    await lane.rateLimit.acquire(signal);
    if (signal.aborted) throw stopped(signal);
    if (lane.pausedBy !== undefined && lane.pausedBy.at >= startedAt) throw new UploaderError(lane.pausedBy.code, lane.pausedBy.message);
    const credentials = await ports.credentials.get(connectionId);
    if (credentials === undefined) throw new UploaderError('credentials-missing', 'no credentials are saved for this connection');
    const request = { ...requestTo('batch', endpoint, question.method, question.path), body: question.body };
    const signed = ports.sign(request, { credentials, region: endpoint.region, nowMs: clock.now() + lane.skewMs });
    const attempt = hideSecrets(await attemptOnce(signed, {}, { ...ports, signal }), credentials);
    reference.onAttempt?.({ bytes: question.body?.byteLength ?? 0, isRetry: attempts > 0 });
    if (attempt.kind === 'unanswered' && attempt.reach === 'aborted') throw stopped(signal);
    reference.onAnswer?.({
      operation: question.method === 'GET' ? 'ask' : 'refer',
      status: attempt.kind === 'answered' ? attempt.status : undefined,
      requestId: requestIdOf(attempt),
    });
    if (attempt.kind === 'answered' && question.isMissing?.(attempt.status) === true) {
      noteGood(lane, clock);
      return undefined;
    }
    const operation = question.method === 'GET' ? 'batch-status' : 'batch-data';
    const verdict: Verdict = classify(attempt, { operation, eventCount: 1, attemptNumber: attempts + 1, nowMs: clock.now() });
    switch (verdict.kind) {
      case 'accepted':
      case 'partial':
        noteGood(lane, clock);
        if (attempt.kind === 'answered') return attempt;
        throw new Error('what was not answered cannot be accepted');
      case 'refused':
        noteGood(lane, clock);
        throw new UploaderError('reference-refused', verdict.message, { url: reference.url });
      case 'pause':
        throw pause(lane, clock.monotonic(), verdict.code, verdict.message);
      case 'skewed':
        if ((skews += 1) > maxSkews) throw pause(lane, clock.monotonic(), 'clock-skewed', verdict.message);
        lane.skewMs = verdict.offsetMs;
        break;
      case 'retry': {
        failures += 1;
        noteFailure(lane, clock, verdict, attempt.kind === 'answered');
        if (verdict.slowDown) lane.rateLimit.slowDown(verdict.retryAfterMs);
        const leftMs = patienceLeftMs(lane, clock, startedAt, reference);
        if (leftMs <= 0) throw new UploaderError(verdict.code, verdict.message);
        const delayMs = backoffDelayMs({ failures, retryAfterMs: verdict.retryAfterMs }, ports.random);
        await lane.pauses.sleep(Math.min(leftMs, delayMs), signal);
      }
    }
  }
}

function pause(lane: ConnectionLane, at: number, code: HoldCode, message: string): UploaderError {
  lane.isReached = true;
  lane.pausedBy = { code, message, at };
  return new UploaderError(code, message);
}

const stopped = (signal: AbortSignal): UploaderError =>
  new UploaderError(
    signal.reason === 'engine-stopped' ? 'engine-stopped' : 'cancelled',
    'stopped before the service had received the file',
  );
