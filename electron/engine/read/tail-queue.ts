/** What waits for its turn, in the order it came; what waits already keeps its place. */
export class TailQueue<T> {
  private waiting: T[] = [];
  private next = 0;
  private readonly members = new Set<T>();

  get isEmpty(): boolean {
    return this.members.size === 0;
  }

  has(item: T): boolean {
    return this.members.has(item);
  }

  add(item: T): void {
    if (this.members.has(item)) return;
    this.members.add(item);
    this.waiting.push(item);
  }

  /** Its place stays empty. */
  remove(item: T): void {
    this.members.delete(item);
  }

  take(): T | undefined {
    while (this.next < this.waiting.length) {
      const item = this.waiting[this.next];
      this.next += 1;
      if (this.next > 1_000 && this.next * 2 > this.waiting.length) {
        this.waiting = this.waiting.slice(this.next);
        this.next = 0;
      }
      if (item !== undefined && this.members.delete(item)) return item;
    }
    this.waiting = [];
    this.next = 0;
    return undefined;
  }
}
