/**
 * Memory for request bodies, shared between the thread that fills it and the one that sends it: a fixed number of slots,
 * so that memory stays the same however large the file is, and the reader waits when all of them are under way.
 */
export class BodySlots {
  private readonly slots: SharedArrayBuffer[] = [];
  private readonly free: number[] = [];
  private readonly waiting: ((slot: number) => void)[] = [];

  constructor(
    readonly slotBytes: number,
    readonly size: number,
  ) {}

  /** A buffer over a free slot; waits until there is one. */
  async take(): Promise<Buffer> {
    return Buffer.from(await this.takeSlot());
  }

  private async takeSlot(): Promise<SharedArrayBuffer> {
    const known = this.slots[this.free.pop() ?? -1];
    if (known !== undefined) return known;
    if (this.slots.length < this.size) {
      const slot = new SharedArrayBuffer(this.slotBytes);
      this.slots.push(slot);
      return slot;
    }
    const given = await new Promise<number>((resolve) => {
      this.waiting.push(resolve);
    });
    const slot = this.slots[given];
    if (slot === undefined) throw new RangeError(`there is no slot ${String(given)}`);
    return slot;
  }

  /** Number of the slot these bytes lie in; -1 when they lie elsewhere. */
  slotOf(bytes: Uint8Array): number {
    return bytes.buffer instanceof SharedArrayBuffer ? this.slots.indexOf(bytes.buffer) : -1;
  }

  give(slot: number): void {
    const next = this.waiting.shift();
    if (next !== undefined) next(slot);
    else if (slot >= 0 && slot < this.slots.length && !this.free.includes(slot)) this.free.push(slot);
  }

  /** Gives back every slot that is not among these. */
  giveAllBut(underWay: ReadonlySet<number>): void {
    for (const slot of this.slots.keys()) if (!underWay.has(slot) && !this.free.includes(slot)) this.give(slot);
  }
}
