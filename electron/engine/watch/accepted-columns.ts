/** Which columns the CSV files of a folder may have: the first file's, and what somebody has accepted. The order does not matter. */
export class AcceptedColumns {
  constructor(
    private known: readonly (readonly string[])[],
    private readonly save: (sets: readonly (readonly string[])[]) => void,
  ) {}

  /** Sorted names each; undefined while any may come. */
  sets(): readonly (readonly string[])[] | undefined {
    return this.known.length === 0 ? undefined : this.known;
  }

  has(columns: readonly string[]): boolean {
    const sorted = [...columns].sort();
    return this.known.some((set) => set.length === sorted.length && set.every((name, at) => name === sorted[at]));
  }

  accept(columns: readonly string[]): void {
    if (columns.length === 0 || this.has(columns)) return;
    this.known = [...this.known, [...columns].sort()];
    this.save(this.known);
  }
}
