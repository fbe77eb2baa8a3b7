/** record: what earlier runs have left that nobody asks for any more is removed a little at a time, beside the work. */
import type { Clock } from './ports.ts';
import type { VersionJournal } from './record/version-journal.ts';
import type { RowHashes } from './watch/row-hashes.ts';

export interface HousekeepingParts {
  readonly journal: Pick<VersionJournal, 'pruneSettled' | 'withRowsAskedFor'>;
  readonly hashes: Pick<RowHashes, 'versions' | 'remove'>;
  readonly clock: Clock;
}

/** Files that are followed may make requests without end: of so many of the newest the history shows each, of the others the sums. */
const settledKept = 20_000;
const atATime = 500;
/** The start of a run has enough to do. */
const firstAfterMs = 3_000;
/** From one part to the next, in milliseconds. */
const pauseMs = 20;

/** Ends when everything was looked at, or `signal` aborts. Throws what the journal throws. */
export async function keepHouse({ journal, hashes, clock }: HousekeepingParts, signal: AbortSignal): Promise<void> {
  await clock.sleep(firstAfterMs, signal);
  while (!signal.aborted && journal.pruneSettled(settledKept, atATime) > 0) await clock.sleep(pauseMs, signal);
  for await (const ids of hashes.versions(atATime)) {
    if (signal.aborted) return;
    const askedFor = journal.withRowsAskedFor(ids);
    for (const id of ids) if (!askedFor.has(id)) hashes.remove(id);
    await clock.sleep(pauseMs, signal);
  }
}
