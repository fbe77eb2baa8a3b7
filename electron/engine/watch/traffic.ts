/** What went over the network for a folder. */
export interface Traffic {
  /** Of request bodies. */
  readonly bytesSent: number;
  readonly requests: number;
  /** Requests with rows that had been sent before. */
  readonly retries: number;
}

export const noTraffic: Traffic = { bytesSent: 0, requests: 0, retries: 0 };

export const addTraffic = (a: Traffic, b: Traffic): Traffic => ({
  bytesSent: a.bytesSent + b.bytesSent,
  requests: a.requests + b.requests,
  retries: a.retries + b.retries,
});
