/** Files as loggers, log rotation and spreadsheets write them; every row has an id of its own. What becomes of each row is written down. */
import { appendFileSync, copyFileSync, mkdirSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Seeded } from '../fakes/seeded.ts';

export const operationNames = ['append', 'burst', 'partial', 'create', 'rename', 'copytruncate', 'rewrite', 'delete', 'sweep'] as const;
export type OperationName = (typeof operationNames)[number];

/** What was done, for finding out how a row came to be lost. */
export interface Operation {
  readonly at: number;
  readonly name: OperationName;
  readonly file: string;
  /** Ids written by it, first and last. */
  readonly ids: readonly [number, number] | undefined;
  readonly to?: string;
}

interface Row {
  readonly id: number;
  readonly text: string;
}

/** A file as it is on the disk now. */
interface WrittenFile {
  readonly name: string;
  readonly slot: Slot;
  rows: Row[];
  /** What of the last row is not written yet. */
  rest: { readonly bytes: Uint8Array; readonly since: number } | undefined;
  hasHeader: boolean;
  lastWriteAt: number;
}

/** A place where a logger writes: one name, one table, rotated files beside it. */
interface Slot {
  readonly table: string;
  readonly name: string;
  readonly kind: 'csv' | 'ndjson';
  readonly lineEnd: string;
  current: WrittenFile | undefined;
  rotations: number;
  rotated: WrittenFile[];
}

export interface TortureFilesOptions {
  readonly folder: string;
  readonly files: number;
  readonly random: Seeded;
  readonly now: () => number;
  /** Ids that the service has of a table. */
  readonly stored: (table: string) => ReadonlySet<number>;
  /** Whether the app has said that it is done with the file, since the time given. */
  readonly isConfirmed: (name: string, since: number) => boolean;
  readonly onOperation: (operation: Operation) => void;
}

export interface TortureFiles {
  /** Does one thing to one file; what it is depends on the random numbers and on what may be done. */
  act(): void;
  /** Ends rows that were begun more than `afterMs` ago. None may stay open for as long as the folder takes to settle. */
  finishRows(afterMs: number): void;
  /** Table of each id. */
  readonly written: ReadonlyMap<number, string>;
}

const header = 'timestamp,metrictype,id,text';
/** How often each is chosen. */
const weights: readonly (readonly [OperationName, number])[] = [
  ['append', 60],
  ['burst', 3],
  ['partial', 14],
  ['create', 8],
  ['rename', 4],
  ['copytruncate', 4],
  ['rewrite', 4],
  ['delete', 1],
  ['sweep', 2],
];

export function createTortureFiles(options: TortureFilesOptions): TortureFiles {
  const { folder, random, now, stored } = options;
  const written = new Map<number, string>();
  const slots: readonly Slot[] = Array.from({ length: options.files }, (_, index) => {
    const kind = index % 2 === 0 ? 'csv' : 'ndjson';
    const table = `f${String(index).padStart(2, '0')}`;
    const name = `${index % 7 === 0 ? 'line 7/' : ''}${table}.${kind}`;
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    return { table, kind, name, lineEnd: index % 5 === 0 ? '\r\n' : '\n', current: undefined, rotations: 0, rotated: [] };
  });
  let nextId = 1;

  const at = (name: string): string => path.join(folder, name);
  const cell = (): string => {
    const what = random.next();
    if (what < 0.6) return `plain ${String(random.between(0, 999))}`;
    if (what < 0.75) return 'several\nlines, "quoted"\n\nin one cell';
    if (what < 0.9) return 'Zürich — 21 °C, 5 €, 温度 🌡';
    return 'long '.repeat(random.between(20, random.chance(0.02) ? 20_000 : 400));
  };
  const newRow = ({ kind, table, lineEnd }: Slot): Row => {
    const id = nextId++;
    written.set(id, table);
    const time = 1_600_000_000_000 + id;
    const text = cell();
    const quoted = /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const line =
      kind === 'csv'
        ? `${String(time)},${table},${String(id)},${quoted}`
        : JSON.stringify({ timestamp: time, metrictype: table, id, text });
    return { id, text: line + lineEnd };
  };
  const newRows = (slot: Slot, count: number): Row[] => Array.from({ length: count }, () => newRow(slot));
  const textOf = (rows: readonly Row[]): string => rows.map(({ text }) => text).join('');
  const head = ({ kind, lineEnd }: Slot): string => (kind === 'csv' ? header + lineEnd : '');
  const tell = (name: OperationName, file: WrittenFile, rows: readonly Row[] = [], to?: string): void => {
    const [first, last] = [rows[0], rows.at(-1)];
    const ids = first === undefined || last === undefined ? undefined : ([first.id, last.id] as const);
    options.onOperation({ at: now(), name, file: file.name, ids, ...(to === undefined ? {} : { to }) });
  };
  const put = (file: WrittenFile, content: string | Uint8Array): void => {
    appendFileSync(at(file.name), content);
    file.lastWriteAt = now();
  };
  const finish = (file: WrittenFile): void => {
    if (file.rest === undefined) return;
    const { bytes } = file.rest;
    file.rest = undefined;
    put(file, bytes);
  };
  const areStored = (file: WrittenFile, rows: readonly Row[] = file.rows): boolean => {
    const ids = stored(file.slot.table);
    return file.rest === undefined && rows.every(({ id }) => ids.has(id));
  };

  const append = (file: WrittenFile, name: OperationName, count: number): void => {
    finish(file);
    const rows = newRows(file.slot, count);
    file.rows.push(...rows);
    const text = (file.hasHeader ? '' : head(file.slot)) + textOf(rows);
    file.hasHeader = true;
    // A cut anywhere in the last row: in a number, in a quoted cell, within a character.
    const bytes = Buffer.from(text);
    const lastBytes = Buffer.byteLength(rows.at(-1)?.text ?? '');
    const cut = name === 'partial' ? bytes.length - random.between(1, Math.max(1, lastBytes - 1)) : bytes.length;
    put(file, bytes.subarray(0, cut));
    if (cut < bytes.length) file.rest = { bytes: bytes.subarray(cut), since: now() };
    tell(name, file, rows);
  };

  const create = (slot: Slot): void => {
    const rows = newRows(slot, random.between(0, 20));
    const file: WrittenFile = { name: slot.name, slot, rows, rest: undefined, hasHeader: true, lastWriteAt: now() };
    writeFileSync(at(slot.name), head(slot) + textOf(rows), { flag: 'wx' });
    slot.current = file;
    tell('create', file, rows);
  };

  /** As logrotate does it without `copytruncate`; the logger ends its row in the renamed file. */
  const rename = (file: WrittenFile): void => {
    const { slot } = file;
    const to = `${slot.name}.${String(++slot.rotations)}`;
    renameSync(at(file.name), at(to));
    const moved: WrittenFile = { ...file, name: to };
    finish(moved);
    slot.rotated.push(moved);
    slot.current = undefined;
    tell('rename', file, [], to);
    if (random.chance(0.7)) create(slot);
  };

  const copyTruncate = (file: WrittenFile): void => {
    const { slot } = file;
    finish(file);
    const to = `${slot.name}.${String(++slot.rotations)}`;
    copyFileSync(at(file.name), at(to));
    truncateSync(at(file.name), 0);
    slot.rotated.push({ ...file, name: to });
    slot.current = { name: slot.name, slot, rows: [], rest: undefined, hasHeader: false, lastWriteAt: now() };
    tell('copytruncate', file, [], to);
    // A logger that has its file open at its end writes on; ours begins with the header again, at once or later.
    if (random.chance(0.5)) append(slot.current, 'append', random.between(1, 5));
  };

  /** As an editor saves: rows in the middle are others now, some follow at the end. */
  const rewrite = (file: WrittenFile): void => {
    finish(file);
    const from = random.between(0, file.rows.length - 1);
    const replaced = file.rows.slice(from, from + random.between(1, 5));
    if (!areStored(file, replaced) || !options.isConfirmed(file.name, file.lastWriteAt)) return;
    const rows = [...newRows(file.slot, random.between(1, 5)), ...newRows(file.slot, random.between(0, 10))];
    const changed = rows.slice(0, replaced.length);
    file.rows = [...file.rows.slice(0, from), ...changed, ...file.rows.slice(from + replaced.length), ...rows.slice(changed.length)];
    const text = head(file.slot) + textOf(file.rows);
    if (random.chance(0.5)) {
      const draft = path.join(path.dirname(at(file.name)), `.${path.basename(file.name)}.saving`);
      writeFileSync(draft, text);
      renameSync(draft, at(file.name));
    } else writeFileSync(at(file.name), text);
    file.lastWriteAt = now();
    tell('rewrite', file, rows);
  };

  const remove = (file: WrittenFile, name: 'delete' | 'sweep'): boolean => {
    // Of what was sent and not answered when the app is killed, and is gone when it starts again, it has to say that it is at risk.
    if (!areStored(file) || !options.isConfirmed(file.name, file.lastWriteAt)) return false;
    unlinkSync(at(file.name));
    tell(name, file);
    return true;
  };

  const carryOut = (name: OperationName, slot: Slot): void => {
    const file = slot.current;
    if (name === 'sweep') slot.rotated = slot.rotated.filter((rotated) => !remove(rotated, 'sweep'));
    else if (file === undefined) create(slot);
    else if (name === 'append' || name === 'partial') append(file, name, random.between(1, 15));
    else if (name === 'burst') append(file, name, random.between(300, 1_500));
    else if (file.rows.length === 0) append(file, 'append', 1);
    else if (name === 'rename') rename(file);
    else if (name === 'copytruncate') copyTruncate(file);
    else if (name === 'rewrite') rewrite(file);
    else if (name === 'delete' && remove(file, 'delete')) slot.current = undefined;
  };

  return {
    written,
    act() {
      const slot = random.pick(slots);
      if (slot === undefined) return;
      let left = random.next() * weights.reduce((sum, [, weight]) => sum + weight, 0);
      const chosen = weights.find(([, weight]) => (left -= weight) < 0)?.[0] ?? 'append';
      carryOut(chosen, slot);
    },
    finishRows(afterMs) {
      for (const { current } of slots) if (current?.rest !== undefined && now() - current.rest.since >= afterMs) finish(current);
    },
  };
}
