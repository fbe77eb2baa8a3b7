/** Reads JSON as bytes, strictly (RFC 8259), without making values of it: whatever `JSON.parse` refuses is refused here. */

export const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
export const colon = 0x3a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;
const maxDepth = 500;

/** The text is not JSON, or not what was asked for. */
export class InvalidJson extends Error {}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isHex = (byte: number | undefined): boolean =>
  byte !== undefined && (isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66));
const escapable = new Set(Buffer.from('"\\/bfnrt'));
const literals = ['true', 'false', 'null'].map((text) => Buffer.from(text));

/** A place in a text, moved on by each method over what it is named for; throws `InvalidJson` when that is not there. */
export class JsonCursor {
  protected readonly bytes: Buffer;
  protected position = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** True when it is an object or an array. */
  protected value(depth: number): boolean {
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

  protected string(): void {
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

  protected number(): void {
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

  protected digits(from: number): number {
    let at = from;
    while (isDigit(this.bytes[at])) at++;
    if (at === from) this.unexpected(at);
    return at;
  }

  protected literal(): void {
    for (const text of literals) {
      if (this.bytes.compare(text, 0, text.length, this.position, Math.min(this.bytes.length, this.position + text.length)) === 0) {
        this.position += text.length;
        return;
      }
    }
    this.unexpected();
  }

  protected nested(depth: number): void {
    if (depth > maxDepth) throw new InvalidJson('nested too deeply');
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

  protected space(): void {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.position];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.position++;
    }
  }

  protected unexpected(at = this.position): never {
    const what = at < this.bytes.length ? `unexpected character at byte ${at}` : 'unexpected end';
    throw new InvalidJson(`not JSON: ${what}`);
  }

  /** True: a comma, another one follows. */
  protected separator(close: number): boolean {
    const byte = this.bytes[this.position];
    if (byte !== comma && byte !== close) this.unexpected();
    this.position++;
    return byte === comma;
  }
}
