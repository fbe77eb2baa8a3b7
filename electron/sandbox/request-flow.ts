/** One request from its first byte to its answer: body, faults, gate, operation, answer. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../../shared/contract/sandbox.ts';
import { internalError, ok, requestTooLong, statusAnswer, unknownOperation, type Answer } from './answers.ts';
import type { BodyReader } from './body-reader.ts';
import type { FaultInjector } from './faults.ts';
import { carryOut, type OperationContext } from './operation-handler.ts';
import { matchOperation, type Match } from './operation-match.ts';
import { openApiDocument } from './openapi.ts';
import { refuseOwnRequest, refuseRequest, type Gate } from './request-gate.ts';
import type { RequestStats } from './request-stats.ts';

export interface FlowContext {
  readonly gate: Gate;
  readonly bodies: BodyReader;
  readonly faults: FaultInjector;
  readonly stats: RequestStats;
  readonly clockNow: () => number;
  readonly monotonicNow: () => number;
  readonly root: () => string;
  readonly operations: (nowMs: number) => OperationContext;
  /** Resolves after the time, or at once when the sandbox closes. */
  readonly wait: (delayMs: number) => Promise<void>;
  readonly isClosing: () => boolean;
  readonly onFailure: (error: unknown) => void;
}

const send = (response: ServerResponse, answer: Answer, nowMs: number): void => {
  if (response.destroyed) return;
  const requestId = randomUUID();
  const body = answer.namesRequest && typeof answer.body === 'object' ? { ...answer.body, 'request-id': requestId } : answer.body;
  const bytes = Buffer.from(JSON.stringify(body ?? {}));
  response.writeHead(answer.status, {
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
    Date: new Date(nowMs).toUTCString(),
    'x-amzn-RequestId': requestId,
    ...answer.headers,
  });
  response.end(bytes);
};

const carryOutSafely = async (context: FlowContext, match: Match, body: Buffer, failing: number, nowMs: number): Promise<Answer> => {
  try {
    return await carryOut(context.operations(nowMs), match, body, failing);
  } catch (error) {
    // A full disk, for instance: nothing of the request was stored, the sender must hear it, and so must the host.
    context.onFailure(error);
    return internalError();
  }
};

/** The answer to a request whose body is here; undefined: there is none, and the connection is as a fault left it. */
const answerTo = async (
  context: FlowContext,
  request: IncomingMessage,
  match: Match | undefined,
  body: Buffer,
  nowMs: number,
): Promise<Answer | undefined> => {
  if (!match) return unknownOperation();
  if (match.operation.api === 'sandbox') {
    return refuseOwnRequest(context.gate, request) ?? carryOutSafely(context, match, body, 0, nowMs);
  }
  const { latencyMs, effect } = context.faults.plan(request.url ?? '', match.operation.id === 'putEvents');
  const answer = await withEffect(context, request, effect, (failing) => {
    const refusal = refuseRequest(context.gate, request, body, match.operation, nowMs);
    return refusal ?? carryOutSafely(context, match, body, failing, nowMs);
  });
  if (latencyMs > 0) await context.wait(latencyMs);
  return answer;
};

const withEffect = async (
  context: FlowContext,
  request: IncomingMessage,
  fault: Fault | undefined,
  proceed: (failing: number) => Answer | Promise<Answer>,
): Promise<Answer | undefined> => {
  switch (fault?.kind) {
    case undefined:
    case 'latency':
      return proceed(0);
    case 'status':
      return statusAnswer(fault.status ?? 500, fault.retryAfterSeconds);
    case 'partial':
      return proceed(fault.records ?? 1);
    case 'hang':
      // The socket stays open until the client or the sandbox closes it.
      return undefined;
    case 'reset':
      request.socket.resetAndDestroy();
      return undefined;
    case 'apply-then-time-out': {
      const answer = await proceed(0);
      await context.wait(fault.delayMs ?? 0);
      if (answer.status !== 200) return answer;
      if (fault.status !== undefined) return statusAnswer(fault.status);
      request.socket.destroy();
      return undefined;
    }
  }
};

/** Handles one request; never rejects. */
export async function handleRequest(context: FlowContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/';
  const match = matchOperation(request.method ?? '', target);
  const isOwn = target === '/openapi.json' || match?.operation.api === 'sandbox';
  if (!isOwn) context.stats.arrived(match?.operation.isWrite ?? false, context.monotonicNow());
  const reading = await context.bodies.read(request);
  const { result } = reading;
  try {
    const nowMs = context.clockNow();
    let answer: Answer | undefined;
    if (context.isClosing() || result.kind === 'aborted') request.socket.destroy();
    else if (result.kind === 'too-long') answer = requestTooLong();
    else if (target === '/openapi.json' && request.method === 'GET') answer = ok(openApiDocument(context.root()));
    else answer = await answerTo(context, request, match, result.body, nowMs);
    if (!isOwn) context.stats.finished(match?.operation.id ?? 'unknown', answer?.status ?? 0);
    if (answer) send(response, answer, nowMs);
  } finally {
    reading.release();
  }
}
