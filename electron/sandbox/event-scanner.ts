/**
 * Reads a JSON text of flat events as bytes, in one pass, without making values of them: numbers keep their digits, and a body of
 * megabytes becomes no garbage. Strict RFC 8259 in UTF-8; whatever `JSON.parse` refuses is refused here.
 */
import { isUtf8 } from 'node:buffer';
import { closeBrace, closeBracket, colon, InvalidJson, JsonCursor, openBrace, openBracket, quote } from './json-cursor.ts';

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
  /** By number. */
  readonly names: readonly string[];
  readonly idOf: (name: string) => number | undefined;
  readonly event: ScannedEvent;
}

export type ScanResult = { readonly kind: 'read'; readonly events: number } | { readonly kind: 'invalid'; readonly message: string };

class Scanner extends JsonCursor implements EventScan {
  readonly names: string[] = [];
  readonly event: ScannedEvent = { start: 0, end: 0, kind: 'other', fieldCount: 0, nameIds: [], valueStarts: [], valueEnds: [] };
  private readonly ids = new Map<string, number>();
  /** The names of the event before and where they stand: rows of a file have the same names in the same order. */
  private readonly expectedIds: number[] = [];
  private readonly expectedStarts: number[] = [];
  private readonly expectedEnds: number[] = [];

  readonly idOf = (name: string): number | undefined => this.ids.get(name);

  elements(visit: (scan: EventScan) => void): number {
    this.space();
    if (this.bytes[this.position] !== openBracket) throw new InvalidJson('a JSON array of events is needed');
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
}

const scan = (bytes: Buffer, run: (scanner: Scanner) => number): ScanResult => {
  if (!isUtf8(bytes)) return { kind: 'invalid', message: 'not JSON: the text is not UTF-8' };
  try {
    return { kind: 'read', events: run(new Scanner(bytes)) };
  } catch (error) {
    if (error instanceof InvalidJson) return { kind: 'invalid', message: error.message };
    throw error;
  }
};

/** Calls `visit` after each element of an array. When the result is `invalid`, what was visited must be forgotten. */
export const scanEvents = (bytes: Buffer, visit: (scan: EventScan) => void): ScanResult =>
  scan(bytes, (scanner) => scanner.elements(visit));

/** The same for a text that is one value. */
export const scanEvent = (bytes: Buffer, visit: (scan: EventScan) => void): ScanResult => scan(bytes, (scanner) => scanner.single(visit));
