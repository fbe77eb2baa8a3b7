/** Finds the cells of plain CSV records and what kind of value each is, in one walk over their bytes that never has to guess. */

/** What a cell is by its bytes alone. Numbers are those of the grammar of JSON. */
export const cellClass = {
  empty: 0,
  /** A whole number as JSON writes it. */
  integer: 1,
  /** A number as JSON writes it, with a fraction or an exponent. */
  decimal: 2,
  /** A sign at most and digits, in a way JSON does not write them: `007`, `+5`. */
  digits: 3,
  text: 4,
} as const;

export interface CellScanner {
  /**
   * Walks over the record `text[start..end)`; returns what its cells weigh, or -1 when it is not plain: another number of cells,
   * something to be escaped in JSON, an odd quote. `cells` says then what stands in each.
   */
  readonly scan: (text: Uint8Array, start: number, end: number) => number;
  /** Of each cell, from `cellAt` its number on: where it begins and ends, without its quotes, and its class. */
  readonly cells: Int32Array;
  /** Some cell is empty. */
  readonly hasEmpty: boolean;
}

const names = ['start', 'minus', 'plus', 'zero', 'integer', 'digits', 'point', 'fraction', 'e', 'sign', 'exponent', 'text'] as const;
type Name = (typeof names)[number];

/** Of each state of an unquoted cell: what the cell is if it ends there. */
const classOf: Readonly<Record<Name, number>> = {
  start: cellClass.empty,
  minus: cellClass.text,
  plus: cellClass.text,
  zero: cellClass.integer,
  integer: cellClass.integer,
  digits: cellClass.digits,
  point: cellClass.text,
  fraction: cellClass.decimal,
  e: cellClass.text,
  sign: cellClass.text,
  exponent: cellClass.decimal,
  text: cellClass.text,
};

/** The state a digit leads to; a zero at the beginning of a number is told apart. */
const afterDigit: Readonly<Record<Name, Name>> = {
  start: 'integer',
  minus: 'integer',
  plus: 'digits',
  zero: 'digits',
  integer: 'integer',
  digits: 'digits',
  point: 'fraction',
  fraction: 'fraction',
  e: 'exponent',
  sign: 'exponent',
  exponent: 'exponent',
  text: 'text',
};

/** What other signs lead to; all others lead to text. */
const afterSign: Readonly<Partial<Record<Name, Readonly<Record<string, Name>>>>> = {
  start: { '-': 'minus', '+': 'plus', 0: 'zero' },
  minus: { 0: 'zero' },
  zero: { '.': 'point', e: 'e', E: 'e' },
  integer: { '.': 'point', e: 'e', E: 'e' },
  fraction: { e: 'e', E: 'e' },
  e: { '-': 'sign', '+': 'sign' },
};

const quotedFrom = names.length;
/** Of a cell whose closing quote was seen, by its class. */
const closedFrom = 2 * names.length;
/** From here on nothing in this record is plain. */
const odd = closedFrom + Object.keys(cellClass).length;
const stateBits = 8;
const startState = 0;

const escapedInJson = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x5c;

/** By state and byte: the state that follows, moved by `stateBits`. The state `start` is that behind a delimiter and no other. */
function transitions(delimiter: number, quote: number): Uint16Array {
  const table = new Uint16Array((odd + 1) << stateBits).fill(odd << stateBits);
  const set = (state: number, byte: number, next: number): void => void (table[(state << stateBits) | byte] = next << stateBits);
  for (const [state, name] of names.entries()) {
    for (let byte = 0; byte < 256; byte += 1) {
      if (escapedInJson(byte)) continue;
      const sign = String.fromCharCode(byte);
      const next = afterSign[name]?.[sign] ?? (/\d/.test(sign) ? afterDigit[name] : 'text');
      set(state, byte, names.indexOf(next));
      set(quotedFrom + state, byte, quotedFrom + names.indexOf(next));
    }
    set(state, delimiter, startState);
    set(quotedFrom + state, quote, closedFrom + classOf[name]);
  }
  set(startState, quote, quotedFrom);
  for (const ended of Object.values(cellClass)) set(closedFrom + ended, delimiter, startState);
  return table;
}

const unended = 255;
const classBits = 3;
const classMask = 7;

/** By state: class of a cell that ends there; `unended` where none does. Those that were quoted are marked. */
const endClasses = Uint8Array.from({ length: odd + 1 }, (_none, state) => {
  const name = names[state];
  if (name !== undefined) return classOf[name];
  return state >= closedFrom && state < odd ? (1 << classBits) | (state - closedFrom) : unended;
});

/**
 * Where the weight of a cell stands: what the field of a column adds to its event beside the bytes of its value, by class. At
 * `valueClass`: -1 where those bytes count, 0 where they do not.
 */
export const weightAt = (column: number, ended: number): number => (column << classBits) | ended;
export const valueClass = 7;

/** Entries of `cells` for one of them; the last is not used. */
export const cellAt = (cell: number): number => cell << 2;

/**
 * @param width cells of a record; delimiter and quote are bytes of ASCII
 * @param weights by `weightAt`
 */
export function createCellScanner(width: number, delimiter: number, quote: number, weights: Int32Array): CellScanner {
  const table = transitions(delimiter, quote);
  const cells = new Int32Array(cellAt(width));
  const last = width - 1;
  let found = 0;

  const scan = (text: Uint8Array, start: number, end: number): number => {
    let from = start;
    let at = start;
    let weight = 0;
    let classes = 0;
    for (let cell = 0; ; cell += 1) {
      let state = startState;
      // The loop that every byte goes through: one look at a table, whatever the byte is.
      while (at < end) {
        const next = table[state | (text[at] as number)] as number;
        if (next === startState) break;
        state = next;
        at += 1;
      }
      const marked = endClasses[state >> stateBits] as number;
      if (marked === unended) return -1;
      const isQuoted = marked >> classBits;
      const ended = marked & classMask;
      const begin = from + isQuoted;
      const stop = at - isQuoted;
      const place = cellAt(cell);
      cells[place] = begin;
      cells[place + 1] = stop;
      cells[place + 2] = ended;
      classes |= 1 << ended;
      weight += (weights[weightAt(cell, ended)] as number) + ((stop - begin) & (weights[weightAt(cell, valueClass)] as number));
      if (cell === last) break;
      if (at === end) return -1;
      at += 1;
      from = at;
    }
    found = classes;
    return at === end ? weight : -1;
  };
  return {
    ...{ scan, cells },
    get hasEmpty() {
      return (found & (1 << cellClass.empty)) !== 0;
    },
  };
}
