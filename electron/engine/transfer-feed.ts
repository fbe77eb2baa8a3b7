import type { Transfer } from '../../shared/contract/transfers.ts';
import type { Clock } from './ports.ts';

const emitEveryMs = 100;
const rateWindowMs = 3_000;

/** Tells listeners how a running transfer goes: at most ten times a second, with rates over the last three seconds. */
export class TransferFeed {
  private readonly samples: { readonly at: number; readonly rows: number; readonly bytes: number }[] = [];
  private readonly over = new AbortController();
  private dirty = true;

  constructor(
    private readonly read: () => Transfer | undefined,
    private readonly emit: (transfer: Transfer) => void,
    private readonly clock: Clock,
  ) {}

  changed(): void {
    this.dirty = true;
  }

  /** Runs until `end`. */
  async run(): Promise<void> {
    while (!this.over.signal.aborted) {
      if (this.dirty || this.samples.length > 1) this.tell();
      await this.clock.sleep(emitEveryMs, this.over.signal);
    }
  }

  end(): void {
    this.over.abort();
    const transfer = this.read();
    if (transfer !== undefined) this.emit(transfer);
  }

  private tell(): void {
    this.dirty = false;
    const transfer = this.current();
    if (transfer !== undefined) this.emit(transfer);
  }

  /** The transfer with its present rates. */
  current(): Transfer | undefined {
    const transfer = this.read();
    if (transfer === undefined) return undefined;
    const at = this.clock.monotonic();
    this.samples.push({ at, rows: transfer.ledger.rowsConfirmed, bytes: transfer.bytesRead });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > rateWindowMs) this.samples.shift();
    const first = this.samples[0];
    const seconds = first === undefined ? 0 : (at - first.at) / 1_000;
    if (first === undefined || seconds < 0.2) return transfer;
    return {
      ...transfer,
      rowsPerSecond: Math.max(0, (transfer.ledger.rowsConfirmed - first.rows) / seconds),
      bytesPerSecond: Math.max(0, (transfer.bytesRead - first.bytes) / seconds),
    };
  }
}
