/**
 * Reads a JSON text of flat events as bytes, in one pass, without making values of them: numbers keep their digits, and a body of
 * megabytes becomes no garbage. Strict RFC 8259 in UTF-8; whatever `JSON.parse` refuses is refused here.
 */
import { isUtf8 } from 'node:buffer';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const maxDepth = 500;

/** The element just read. The arrays are reused for the next one; only the first `fieldCount` entries count. */
export interface ScannedEvent {
  /** Where it stands in the bytes, `end` exclusive. */
  start: number;
  end: number;
  /** `object`: a flat one. */
  kind: 'object' | 'nested' | 'other';
  fieldCount: number;
  /** Numbers of the names in `names`, in the order of the event. */
  readonly nameIds: number[];
  /** Where the values stand, quotes included, `end` exclusive. */
  readonly valueStarts: number[];
  readonly valueEnds: number[];
}

export interface EventScan {
  /** Every field name seen so far, by number. */
  readonly names: readonly string[];
  readonly idOf: (name: string) => number | undefined;
  readonly event: ScannedEvent;
}

export type ScanResult = { readonly kind: 'read'; readonly events: number } | { readonly kind: 'invalid'; readonly message: string };

class Invalid extends Error {}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isHex = (byte: number | undefined): boolean =>
  byte !== undefined && (isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66));
const escapable = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));
const literals = ['true', 'false', 'null'].map((text) => Buffer.from(text));

class Scanner implements EventScan {
  readonly names: string[] = [];
  readonly event: ScannedEvent = { start: 0, end: 0, kind: 'other', fieldCount: 0, nameIds: [], valueStarts: [], valueEnds: [] };
  private readonly bytes: Buffer;
  private readonly ids = new Map<string, number>();
  private position = 0;
  /** Where the names of the event before stand: rows of a file have the same names in the same order. */
  private readonly expectedStarts: number[] = [];
  private readonly expectedEnds: number[] = [];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  readonly idOf = (name: string): number | undefined => this.ids.get(name);

  elements(visit: (scan: EventScan) => void): number {
    this.space();
    if (this.bytes[this.position] !== openBracket) throw new Invalid('a JSON array of events is needed');
    this.position++;
    this.space();
    let events = 0;
    if (this.bytes[this.position] === closeBracket) this.position++;
    else {
      do {
        this.element();
        events++;
        visit(this);
        this.space();
      } while (this.separator(closeBracket));
    }
    this.end();
    return events;
  }

  single(visit: (scan: EventScan) => void): number {
    this.space();
    this.element();
    this.end();
    visit(this);
    return 1;
  }

  private end(): void {
    this.space();
    if (this.position < this.bytes.length) this.unexpected();
  }

  private element(): void {
    const { event } = this;
    this.space();
    event.start = this.position;
    event.fieldCount = 0;
    if (this.bytes[this.position] === openBrace) {
      event.kind = 'object';
      this.object();
    } else {
      event.kind = 'other';
      this.value(0);
    }
    event.end = this.position;
  }

  private object(): void {
    const { bytes, event } = this;
    this.position++;
    this.space();
    if (bytes[this.position] === closeBrace) {
      this.position++;
      return;
    }
    do {
      this.space();
      const index = event.fieldCount++;
      event.nameIds[index] = this.name(index);
      this.space();
      if (bytes[this.position] !== colon) this.unexpected();
      this.position++;
      this.space();
      event.valueStarts[index] = this.position;
      if (this.value(1)) event.kind = 'nested';
      event.valueEnds[index] = this.position;
      this.space();
    } while (this.separator(closeBrace));
  }

  /** True: a comma, another one follows. */
  private separator(close: number): boolean {
    const byte = this.bytes[this.position];
    if (byte !== comma && byte !== close) this.unexpected();
    this.position++;
    return byte === comma;
  }

  private name(index: number): number {
    const { bytes } = this;
    const start = this.position;
    const expectedStart = this.expectedStarts[index];
    const expectedEnd = this.expectedEnds[index];
    if (expectedStart !== undefined && expectedEnd !== undefined) {
      let at = expectedStart;
      let here = start;
      while (at < expectedEnd && bytes[at] === bytes[here]) {
        at++;
        here++;
      }
      if (at === expectedEnd) {
        this.position = here;
        return this.expectedIds[index] ?? 0;
      }
    }
    if (bytes[start] !== quote) this.unexpected();
    this.string();
    const name = JSON.parse(bytes.toString('utf8', start, this.position)) as string;
    let id = this.ids.get(name);
    if (id === undefined) {
      id = this.names.length;
      this.names.push(name);
      this.ids.set(name, id);
    }
    this.expectedStarts[index] = start;
    this.expectedEnds[index] = this.position;
    this.expectedIds[index] = id;
    return id;
  }
  private readonly expectedIds: number[] = [];

  /** True when it is an object or an array. */
  private value(depth: number): boolean {
    switch (this.bytes[this.position]) {
      case quote:
        this.string();
        return false;
      case openBrace:
      case openBracket:
        this.nested(depth);
        return true;
      case 0x74:
      case 0x66:
      case 0x6e:
        this.literal();
        return false;
      default:
        this.number();
        return false;
    }
  }

  private string(): void {
    const { bytes } = this;
    let at = this.position + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === quote) break;
      if (byte === undefined || byte < 0x20) this.unexpected(at);
      if (byte === backslash) {
        const escaped = bytes[++at];
        if (escaped === 0x75) {
          for (let digit = 0; digit < 4; digit++) if (!isHex(bytes[++at])) this.unexpected(at);
        } else if (escaped === undefined || !escapable.has(escaped)) this.unexpected(at);
      }
      at++;
    }
    this.position = at + 1;
  }

  private number(): void {
    const { bytes } = this;
    let at = this.position;
    if (bytes[at] === 0x2d) at++;
    if (bytes[at] === 0x30) at++;
    else at = this.digits(at);
    if (bytes[at] === 0x2e) at = this.digits(at + 1);
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      at++;
      if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
      at = this.digits(at);
    }
    this.position = at;
  }

  private digits(from: number): number {
    let at = from;
    while (isDigit(this.bytes[at])) at++;
    if (at === from) this.unexpected(at);
    return at;
  }

  private literal(): void {
    for (const text of literals) {
      if (this.bytes.compare(text, 0, text.length, this.position, Math.min(this.bytes.length, this.position + text.length)) === 0) {
        this.position += text.length;
        return;
      }
    }
    this.unexpected();
  }

  private nested(depth: number): void {
    if (depth > maxDepth) throw new Invalid('nested too deeply');
    const isObject = this.bytes[this.position] === openBrace;
    const close = isObject ? closeBrace : closeBracket;
    this.position++;
    this.space();
    if (this.bytes[this.position] === close) {
      this.position++;
      return;
    }
    do {
      this.space();
      if (isObject) {
        if (this.bytes[this.position] !== quote) this.unexpected();
        this.string();
        this.space();
        if (this.bytes[this.position] !== colon) this.unexpected();
        this.position++;
        this.space();
      }
      this.value(depth + 1);
      this.space();
    } while (this.separator(close));
  }

  private space(): void {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.position++;
    }
  }

  private unexpected(at = this.position): never {
    const what = at < this.bytes.length ? `unexpected character at byte ${at}` : 'unexpected end';
    throw new Invalid(`not JSON: ${what}`);
  }
}

const scan = (bytes: Buffer, run: (scanner: Scanner) => number): ScanResult => {
  if (!isUtf8(bytes)) return { kind: 'invalid', message: 'not JSON: the text is not UTF-8' };
  try {
    return { kind: 'read', events: run(new Scanner(bytes)) };
  } catch (error) {
    if (error instanceof Invalid) return { kind: 'invalid', message: error.message };
    throw error;
  }
};

/** Calls `visit` after each element of an array. When the result is `invalid`, what was visited must be forgotten. */
export const scanEvents = (bytes: Buffer, visit: (scan: EventScan) => void): ScanResult => scan(bytes, (scanner) => scanner.elements(visit));

/** The same for a text that is one value. */
export const scanEvent = (bytes: Buffer, visit: (scan: EventScan) => void): ScanResult => scan(bytes, (scanner) => scanner.single(visit));
