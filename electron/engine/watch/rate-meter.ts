import type { Clock } from '../ports.ts';

const windowMs = 3_000;
const leastMs = 200;

/** How fast two counters grow, over the last three seconds. */
export class RateMeter {
  private readonly samples: { readonly at: number; readonly rows: number; readonly bytes: number }[] = [];

  constructor(private readonly clock: Clock) {}

  /** A second, of each; 0 when they stand still. */
  rates(rows: number, bytes: number): { readonly rowsPerSecond: number; readonly bytesPerSecond: number } {
    const at = this.clock.monotonic();
    this.samples.push({ at, rows, bytes });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > windowMs) this.samples.shift();
    const first = this.samples[0];
    const ms = first === undefined ? 0 : at - first.at;
    if (first === undefined || ms < leastMs) return { rowsPerSecond: 0, bytesPerSecond: 0 };
    return {
      rowsPerSecond: Math.max(0, ((rows - first.rows) * 1_000) / ms),
      bytesPerSecond: Math.max(0, ((bytes - first.bytes) * 1_000) / ms),
    };
  }
}
