/**
 * sign → send → record, for the request bodies of one watched folder: planned before they leave, settled after their answer.
 * What cannot leave waits and keeps its place in memory, so that reading stops by itself.
 */
import type { Failure } from '../../../shared/contract/common.ts';
import { UploaderError, failure } from '../errors.ts';
import type { Destination, PipelineParts } from '../pipeline-parts.ts';
import { deliver, type DeliveryOutcome } from '../send/deliver.ts';
import { serviceRows } from '../send/route.ts';
import { signRequest } from '../sign/sign-request.ts';
import type { Traffic } from './traffic.ts';
import { numbered, sharesOf, type SegmentShare } from './body-segments.ts';
import { OutcomeLedger } from './outcome-ledger.ts';
import type { PlannedBody } from './planned-body.ts';

export interface SendingParts extends PipelineParts {
  readonly destination: () => Destination;
  readonly route: 'stream' | 'batch';
  /** Ends when the folder is stopped. */
  readonly signal: AbortSignal;
  /** Rows of a segment were confirmed or rejected. Returns the size of the file's rejects with these in it. */
  readonly onShare: (share: SegmentShare, body: PlannedBody) => Promise<number>;
  /** All of it is settled. */
  readonly onSettled: (body: PlannedBody) => void;
  /** The clocks were seen to differ by so many milliseconds. */
  readonly onSkew: (skewMs: number) => void;
  readonly onTraffic: (traffic: Traffic) => void;
  readonly onRepeated: (fileId: string, rows: number) => void;
  readonly onStateChange: () => void;
  readonly onBug: (error: unknown) => void;
}

/** Where nothing passes until somebody acts, it is tried again all the same, in case somebody acted elsewhere. */
const blockedRetryMs = 60_000;
const fullDiskRetryMs = 2_000;

export class BodySending {
  private readonly underWay = new Set<Promise<void>>();
  private unblock = new AbortController();
  /** Aborted when the destination is another one: what is under way begins anew there. */
  private renewal = new AbortController();
  private blocked: Failure | undefined;
  private diskFull: Failure | undefined;
  private count = 0;

  constructor(private readonly parts: SendingParts) {}

  /** Requests on their way, those that wait for a place or a permission included. */
  get open(): number {
    return this.count;
  }

  /** Why nothing passes, when a person has to act. */
  get blockedBy(): Failure | undefined {
    return this.diskFull ?? this.blocked;
  }

  private isEnding(): boolean {
    return this.parts.signal.aborted;
  }

  /** Something was done about it: credentials, a resume, a new network. */
  retry(): void {
    const { unblock } = this;
    this.unblock = new AbortController();
    unblock.abort();
  }

  /** The address, the limits or the credentials are others: nobody goes on with those of before. */
  renew(): void {
    const { renewal } = this;
    this.renewal = new AbortController();
    renewal.abort();
    this.retry();
  }

  /** Sends in the background. */
  send(body: PlannedBody): void {
    this.count += 1;
    const sending = this.run(body)
      .catch((error: unknown) => {
        // What could not be written down for want of room stays planned, and goes out with the next start.
        if (!(error instanceof UploaderError && this.parts.signal.aborted)) this.parts.onBug(error);
      })
      .finally(() => {
        this.count -= 1;
        body.release();
        this.underWay.delete(sending);
        this.parts.onStateChange();
      });
    this.underWay.add(sending);
  }

  /** Resolves when nothing is under way. */
  async ended(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private async run(body: PlannedBody): Promise<void> {
    const { signal } = this.parts;
    let { remaining, mayBeApplied } = body;
    while (!this.isEnding()) {
      const release = await this.parts.destination().places[this.parts.route].acquire();
      const renewal = this.renewal.signal;
      let outcome: DeliveryOutcome;
      try {
        if (this.isEnding()) return;
        outcome = await this.deliver(body, remaining, mayBeApplied, AbortSignal.any([signal, renewal]));
      } finally {
        release();
      }
      if (outcome.kind === 'delivered') {
        this.passed();
        this.parts.onSettled(body);
        return;
      }
      if (this.isEnding()) return;
      remaining = outcome.remainingRows;
      mayBeApplied = outcome.mayHaveBeenApplied;
      if (renewal.aborted) continue;
      this.blocked = failure(outcome.code, outcome.message);
      this.parts.onStateChange();
      await this.parts.clock.sleep(blockedRetryMs, AbortSignal.any([signal, this.unblock.signal]));
    }
  }

  private passed(): void {
    if (this.blocked === undefined) return;
    this.blocked = undefined;
    this.retry();
  }

  private async deliver(
    body: PlannedBody,
    remaining: readonly number[] | undefined,
    mayBeApplied: boolean,
    signal: AbortSignal,
  ): Promise<DeliveryOutcome> {
    const { journal, route } = this.parts;
    const { connectionId, endpoint, lane, limits } = this.parts.destination();
    const ledger = new OutcomeLedger(body);
    const outcome = await deliver(
      {
        ...{ to: serviceRows(route, endpoint, limits), connectionId, lane, signal },
        payload: numbered(body.payload),
        remainingRows: remaining,
        name: body.name,
        nameFor: (first, last) => body.nameFor(first, last),
        mayHaveBeenSent: mayBeApplied,
        timeoutMs: this.parts.requestTimeoutMs,
        giveUpAfterMs: Infinity,
        giveUpUnreachedAfterMs: Infinity,
        giveUpLimitedAfterMs: Infinity,
        onAttempt: async ({ mayRepeatRows }) => {
          await this.recorded(() => {
            journal.atomically(() => {
              for (const [segment, rows] of ledger.repeats(mayRepeatRows)) {
                journal.markSending(segment.fileId, segment.batchId, rows);
                if (rows > 0) this.parts.onRepeated(segment.fileId, rows);
              }
            });
          });
        },
        onSkew: (skewMs) => {
          this.parts.onSkew(skewMs);
        },
        onProgress: async ({ acceptedRows, rejected, remainingRows, mayHaveBeenApplied }) => {
          const shares = sharesOf(body.segments, body.payload.rows, { accepted: acceptedRows, rejected, remaining: remainingRows });
          await this.progress(body, shares, mayHaveBeenApplied, ledger);
        },
      },
      { ...this.parts, sign: signRequest },
    );
    await this.settle(body, outcome, ledger);
    return outcome;
  }

  private async progress(body: PlannedBody, shares: readonly SegmentShare[], mayBeApplied: boolean, ledger: OutcomeLedger): Promise<void> {
    const { journal } = this.parts;
    const sizes = await this.told(body, shares);
    ledger.told(shares);
    await this.recorded(() => {
      journal.atomically(() => {
        for (const [at, { segment, accepted, rejected, remaining }] of shares.entries()) {
          journal.progress(segment.fileId, segment.batchId, {
            confirmed: accepted,
            rejected: rejected.map(() => 'server-rejected' as const),
            remaining,
            mayBeApplied,
            rejectsBytes: sizes[at] ?? 0,
          });
        }
      });
    });
  }

  private async settle(body: PlannedBody, outcome: DeliveryOutcome, ledger: OutcomeLedger): Promise<void> {
    const { journal } = this.parts;
    const remaining = outcome.kind === 'held' ? outcome.remainingRows : [];
    const shares = ledger.lastShares(outcome, remaining);
    const sizes = await this.told(body, shares);
    this.parts.onTraffic({ bytesSent: outcome.bytesSent, requests: outcome.requests, retries: outcome.retries });
    const tooMany = ledger.notRepeated(outcome.possiblyRepeatedRows);
    for (const segment of body.segments) {
      const rows = tooMany.get(segment.batchId) ?? 0;
      if (rows > 0) this.parts.onRepeated(segment.fileId, -rows);
    }
    await this.recorded(() => {
      journal.atomically(() => {
        for (const [at, { segment, accepted, rejected, remaining: left }] of shares.entries()) {
          const isHeld = left.length > 0;
          journal.endBatch(
            segment.fileId,
            segment.batchId,
            segment.transferId,
            {
              state: isHeld ? 'held' : accepted === 0 && rejected.length > 0 ? 'rejected' : 'confirmed',
              attempts: outcome.attempts,
              // A request counts once, its bytes for whom they are.
              bytesSent: Math.round((outcome.bytesSent * segment.events) / Math.max(1, body.payload.rows.length)),
              requests: at === 0 ? outcome.requests : 0,
              retries: at === 0 ? outcome.retries : 0,
              possiblyRepeated: -(tooMany.get(segment.batchId) ?? 0),
              mayBeApplied: isHeld && outcome.kind === 'held' && outcome.mayHaveBeenApplied,
              status: outcome.last.status,
              requestId: outcome.last.requestId,
              answer: outcome.last.answer,
            },
            { confirmed: accepted, rejected: rejected.map(() => 'server-rejected' as const), rejectsBytes: sizes[at] ?? 0 },
          );
        }
        if (outcome.kind === 'delivered' && body.bodyId !== undefined) journal.dropBody(body.bodyId);
      });
    });
  }

  private async told(body: PlannedBody, shares: readonly SegmentShare[]): Promise<readonly number[]> {
    const sizes: number[] = [];
    for (const share of shares) sizes.push(await this.parts.onShare(share, body));
    return sizes;
  }

  /** Writes to the journal; on a full disk it waits for room, and nothing is forgotten meanwhile. */
  async recorded<T>(write: (isRepeated: boolean) => T): Promise<T> {
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const result = write(isRepeated);
        if (this.diskFull !== undefined) {
          this.diskFull = undefined;
          this.parts.onStateChange();
        }
        return result;
      } catch (error) {
        if (!(error instanceof UploaderError) || error.code !== 'disk-full' || this.parts.signal.aborted) throw error;
        this.diskFull = error.toFailure();
        this.parts.onStateChange();
        await this.parts.clock.sleep(fullDiskRetryMs, this.parts.signal);
      }
    }
  }
}
