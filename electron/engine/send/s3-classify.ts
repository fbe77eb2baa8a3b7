/** What an object store's answer means: the one place that decides. Source: Amazon S3 API Reference, "Error responses". */
import type { HoldCode } from '../../../shared/error-codes.ts';
import { assertNever } from '../errors.ts';
import type { Attempt } from '../model.ts';
import { fitToKeep } from './answer-text.ts';
import { xmlValue } from './s3-xml.ts';

export type ObjectVerdict =
  | { readonly kind: 'done' }
  /** Try again later, with a new signature. `slowDown`: all requests to the store have to. */
  | {
      readonly kind: 'retry';
      readonly code: 'server-unreachable' | 'server-failing' | 'server-timeout' | 'rate-limited';
      readonly slowDown: boolean;
      readonly message: string;
    }
  /** The clock is wrong: sign again with this correction. */
  | { readonly kind: 'skewed'; readonly offsetMs: number; readonly message: string }
  /** The bucket is in another region, or at another address: sign for that, ask there. */
  | { readonly kind: 'elsewhere'; readonly region?: string | undefined; readonly origin?: string | undefined; readonly message: string }
  /** What was asked for is not there. */
  | { readonly kind: 'missing'; readonly what: 'object' | 'upload'; readonly message: string }
  /** Nothing passes until a person acts. */
  | { readonly kind: 'hold'; readonly code: HoldCode; readonly message: string };

type Answered = Extract<Attempt, { kind: 'answered' }>;

const retry = (code: Extract<ObjectVerdict, { kind: 'retry' }>['code'], message: string): ObjectVerdict => ({
  kind: 'retry',
  code,
  slowDown: code === 'rate-limited',
  message,
});
const hold = (code: HoldCode, message: string): ObjectVerdict => ({ kind: 'hold', code, message });

/** What each code of an error says, where the status alone does not. */
const byCode: Readonly<Record<string, (message: string) => ObjectVerdict>> = {
  NoSuchBucket: (message) => hold('bucket-missing', message),
  InvalidBucketName: (message) => hold('bucket-missing', message),
  NoSuchUpload: (message) => ({ kind: 'missing', what: 'upload', message }),
  NoSuchKey: (message) => ({ kind: 'missing', what: 'object', message }),
  AccessDenied: (message) => hold('bucket-forbidden', message),
  AllAccessDisabled: (message) => hold('bucket-forbidden', message),
  AccountProblem: (message) => hold('bucket-forbidden', message),
  InvalidAccessKeyId: (message) => hold('credentials-refused', message),
  SignatureDoesNotMatch: (message) => hold('credentials-refused', message),
  ExpiredToken: (message) => hold('credentials-refused', message),
  InvalidToken: (message) => hold('credentials-refused', message),
  TokenRefreshRequired: (message) => hold('credentials-refused', message),
  InvalidPart: (message) => hold('object-incomplete', message),
  InvalidPartOrder: (message) => hold('object-incomplete', message),
  EntityTooSmall: (message) => hold('object-incomplete', message),
  // The bytes were damaged or cut off on their way.
  BadDigest: (message) => retry('server-failing', message),
  InvalidDigest: (message) => retry('server-failing', message),
  XAmzContentSHA256Mismatch: (message) => retry('server-failing', message),
  IncompleteBody: (message) => retry('server-failing', message),
  InternalError: (message) => retry('server-failing', message),
  OperationAborted: (message) => retry('server-failing', message),
  RequestTimeout: (message) => retry('server-timeout', message),
  SlowDown: (message) => retry('rate-limited', message),
  TooManyRequests: (message) => retry('rate-limited', message),
  Throttling: (message) => retry('rate-limited', message),
};

function byStatus(status: number, message: string): ObjectVerdict {
  if (status === 401) return hold('credentials-refused', message);
  if (status === 403) return hold('bucket-forbidden', message);
  if (status === 404) return { kind: 'missing', what: 'object', message };
  if (status === 408 || status === 504) return retry('server-timeout', message);
  if (status === 429 || status === 503) return retry('rate-limited', message);
  if (status === 409 || status === 425 || (status >= 500 && status !== 501)) return retry('server-failing', message);
  return hold('object-refused', message);
}

/** Where the store says the bucket is, if it says so. */
function elsewhere(answer: Answered, code: string, message: string): ObjectVerdict | undefined {
  const { status, headers, body } = answer;
  const isRedirect = status === 301 || status === 302 || status === 307 || status === 308;
  const named = headers['x-amz-bucket-region'] ?? xmlValue(body, 'Region');
  if (!isRedirect && !(named !== undefined && /^(AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/.test(code)))
    return undefined;
  const location = headers['location'];
  const origin = location !== undefined && /^https?:\/\//.test(location) ? new URL(location).origin : undefined;
  if (named === undefined && origin === undefined)
    return hold('bucket-missing', `${message} (the store sends elsewhere and does not say where)`);
  return { kind: 'elsewhere', region: named, origin, message };
}

function classifyAnswer(answer: Answered, nowMs: number): ObjectVerdict {
  const { status, headers, body } = answer;
  // The completion of an upload is answered with 200 before it is known how it ends.
  const isError = /^\s*(?:<\?xml[^>]*>\s*)?<Error[\s>]/.test(body);
  if (status >= 200 && status < 300 && !isError) return { kind: 'done' };
  const code = xmlValue(body, 'Code') ?? '';
  const said = fitToKeep(xmlValue(body, 'Message') ?? '');
  const message =
    code === '' && said === '' ? `the object store answered with status ${String(status)}` : [code, said].filter(Boolean).join(': ');
  if (code === 'RequestTimeTooSkewed') {
    const theirs = Date.parse(xmlValue(body, 'ServerTime') ?? headers['date'] ?? '');
    return Number.isNaN(theirs) ? hold('clock-skewed', message) : { kind: 'skewed', offsetMs: theirs - nowMs, message };
  }
  return elsewhere(answer, code, message) ?? byCode[code]?.(message) ?? byStatus(isError && status < 300 ? 500 : status, message);
}

/** Pure. What is not known to be final is tried again or waits for a person. `nowMs`: the machine's clock, uncorrected. */
export function classifyObjectAnswer(attempt: Attempt, nowMs: number): ObjectVerdict {
  if (attempt.kind === 'answered') return classifyAnswer(attempt, nowMs);
  switch (attempt.reach) {
    case 'unsent':
      return retry('server-unreachable', `no connection to the object store (${attempt.cause})`);
    case 'unknown':
      return attempt.timedOut
        ? retry('server-timeout', `no answer of the object store in time (${attempt.cause})`)
        : retry('server-unreachable', `the connection to the object store was lost (${attempt.cause})`);
    case 'aborted':
      return retry('server-unreachable', 'the request was broken off');
    default:
      return assertNever(attempt.reach);
  }
}
