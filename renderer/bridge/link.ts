import type { Request } from '../../shared/contract/contract.ts';

/** A way to the engine's host. It comes back by itself after every loss until it is disposed of. */
export interface Link {
  /** Sends, or throws nothing and drops it when the way is closed: the client answers pending calls on `closed`. */
  send(request: Request): void;
  dispose(): void;
}

export interface LinkListener {
  opened(): void;
  message(data: unknown): void;
  /** `final` when there is no point in trying again, because the page was opened without its token. */
  closed(final: boolean): void;
}

export type Connect = (listener: LinkListener) => Link;

/** Pauses between attempts: quickly at first, never more than five seconds. */
export const reconnectDelayMs = (attempt: number): number => Math.min(5_000, 250 * 2 ** Math.min(attempt, 5));
