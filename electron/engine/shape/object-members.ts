/** The members of a JSON object, in the order of its text. */
export interface ObjectMembers {
  count: number;
  readonly names: string[];
  /** Text of the value of each member, as written. */
  readonly values: string[];
}

export const emptyMembers = (): ObjectMembers => ({ count: 0, names: [], values: [] });

/**
 * Takes the text of a JSON object apart without changing a digit. `text` has to be a valid JSON object (`JSON.parse` has
 * said so): this only finds where things are.
 */
export function scanObject(text: string, into: ObjectMembers): void {
  into.count = 0;
  let at = text.indexOf('{') + 1;
  for (;;) {
    const open = text.indexOf('"', at);
    if (open === -1) return;
    const close = endOfString(text, open);
    const raw = text.slice(open + 1, close);
    const name = raw.includes('\\') ? String(JSON.parse(text.slice(open, close + 1))) : raw;
    let from = text.indexOf(':', close) + 1;
    while (isSpace(text.charCodeAt(from))) from += 1;
    let to: number;
    if (text.charCodeAt(from) === 0x22) {
      to = endOfString(text, from) + 1;
    } else if (text.charCodeAt(from) === 0x7b || text.charCodeAt(from) === 0x5b) {
      to = endOfNested(text, from) + 1;
    } else {
      to = from;
      for (let code = text.charCodeAt(to); code !== 0x2c && code !== 0x7d && !isSpace(code); code = text.charCodeAt(to)) to += 1;
    }
    into.names[into.count] = name;
    into.values[into.count] = text.slice(from, to);
    into.count += 1;
    at = to;
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;

/** Offset of the quote that closes the string opened at `open`. */
function endOfString(text: string, open: number): number {
  let at = open + 1;
  for (;;) {
    const close = text.indexOf('"', at);
    let slashes = 0;
    while (text.charCodeAt(close - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return close;
    at = close + 1;
  }
}

/** Offset of the bracket that closes the object or array opened at `open`. */
function endOfNested(text: string, open: number): number {
  let depth = 0;
  for (let at = open; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
}
