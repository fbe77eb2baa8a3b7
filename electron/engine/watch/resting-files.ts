/**
 * Files about which there is nothing to do: read to their end, settled, and standing as the journal has written down. A folder may
 * have a hundred thousand of them, so no more is held than what says that one stands as it did, and where the journal has the rest.
 */
import { emptyLedger, type Ledger } from '../../../shared/model/ledger.ts';
import { grown, SlotChains } from './slot-chains.ts';
import type { FileEntry } from './tracked-file.ts';

export interface RestingFile extends FileEntry {
  /** Number of its row in the journal. */
  readonly row: number;
  /** Hash of its first row, 16 characters hex. */
  readonly firstRow: string | undefined;
  readonly ledger: Ledger;
}

type Sums = Pick<RestingFile, 'ledger' | 'sizeBytes'>;

const [deviceAt, inodeAt, sizeAt, modifiedAt, rowAt, firstRowAt, columns] = [0, 1, 2, 3, 4, 5, 7];
const firstRowPattern = /^[0-9a-f]{16}$/;
const hashOf = (device: number, inode: number): number => (Math.imul(inode % 2 ** 32, 0x9e3779b1) ^ device) >>> 0;

/** Both parts of a key of the file system, where they can be held as numbers. */
function partsOf(key: string): readonly [number, number] | undefined {
  const colon = key.indexOf(':');
  const device = Number(key.slice(0, colon));
  const inode = Number(key.slice(colon + 1));
  return `${String(device)}:${String(inode)}` === key ? [device, inode] : undefined;
}

export class RestingFiles {
  private readonly slots = new Map<string, number>();
  private readonly paths: string[] = [];
  private readonly free: number[] = [];
  /** `columns` numbers for each slot. */
  private numbers = new Float64Array(columns * 1_024);
  /** The look through the folder that found each last; 0: none. */
  private found = new Uint32Array(1_024);
  private readonly byKey = new SlotChains();
  private readonly byFirstRow = new SlotChains();
  private readonly ledger = { ...emptyLedger };
  private bytes = 0;

  get size(): number {
    return this.slots.size;
  }

  /** Sums over all of them. */
  get sums(): Sums {
    return { ledger: this.ledger, sizeBytes: this.bytes };
  }

  has(path: string): boolean {
    return this.slots.has(path);
  }

  /** False: what is known of it cannot be held here. */
  add(file: RestingFile, lookNumber: number): boolean {
    const key = partsOf(file.fileKey);
    if (key === undefined || this.slots.has(file.path)) return false;
    if (file.firstRow !== undefined && !firstRowPattern.test(file.firstRow)) return false;
    const slot = this.free.pop() ?? this.paths.length;
    if ((slot + 1) * columns > this.numbers.length) this.numbers = grown(this.numbers, new Float64Array(this.numbers.length * 2));
    if (slot >= this.found.length) this.found = grown(this.found, new Uint32Array(this.found.length * 2));
    const high = file.firstRow === undefined ? -1 : Number.parseInt(file.firstRow.slice(0, 8), 16);
    const low = file.firstRow === undefined ? -1 : Number.parseInt(file.firstRow.slice(8), 16);
    const at = slot * columns;
    [this.numbers[at + deviceAt], this.numbers[at + inodeAt]] = key;
    this.numbers[at + sizeAt] = file.sizeBytes;
    this.numbers[at + modifiedAt] = file.modifiedMs;
    this.numbers[at + rowAt] = file.row;
    this.numbers[at + firstRowAt] = high;
    this.numbers[at + firstRowAt + 1] = low;
    this.found[slot] = lookNumber;
    this.paths[slot] = file.path;
    this.slots.set(file.path, slot);
    this.byKey.add(slot, hashOf(...key));
    if (file.firstRow !== undefined) this.byFirstRow.add(slot, low);
    this.count(file, 1);
    return true;
  }

  /** Row of it in the journal, and the look through the folder that found it last. */
  at(path: string): { readonly row: number; readonly found: number } | undefined {
    const slot = this.slots.get(path);
    return slot === undefined ? undefined : { row: this.number(slot, rowAt), found: this.found[slot] ?? 0 };
  }

  /** The path of the one that had this key of the file system last. */
  withKey(key: string): string | undefined {
    const parts = partsOf(key);
    if (parts === undefined) return undefined;
    const [device, inode] = parts;
    for (const slot of this.byKey.with(hashOf(device, inode)))
      if (this.number(slot, inodeAt) === inode && this.number(slot, deviceAt) === device) return this.paths[slot];
    return undefined;
  }

  /** Paths of those that begin with a row of that hash. */
  withFirstRow(firstRow: string): readonly string[] {
    if (!firstRowPattern.test(firstRow)) return [];
    const high = Number.parseInt(firstRow.slice(0, 8), 16);
    const low = Number.parseInt(firstRow.slice(8), 16);
    return [...this.byFirstRow.with(low)].flatMap((slot) => (this.number(slot, firstRowAt) === high ? (this.paths[slot] ?? []) : []));
  }

  /** Hashes of the first rows of all, hex. */
  *firstRows(): Generator<string> {
    for (const slot of this.slots.values()) {
      const high = this.number(slot, firstRowAt);
      if (high >= 0) yield hex(high) + hex(this.number(slot, firstRowAt + 1));
    }
  }

  /** Whether it stands there just as it did; a look through the folder with that number has found it, then. */
  isFound(entry: FileEntry, lookNumber: number): boolean {
    const slot = this.slots.get(entry.path);
    if (slot === undefined) return false;
    if (this.number(slot, sizeAt) !== entry.sizeBytes || this.number(slot, modifiedAt) !== entry.modifiedMs) return false;
    const { fileKey } = entry;
    const colon = fileKey.indexOf(':');
    if (Number(fileKey.slice(colon + 1)) !== this.number(slot, inodeAt) || Number(fileKey.slice(0, colon)) !== this.number(slot, deviceAt))
      return false;
    this.found[slot] = Math.max(this.found[slot] ?? 0, lookNumber);
    return true;
  }

  /** Paths of those that no look from that number on has found. */
  *notFound(lookNumber: number): Generator<string> {
    for (const [path, slot] of this.slots) if ((this.found[slot] ?? 0) < lookNumber) yield path;
  }

  files(): IterableIterator<string> {
    return this.slots.keys();
  }

  /** @param sums what it was counted with */
  remove(path: string, sums: Sums): void {
    const slot = this.slots.get(path);
    if (slot === undefined) return;
    this.slots.delete(path);
    this.paths[slot] = '';
    this.byKey.remove(slot);
    if (this.number(slot, firstRowAt) >= 0) this.byFirstRow.remove(slot);
    this.free.push(slot);
    this.count(sums, -1);
  }

  private number(slot: number, column: number): number {
    return this.numbers[slot * columns + column] ?? 0;
  }

  private count({ ledger, sizeBytes }: Sums, sign: 1 | -1): void {
    this.bytes += sign * sizeBytes;
    this.ledger.rowsRead += sign * ledger.rowsRead;
    this.ledger.rowsConfirmed += sign * ledger.rowsConfirmed;
    this.ledger.rowsRejected += sign * ledger.rowsRejected;
    this.ledger.rowsHeld += sign * ledger.rowsHeld;
    this.ledger.possiblyRepeated += sign * ledger.possiblyRepeated;
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
