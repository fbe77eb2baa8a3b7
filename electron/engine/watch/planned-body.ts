import type { Payload } from '../model.ts';
import type { SentSegment } from './body-segments.ts';

/** A body that is in the journal and not settled. */
export interface PlannedBody {
  readonly name: string;
  /** Rows are those of the files. */
  readonly payload: Payload;
  readonly segments: readonly SentSegment[];
  readonly bodyId: number | undefined;
  /** An earlier run may have sent it. */
  readonly mayBeApplied: boolean;
  /** Events, by their place in the body, that are still to be sent; all when undefined. */
  readonly remaining: readonly number[] | undefined;
  nameFor(firstEvent: number, lastEvent: number): string;
  /** Gives its memory back. */
  release(): void;
}
