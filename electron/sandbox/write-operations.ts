/** Writing events: stream and batch (fineo-api.md). Whatever is answered 200 is in the database by then. */
import { badRequest, notFound, ok, type Answer } from './answers.ts';
import { takeInEvent, takeInEvents, type Intake } from './event-intake.ts';
import type { EventStore } from './event-store.ts';
import { failingRecords } from './faults.ts';
import type { SandboxLimits } from './limits.ts';

export interface WriteContext {
  readonly store: EventStore;
  readonly limits: SandboxLimits;
  readonly autoCreateMetrics: boolean;
  readonly nowMs: number;
}

const overLimit = (intake: Intake, { limits }: WriteContext): Answer | undefined =>
  intake.largestEventBytes > limits.maxEventBytes
    ? badRequest(`an event has ${intake.largestEventBytes} bytes; at most ${limits.maxEventBytes} are taken`)
    : undefined;

const requestTooLarge = (body: Buffer, maxBytes: number): Answer | undefined =>
  body.length > maxBytes ? badRequest(`the request has ${body.length} bytes; at most ${maxBytes} are taken`) : undefined;

export function putEvent(context: WriteContext, body: Buffer): Answer {
  const { store, limits, nowMs } = context;
  const tooLarge = requestTooLarge(body, limits.maxStreamRequestBytes);
  if (tooLarge) return tooLarge;
  const intake = takeInEvent(body, store.catalogue, context);
  if (intake.kind === 'invalid') return badRequest(intake.message);
  const refusal = overLimit(intake, context);
  if (refusal) return refusal;
  store.add({ intake, source: 'errors.stream', atMs: nowMs });
  return ok();
}

const failedRecord = {
  ErrorCode: 'ProvisionedThroughputExceededException',
  ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream sandbox.',
};

/** `failing`: so many records fail, as a fault wants it; they are not stored. */
export function putEvents(context: WriteContext, body: Buffer, failing: number): Answer {
  const { store, limits, nowMs } = context;
  const tooLarge = requestTooLarge(body, limits.maxStreamRequestBytes);
  if (tooLarge) return tooLarge;
  const whole = takeInEvents(body, store.catalogue, context);
  if (whole.kind === 'invalid') return badRequest(whole.message);
  if (whole.events === 0 || whole.events > limits.maxStreamEvents) {
    return badRequest(`the request has ${whole.events} events; 1 to ${limits.maxStreamEvents} are taken`);
  }
  const refusal = overLimit(whole, context);
  if (refusal) return refusal;
  const failed = failingRecords(whole.events, failing);
  const intake = failed.size === 0 ? whole : takeInEvents(body, store.catalogue, { ...context, leaveOut: (index) => failed.has(index) });
  if (intake.kind === 'read') store.add({ intake, source: 'errors.stream', atMs: nowMs });
  const records = Array.from({ length: whole.events }, (_, index) => (failed.has(index) ? failedRecord : {}));
  return ok({ failedRecordCount: failed.size, records });
}

/** The name of an upload in the store; S3 paths are names of their own. */
const uploadName = (file: string): string => `file ${file}`;

export function putBatch(context: WriteContext, file: string, body: Buffer): Answer {
  const { store, limits, nowMs } = context;
  const tooLarge = requestTooLarge(body, limits.maxBatchRequestBytes);
  if (tooLarge) return tooLarge;
  const intake = takeInEvents(body, store.catalogue, context);
  if (intake.kind === 'invalid') return badRequest(intake.message);
  const refusal = overLimit(intake, context);
  if (refusal) return refusal;
  store.add({ intake, source: 'errors.batch', atMs: nowMs, uploadName: uploadName(file) });
  return ok();
}

/** A file shows up `delayMs` after it was stored. */
export function getBatchStatus(context: WriteContext, file: string, delayMs: number): Answer {
  const receivedAt = context.store.receivedAt(uploadName(file)) ?? context.store.receivedAt(file);
  if (receivedAt === undefined || receivedAt + delayMs > context.nowMs)
    return notFound(`no file ${JSON.stringify(file)} has been received`);
  return { ...ok(), headers: { Timestamp: new Date(receivedAt).toUTCString() } };
}
