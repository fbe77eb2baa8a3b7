const smallest = 1_024;
const isHash = (hash: string): boolean => /^[0-9a-f]{16}$/.test(hash);
const high = (hash: string): number => Number.parseInt(hash.slice(0, 8), 16);
const low = (hash: string): number => Number.parseInt(hash.slice(8), 16);

/** Hashes of first rows (16 characters hex) as numbers, two for each, which cross threads as one piece. */
export function packFirstRows(hashes: Iterable<string>): Uint32Array<ArrayBuffer> {
  let packed = new Uint32Array(smallest);
  let count = 0;
  for (const hash of hashes) {
    if (!isHash(hash)) continue;
    if (count + 2 > packed.length) {
      const longer = new Uint32Array(packed.length * 2);
      longer.set(packed);
      packed = longer;
    }
    packed[count] = high(hash);
    packed[count + 1] = low(hash);
    count += 2;
  }
  return packed.slice(0, count);
}

/** A set of such hashes, for a folder may have a hundred thousand files: open addressing, eight bytes a place. */
export class FirstRows {
  private places: Uint32Array = new Uint32Array(smallest * 2);
  private size = 0;
  /** A free place holds this; so the hash that is this stands beside. */
  private hasZero = false;

  constructor(packed: Uint32Array) {
    for (let at = 0; at + 1 < packed.length; at += 2) this.enter(packed[at] ?? 0, packed[at + 1] ?? 0);
  }

  has(hash: string): boolean {
    const [upper, lower] = [high(hash), low(hash)];
    return upper === 0 && lower === 0 ? this.hasZero : this.placeOf(upper, lower) < 0;
  }

  add(hash: string): void {
    if (isHash(hash)) this.enter(high(hash), low(hash));
  }

  private enter(upper: number, lower: number): void {
    if (upper === 0 && lower === 0) {
      this.hasZero = true;
      return;
    }
    if (this.size * 4 >= this.places.length) this.widen();
    const free = this.placeOf(upper, lower);
    if (free < 0) return;
    this.places[free] = upper;
    this.places[free + 1] = lower;
    this.size += 1;
  }

  /** Where it may stand; negative: it stands somewhere. */
  private placeOf(upper: number, lower: number): number {
    const mask = this.places.length / 2 - 1;
    for (let place = (Math.imul(lower, 0x9e3779b1) ^ upper) & mask; ; place = (place + 1) & mask) {
      const [one, other] = [this.places[place * 2] ?? 0, this.places[place * 2 + 1] ?? 0];
      if (one === upper && other === lower) return -1;
      if (one === 0 && other === 0) return place * 2;
    }
  }

  private widen(): void {
    const before = this.places;
    this.places = new Uint32Array(before.length * 2);
    this.size = 0;
    for (let at = 0; at < before.length; at += 2) {
      const [upper, lower] = [before[at] ?? 0, before[at + 1] ?? 0];
      if (upper !== 0 || lower !== 0) this.enter(upper, lower);
    }
  }
}
