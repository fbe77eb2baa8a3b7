/** What a message may hold at most. */
export interface PlainDataLimits {
  /** UTF-16 units of all texts and keys together. */
  readonly maxTextLength: number;
  /** Values of any kind, containers included. */
  readonly maxValues: number;
  readonly maxDepth: number;
}

/** Enough for an upload of 10,000 files with a mapping each. */
export const messageLimits: PlainDataLimits = { maxTextLength: 16 * 1024 * 1024, maxValues: 1_000_000, maxDepth: 16 };

export type PlainData = { readonly kind: 'plain'; readonly value: unknown } | { readonly kind: 'refused'; readonly reason: string };

class Refusal extends Error {}

/**
 * Copies what came over a channel into plain objects, arrays, texts, numbers, booleans and null, or says why it is
 * something else: functions, class instances, accessors, cycles, `__proto__`, or more than `limits` allow. The copy
 * shares nothing with the message, so that parsing it runs nobody else's code.
 */
export function toPlainData(message: unknown, limits: PlainDataLimits = messageLimits): PlainData {
  const budget = { text: limits.maxTextLength, values: limits.maxValues };
  const takeText = (text: string): string => {
    budget.text -= text.length;
    if (budget.text < 0) throw new Refusal('it is too large');
    return text;
  };
  const copy = (value: unknown, depth: number): unknown => {
    budget.values -= 1;
    if (budget.values < 0) throw new Refusal('it has too many values');
    if (typeof value === 'string') return takeText(value);
    if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') return value;
    if (typeof value !== 'object') throw new Refusal(`it contains a ${typeof value}`);
    // Also ends cycles.
    if (depth >= limits.maxDepth) throw new Refusal('it is nested too deeply');
    return Array.isArray(value) ? copyArray(value, depth) : copyObject(value, depth);
  };
  const copyArray = (value: readonly unknown[], depth: number): unknown[] => {
    if (value.length > budget.values) throw new Refusal('it has too many values');
    return Array.from({ length: value.length }, (_, index) => copy(own(value, String(index)), depth + 1));
  };
  const copyObject = (value: object, depth: number): Record<string, unknown> => {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype && !isForeignObjectPrototype(prototype)) {
      throw new Refusal('it contains something else than plain objects');
    }
    const plain: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (key === '__proto__') throw new Refusal('it contains the key __proto__');
      plain[takeText(key)] = copy(own(value, key), depth + 1);
    }
    return plain;
  };
  try {
    return { kind: 'plain', value: copy(message, 0) };
  } catch (error) {
    // A proxy may throw whatever it likes.
    return { kind: 'refused', reason: error instanceof Refusal ? error.message : 'it cannot be read' };
  }
}

function own(value: object, key: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  if (descriptor !== undefined && !('value' in descriptor)) throw new Refusal('it contains an accessor');
  return descriptor?.value;
}

/** Plain objects of another realm (a test's `vm`, another context): their prototype is the end of its chain. */
function isForeignObjectPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'hasOwnProperty') &&
    Object.hasOwn(prototype, '__proto__')
  );
}
