/**
 * 64 bits of the row `text[start..end)`, as two halves in `into[at]` and `into[at + 1]`. Made for speed, to find equal rows among
 * those of one file; it proves nothing.
 */
export function hashRow(text: Uint8Array, start: number, end: number, into: Uint32Array, at: number): void {
  let a = 0x9e3779b1 ^ (end - start);
  let b = 0x85ebca77;
  let index = start;
  for (const last = end - 3; index < last; index += 4) {
    const word =
      (text[index] as number) |
      ((text[index + 1] as number) << 8) |
      ((text[index + 2] as number) << 16) |
      ((text[index + 3] as number) << 24);
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0xc2b2ae35) ^ (a >>> 7);
    b = (b << 13) | (b >>> 19);
  }
  for (; index < end; index += 1) {
    const byte = text[index] as number;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b + byte, 0xc2b2ae35);
    b = (b << 13) | (b >>> 19);
  }
  into[at] = mixed(a);
  into[at + 1] = mixed(b + Math.imul(a, 0x27d4eb2f));
}

function mixed(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
