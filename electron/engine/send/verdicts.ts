import type { Verdict } from '../model.ts';

type Retry = Extract<Verdict, { kind: 'retry' }>;
type Pause = Extract<Verdict, { kind: 'pause' }>;

/** Again later, signed anew. */
export const retry = (code: Retry['code'], message: string, more: Partial<Retry> = {}): Retry => ({
  kind: 'retry',
  code,
  slowDown: false,
  retryAfterMs: undefined,
  possiblyApplied: false,
  message,
  ...more,
});

/** Nothing passes until a person acts. */
export const pause = (code: Pause['code'], message: string): Pause => ({ kind: 'pause', code, message });
