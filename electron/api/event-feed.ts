import { hostEventSchema, type HostEvent } from '../../shared/contract/contract.ts';
import { failure } from '../engine/errors.ts';
import type { Clock, Logger } from '../engine/ports.ts';

type WithoutRevision<E> = E extends HostEvent ? Omit<E, 'revision'> : never;
export type PendingEvent = WithoutRevision<HostEvent>;

/** Numbers what the host says by itself and hands it out, at most once per turn of the event loop and subject. */
export interface EventFeed {
  /** A later event with the same subject replaces one that was not handed out yet; without a subject all are kept. */
  push(event: PendingEvent, subject?: string): void;
  /** Hands out what is pending and returns the revision that is reached. */
  flush(): number;
  dispose(): void;
}

export function createEventFeed(deliver: (event: HostEvent) => void, clock: Clock, logger: Logger): EventFeed {
  const pending = new Map<string, PendingEvent>();
  let revision = 0;
  let unnamed = 0;
  let scheduled: NodeJS.Immediate | undefined;

  const number = (event: PendingEvent): HostEvent => {
    const parsed = hostEventSchema.safeParse({ ...event, revision: revision + 1 });
    revision += 1;
    if (parsed.success) return parsed.data;
    // A bug, and maybe something that must not leave: the client gets to know that it misses something.
    logger.error('an event does not keep to the contract', { event: event.kind, issues: parsed.error.issues.length });
    const notice = failure('internal', 'the application made an event that does not keep to its contract', { event: event.kind });
    return { kind: 'notice', revision, at: clock.now(), notice };
  };

  const flush = (): number => {
    if (scheduled !== undefined) clearImmediate(scheduled);
    scheduled = undefined;
    const events = [...pending.values()];
    pending.clear();
    for (const event of events) deliver(number(event));
    return revision;
  };

  return {
    push: (event, subject) => {
      unnamed += 1;
      const key = subject ?? `#${unnamed}`;
      // Deleted first, so that the order is that of the newest states.
      pending.delete(key);
      pending.set(key, event);
      scheduled ??= setImmediate(flush);
    },
    flush,
    dispose: () => {
      if (scheduled !== undefined) clearImmediate(scheduled);
      pending.clear();
    },
  };
}
