/** Takes out of texts what must not be written: secrets that are known, and what looks like one. */
export interface Redaction {
  /** From now on this text is taken out wherever it stands. Shorter than 6 characters it is ignored: it would be everywhere. */
  add(secret: string): void;
  text(text: string): string;
  /** The value of a context entry; an entry whose name speaks of a secret has none. */
  value(name: string, value: string | number | boolean): string | number | boolean;
}

const mark = '[redacted]';
const minSecretLength = 6;
const secretName = /secret|token|password|api-?key|authori[sz]ation|credential|signature/i;

const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, mark],
  [/((?:token|signature|x-api-key|api_?key|secret(?:_?access_?key)?|password|credential)["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1${mark}`],
  [/(authorization["']?\s*[=:]\s*["']?)[^"'\r\n]+/gi, `$1${mark}`],
  // A secret access key: 40 characters of base64 with upper case, lower case and a digit; not a hex digest.
  [
    /(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]*[G-Zg-z])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/g,
    mark,
  ],
];

export function createRedaction(): Redaction {
  const secrets = new Set<string>();
  const text = (original: string): string => {
    let clean = original;
    for (const secret of secrets) clean = clean.replaceAll(secret, mark);
    for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
    return clean;
  };
  return {
    add: (secret) => {
      if (secret.length >= minSecretLength) secrets.add(secret);
    },
    text,
    value: (name, value) => {
      if (typeof value !== 'string') return value;
      return secretName.test(name) ? mark : text(value);
    },
  };
}
