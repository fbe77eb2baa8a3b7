import type { DeliveryOutcome } from '../send/deliver.ts';
import { sharesOf, type SegmentShare, type SentSegment } from './body-segments.ts';
import type { PlannedBody } from './planned-body.ts';

/** What was told of a body while it was delivered, so that its end tells only the rest. */
export class OutcomeLedger {
  private readonly settled = new Set<number>();
  private rejectedTold = 0;
  private readonly repeated = new Map<number, number>();

  constructor(private readonly body: PlannedBody) {}

  told(shares: readonly SegmentShare[]): void {
    this.rejectedTold += shares.reduce((sum, { rejected }) => sum + rejected.length, 0);
    const left = new Set(shares.flatMap(({ segment, remaining }) => remaining.map((row) => `${segment.batchId} ${row}`)));
    for (const segment of this.body.segments)
      for (let event = segment.firstEvent; event < segment.firstEvent + segment.events; event += 1)
        if (!left.has(`${segment.batchId} ${this.body.payload.rows[event] ?? 0}`)) this.settled.add(event);
  }

  /** Rows that an attempt may repeat, given to the segments whose rows are not settled. */
  repeats(rows: number): readonly (readonly [SentSegment, number])[] {
    let left = rows;
    return this.body.segments.map((segment) => {
      const open = rows === 0 ? 0 : this.openEvents(segment);
      const mine = Math.min(left, open);
      left -= mine;
      if (mine > 0) this.repeated.set(segment.batchId, (this.repeated.get(segment.batchId) ?? 0) + mine);
      return [segment, mine] as const;
    });
  }

  /** Of the rows that attempts might have repeated, those that were not: by batch. */
  notRepeated(actual: number): ReadonlyMap<number, number> {
    let left = [...this.repeated.values()].reduce((sum, rows) => sum + rows, 0) - actual;
    const found = new Map<number, number>();
    for (const [batchId, rows] of this.repeated) {
      const less = Math.max(0, Math.min(left, rows));
      left -= less;
      if (less > 0) found.set(batchId, less);
    }
    return found;
  }

  private openEvents(segment: SentSegment): number {
    let open = 0;
    const isOpen = this.body.remaining === undefined ? undefined : new Set(this.body.remaining);
    for (let event = segment.firstEvent; event < segment.firstEvent + segment.events; event += 1)
      if (!this.settled.has(event) && isOpen?.has(event) !== false) open += 1;
    return open;
  }

  /** What the end says beyond what was told. */
  lastShares(outcome: DeliveryOutcome, remaining: readonly number[]): readonly SegmentShare[] {
    const rejected = outcome.rejected.slice(this.rejectedTold);
    const out = new Set([...remaining, ...rejected.map(({ row }) => row)]);
    const before = this.body.remaining === undefined ? undefined : new Set(this.body.remaining);
    const accepted: number[] = [];
    for (let event = 0; event < this.body.payload.rows.length; event += 1)
      if (!this.settled.has(event) && !out.has(event) && before?.has(event) !== false) accepted.push(event);
    return sharesOf(this.body.segments, this.body.payload.rows, { accepted, rejected, remaining });
  }
}
