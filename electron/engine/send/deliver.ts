/** One batch to its end: accepted, rejected event by event, or held with a reason. */
import { createHash } from 'node:crypto';
import type { HoldCode } from '../../../shared/error-codes.ts';
import { assertNever } from '../errors.ts';
import type { Attempt, Verdict } from '../model.ts';
import { fitToKeep, hideSecrets, requestIdOf } from './answer-text.ts';
import { attemptOnce } from './attempt.ts';
import { backoffDelayMs } from './backoff.ts';
import { noteFailure, noteGood, patienceLeftMs } from './connection-lane.ts';
import type { Delivery, DeliveryOutcome, DeliveryPorts, LastAttempt, RejectedRow } from './delivery.ts';
import { failedOf, firstParts, halvesOf, type Part } from './parts.ts';
import { eventCountOf } from './payload.ts';

export type { ConnectionLane } from './connection-lane.ts';
export type { DeliveryOutcome } from './delivery.ts';

/** The service's clock may be corrected twice; a third refusal for the time has another reason. */
const maxSkewsInARow = 2;

/** Sends until every event is accepted or rejected, or there is a reason to hold the rest. Never throws for what a service does. */
export async function deliver(delivery: Delivery, ports: DeliveryPorts): Promise<DeliveryOutcome> {
  const run = new DeliveryRun(delivery, ports);
  for (let part = run.next; part !== undefined; part = run.next) {
    const outcome = await run.attempt(part);
    if (outcome !== undefined) return outcome;
  }
  return run.delivered();
}

class DeliveryRun {
  private readonly startedAt: number;
  /** Still to be settled, in the order of the rows. */
  private readonly parts: Part[];
  private readonly counters = { confirmedRows: 0, attempts: 0, retries: 0, requests: 0, bytesSent: 0, possiblyRepeatedRows: 0 };
  private readonly rejected: RejectedRow[] = [];
  private last: LastAttempt = { status: undefined, requestId: undefined, answer: '' };

  constructor(
    private readonly delivery: Delivery,
    private readonly ports: DeliveryPorts,
  ) {
    this.startedAt = ports.clock.monotonic();
    this.parts = firstParts(delivery);
  }

  get next(): Part | undefined {
    return this.parts[0];
  }

  delivered(): DeliveryOutcome {
    return { kind: 'delivered', ...this.counters, rejected: this.rejected, last: this.last };
  }

  /** One request; gives the outcome when it ends the delivery. */
  async attempt(part: Part): Promise<DeliveryOutcome | undefined> {
    const { delivery, ports, counters } = this;
    const { lane, signal, to } = delivery;
    await lane.gate.pass(signal);
    await lane.bandwidth.acquire(part.payload.bytes.byteLength, signal);
    await lane.rateLimit.acquire(signal);
    if (signal.aborted) return this.stopped('stopped before everything was sent');
    if (lane.pausedBy !== undefined && lane.pausedBy.at >= this.startedAt) return this.held(lane.pausedBy.code, lane.pausedBy.message);
    const credentials = await ports.credentials.get(delivery.connectionId);
    if (credentials === undefined) return this.pause('credentials-missing', 'no credentials are saved for this connection');

    counters.attempts++;
    if (part.attempts > 0) counters.retries++;
    part.attempts++;
    const events = eventCountOf(part.payload);
    const mayRepeatRows = !to.isIdempotent && part.mayBeApplied ? events : 0;
    await delivery.onAttempt?.({ number: counters.attempts, name: part.name, events, mayRepeatRows });
    part.digest ??= createHash('sha256').update(part.payload.bytes).digest('hex');
    const request = to.requestFor(part.name, part.payload, part.digest);
    const signed = ports.sign(request, { credentials, region: to.region, nowMs: ports.clock.now() + lane.skewMs });
    const { transport, clock } = ports;
    const attempt = hideSecrets(await attemptOnce(signed, delivery, { transport, clock, signal }), credentials);
    this.account(part, attempt);
    if (attempt.kind === 'unanswered' && attempt.reach === 'aborted') {
      this.countRepeated(part, events);
      part.mayBeApplied = true;
      return this.stopped('stopped while a request was under way');
    }
    const verdict = to.classify(attempt, { eventCount: events, attemptNumber: part.attempts, nowMs: clock.now() });
    this.countRepeated(part, appliedEvents(verdict, events));
    return this.act(part, verdict, attempt.kind === 'answered');
  }

  private account(part: Part, attempt: Attempt): void {
    this.last = {
      status: attempt.kind === 'answered' ? attempt.status : undefined,
      requestId: requestIdOf(attempt),
      answer: fitToKeep(attempt.kind === 'answered' ? attempt.body : attempt.cause),
    };
    if (attempt.kind === 'unanswered' && attempt.reach === 'unsent') return;
    this.counters.requests++;
    this.counters.bytesSent += part.payload.bytes.byteLength;
  }

  /** Where nothing replaces itself, rows are repeated each time they are sent again. */
  private countRepeated(part: Part, applied: number): void {
    if (!this.delivery.to.isIdempotent && part.mayBeApplied) this.counters.possiblyRepeatedRows += applied;
  }

  private async act(part: Part, verdict: Verdict, wasAnswered: boolean): Promise<DeliveryOutcome | undefined> {
    const { delivery, ports } = this;
    const { lane } = delivery;
    if (verdict.kind !== 'skewed') part.skews = 0;
    switch (verdict.kind) {
      case 'accepted':
        noteGood(lane, ports.clock);
        this.parts.shift();
        await this.settle([...part.payload.rows], []);
        return undefined;
      case 'partial':
        noteGood(lane, ports.clock);
        if (verdict.slowDown === true) lane.rateLimit.slowDown(undefined);
        await this.keepFailed(part, verdict.retry, verdict.reject);
        return undefined;
      case 'refused':
        noteGood(lane, ports.clock);
        this.parts.shift();
        if (eventCountOf(part.payload) > 1) this.parts.unshift(...halvesOf(delivery, part));
        else await this.settle([], [{ row: part.payload.rows[0] ?? 0, message: verdict.message }]);
        return undefined;
      case 'skewed':
        lane.isReached = true;
        part.skews++;
        if (part.skews > maxSkewsInARow) return this.pause('clock-skewed', verdict.message);
        lane.skewMs = verdict.offsetMs;
        delivery.onSkew?.(verdict.offsetMs);
        return undefined;
      case 'pause':
        lane.isReached = true;
        return this.pause(verdict.code, verdict.message);
      case 'retry':
        part.failures++;
        part.mayBeApplied ||= verdict.possiblyApplied;
        noteFailure(lane, ports.clock, verdict, wasAnswered);
        if (verdict.slowDown) lane.rateLimit.slowDown(verdict.retryAfterMs);
        return this.backOff(part, verdict);
      default:
        return assertNever(verdict);
    }
  }

  /** Some events were accepted, some are to be sent again, and only those. */
  private async keepFailed(
    part: Part,
    retry: readonly number[],
    reject: readonly { readonly index: number; readonly message: string }[],
  ): Promise<void> {
    const { rows } = part.payload;
    const failed = new Set([...retry, ...reject.map(({ index }) => index)]);
    const accepted = [...rows].filter((_, index) => !failed.has(index));
    const rejected = reject.map(({ index, message }) => ({ row: rows[index] ?? 0, message }));
    this.parts.shift();
    if (retry.length > 0) this.parts.unshift(failedOf(this.delivery, part, retry));
    if (accepted.length > 0 || rejected.length > 0) await this.settle(accepted, rejected);
    if (retry.length > 0)
      await this.ports.clock.sleep(backoffDelayMs({ failures: part.failures + 1 }, this.ports.random), this.delivery.signal);
  }

  private async backOff(part: Part, verdict: Extract<Verdict, { kind: 'retry' }>): Promise<DeliveryOutcome | undefined> {
    const { clock, random } = this.ports;
    const leftMs = patienceLeftMs(this.delivery.lane, clock, this.startedAt, this.delivery);
    if (leftMs <= 0) return this.held(verdict.code, verdict.message);
    const delayMs = backoffDelayMs({ failures: part.failures, retryAfterMs: verdict.retryAfterMs }, random);
    await this.delivery.lane.pauses.sleep(Math.min(delayMs, leftMs), this.delivery.signal);
    return undefined;
  }

  /** The end of the last part is told by the outcome, not as progress. */
  private async settle(acceptedRows: readonly number[], rejected: readonly RejectedRow[]): Promise<void> {
    this.counters.confirmedRows += acceptedRows.length;
    this.rejected.push(...rejected);
    if (this.parts.length === 0) return;
    const mayHaveBeenApplied = this.mayHaveBeenApplied();
    await this.delivery.onProgress?.({ acceptedRows, rejected, remainingRows: this.remainingRows(), mayHaveBeenApplied });
  }

  private remainingRows(): number[] {
    return this.parts.flatMap(({ payload }) => [...payload.rows]);
  }

  private mayHaveBeenApplied(): boolean {
    return this.parts.some(({ mayBeApplied }) => mayBeApplied);
  }

  private held(code: HoldCode, message: string): DeliveryOutcome {
    return {
      kind: 'held',
      code,
      message,
      remainingRows: this.remainingRows(),
      mayHaveBeenApplied: this.mayHaveBeenApplied(),
      ...this.counters,
      rejected: this.rejected,
      last: this.last,
    };
  }

  private pause(code: HoldCode, message: string): DeliveryOutcome {
    this.delivery.lane.pausedBy = { code, message, at: this.ports.clock.monotonic() };
    return this.held(code, message);
  }

  private stopped(message: string): DeliveryOutcome {
    return this.held(this.delivery.signal.reason === 'engine-stopped' ? 'engine-stopped' : 'cancelled', message);
  }
}

/** How many of the events of a request are stored because of it, or may be. */
function appliedEvents(verdict: Verdict, events: number): number {
  switch (verdict.kind) {
    case 'accepted':
      return events;
    case 'partial':
      return events - verdict.retry.length - verdict.reject.length;
    case 'retry':
      return verdict.possiblyApplied ? events : 0;
    case 'skewed':
    case 'pause':
    case 'refused':
      return 0;
    default:
      return assertNever(verdict);
  }
}
