/** What the service takes at once (fineo-api.md, Limits): the values to hold to, which a test may change. */
export interface SandboxLimits {
  /** Write requests. */
  readonly requestsPerSecond: number;
  readonly burst: number;
  readonly maxStreamEvents: number;
  /** UTF-8 bytes of one event. */
  readonly maxEventBytes: number;
  readonly maxStreamRequestBytes: number;
  readonly maxBatchRequestBytes: number;
  /** Above this, 413 from the gateway, whatever the operation. */
  readonly maxRequestBytes: number;
}

export const defaultLimits: SandboxLimits = {
  requestsPerSecond: 200,
  burst: 500,
  maxStreamEvents: 500,
  maxEventBytes: 375_000,
  maxStreamRequestBytes: 1_000_000,
  maxBatchRequestBytes: 5_000_000,
  maxRequestBytes: 10_000_000,
};

/** A token bucket; `take` answers whether the request may pass. `nowMs` must never go back. */
export function createTokenBucket(limits: Pick<SandboxLimits, 'requestsPerSecond' | 'burst'>): { take(nowMs: number): boolean } {
  let tokens = limits.burst;
  let filledAtMs: number | undefined;
  return {
    take(nowMs) {
      const passedMs = nowMs - (filledAtMs ?? nowMs);
      tokens = Math.min(limits.burst, tokens + (passedMs * limits.requestsPerSecond) / 1_000);
      filledAtMs = nowMs;
      if (tokens < 1) return false;
      tokens--;
      return true;
    },
  };
}
