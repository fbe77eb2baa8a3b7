const smallest = 1_024;
const none = -1;

/** Which slots have a hash, in arrays of numbers: a map with as many entries takes five times the memory. */
export class SlotChains {
  /** The first slot of each chain, by the lower bits of the hash. */
  private heads = new Int32Array(smallest).fill(none);
  /** By slot: the next one of its chain, and its hash. */
  private next = new Int32Array(smallest);
  private hashes = new Uint32Array(smallest);
  private count = 0;

  /** @param hash unsigned, 32 bits. A slot stands in one chain at a time. */
  add(slot: number, hash: number): void {
    while (slot >= this.next.length) {
      this.next = grown(this.next, new Int32Array(this.next.length * 2));
      this.hashes = grown(this.hashes, new Uint32Array(this.hashes.length * 2));
    }
    if (this.count >= this.heads.length) this.widen();
    this.hashes[slot] = hash;
    this.link(slot);
    this.count += 1;
  }

  remove(slot: number): void {
    const chain = this.chainOf(this.hashes[slot] ?? 0);
    let before = none;
    for (let at = this.heads[chain] ?? none; at !== none; at = this.next[at] ?? none) {
      if (at === slot) {
        const after = this.next[slot] ?? none;
        if (before === none) this.heads[chain] = after;
        else this.next[before] = after;
        this.count -= 1;
        return;
      }
      before = at;
    }
  }

  /** Slots with that hash, the latest first. Nothing is to be added or removed meanwhile. */
  *with(hash: number): Generator<number> {
    for (let at = this.heads[this.chainOf(hash)] ?? none; at !== none; at = this.next[at] ?? none) if (this.hashes[at] === hash) yield at;
  }

  private chainOf(hash: number): number {
    return hash & (this.heads.length - 1);
  }

  private link(slot: number): void {
    const chain = this.chainOf(this.hashes[slot] ?? 0);
    this.next[slot] = this.heads[chain] ?? none;
    this.heads[chain] = slot;
  }

  private widen(): void {
    const linked: number[] = [];
    for (const head of this.heads) for (let at = head; at !== none; at = this.next[at] ?? none) linked.push(at);
    this.heads = new Int32Array(this.heads.length * 2).fill(none);
    for (const slot of linked) this.link(slot);
  }
}

/** The same numbers in a longer array. */
export function grown<T extends Int32Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
