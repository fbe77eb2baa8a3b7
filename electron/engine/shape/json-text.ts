/** JSON texts of single values, made without parsing and printing what can stay as it is. */

const zero = 0x30;
const nine = 0x39;

const isDigit = (code: number): boolean => code >= zero && code <= nine;

/** Whether the text is a number by the grammar of JSON (RFC 8259, section 6). */
export function isJsonNumber(text: string): boolean {
  const length = text.length;
  let at = 0;
  let code = text.charCodeAt(0);
  if (code === 0x2d) code = text.charCodeAt(++at);
  if (!isDigit(code)) return false;
  if (code === zero) at += 1;
  else while (at < length && isDigit(text.charCodeAt(at))) at += 1;
  if (at === length) return true;
  if (text.charCodeAt(at) === 0x2e) {
    const first = ++at;
    while (at < length && isDigit(text.charCodeAt(at))) at += 1;
    if (at === first) return false;
    if (at === length) return true;
  }
  code = text.charCodeAt(at);
  if (code !== 0x65 && code !== 0x45) return false;
  code = text.charCodeAt(++at);
  if (code === 0x2b || code === 0x2d) at += 1;
  const first = at;
  while (at < length && isDigit(text.charCodeAt(at))) at += 1;
  return at === length && at > first;
}

/** The text as a JSON string. */
export function jsonString(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return JSON.stringify(text);
  }
  return `"${text}"`;
}
