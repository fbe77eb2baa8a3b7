/** What an answer says, fit to be shown and kept. */
import type { Attempt, Credentials } from '../model.ts';

const maxLength = 500;

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parsed JSON of a body, undefined when it is none. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A refusal of a signature repeats the canonical request, and with it the API key: it is cut off there. Control characters
 * become blanks, and no more than 500 characters are kept.
 */
export const fitToKeep = (text: string): string => {
  const cut = text.search(/\s*The (?:Canonical String|String-to-Sign)/i);
  return (cut < 0 ? text : text.slice(0, cut))
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, maxLength);
};

const field = (parsed: unknown, ...names: readonly string[]): string | undefined => {
  if (!isRecord(parsed)) return undefined;
  for (const name of names) {
    const value = parsed[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
};

/** The service's own words, or the status when it has none. */
export function messageOf(status: number, body: string): string {
  const said = field(parseJson(body), 'message', 'Message', 'errorMessage', 'type');
  const text = fitToKeep(said ?? (body.trimStart().startsWith('<') ? '' : body));
  return text === '' ? `the service answered with status ${String(status)}` : text;
}

/** From the header `x-amzn-requestid` or the body. */
export function requestIdOf(attempt: Attempt): string | undefined {
  if (attempt.kind !== 'answered') return undefined;
  return (
    attempt.headers['x-amzn-requestid'] ?? attempt.headers['x-amz-request-id'] ?? field(parseJson(attempt.body), 'request-id', 'requestId')
  );
}

/** The same answer without the secrets that a service may have repeated: from here on it is classified, shown and kept. */
export function hideSecrets(attempt: Attempt, credentials: Credentials): Attempt {
  if (attempt.kind !== 'answered') return attempt;
  const { apiKey, objectStore } = credentials;
  const pairs = [credentials, ...(objectStore === undefined ? [] : [objectStore])];
  const secrets = [
    apiKey,
    ...pairs.flatMap(({ secretAccessKey, sessionToken, accessKeyId }) => [secretAccessKey, sessionToken, accessKeyId]),
  ];
  // What is shorter than four characters is no secret, and would tear other words apart.
  const body = secrets.reduce<string>(
    (text, secret) => (secret === undefined || secret.length < 4 ? text : text.replaceAll(secret, '[hidden]')),
    attempt.body,
  );
  return { ...attempt, body };
}
