/** What an answer means: the one place that decides. Source: fineo-api.md, "Hosts, paths, authentication" and "Writing". */
import { assertNever } from '../errors.ts';
import type { Attempt, Verdict } from '../model.ts';
import { isRecord, messageOf, parseJson } from './answer-text.ts';
import { classifyRecords } from './records-answer.ts';
import type { AboutRequest } from './row-adapter.ts';
import { pause, retry } from './verdicts.ts';

export interface About extends AboutRequest {
  readonly operation: 'stream-events' | 'batch-data' | 'batch-status' | 'schema';
}

type Answered = Extract<Attempt, { kind: 'answered' }>;

const longestRetryAfterMs = 3_600_000;

/** Milliseconds since 1970 of the service's own clock, when it says. */
const serverTime = (answer: Answered): number | undefined => {
  const ms = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(ms) ? undefined : ms;
};

/** Seconds or a date. Source: RFC 9110, 10.2.3. */
function retryAfterMs(answer: Answered, nowMs: number): number | undefined {
  const value = answer.headers['retry-after']?.trim();
  if (value === undefined || value === '') return undefined;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - (serverTime(answer) ?? nowMs);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), longestRetryAfterMs);
}

/** `Signature expired: 20150830T123600Z is now earlier than 20150830T125500Z (20150830T130000Z - 5 min.)`: the last one is the service's now. */
function serverTimeInMessage(message: string): number | undefined {
  const match = /\((\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\s*[-+]/.exec(message);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function classifySuccess(answer: Answered, about: About): Verdict {
  switch (about.operation) {
    case 'stream-events':
      return classifyRecords(answer, about, { records: 'records', failed: 'failedRecordCount', isManaged: false });
    case 'batch-data':
      // A page of a network's login also comes with status 200.
      return answer.body.trim() === '' || isRecord(parseJson(answer.body))
        ? { kind: 'accepted' }
        : retry('server-failing', 'the answer is not the one of the batch API; something in between may have answered', {
            possiblyApplied: true,
          });
    case 'batch-status':
    case 'schema':
      return { kind: 'accepted' };
    default:
      return assertNever(about.operation);
  }
}

/** Who signs wrongly, or may not do this. */
export function classifyForbidden(answer: Answered, message: string, nowMs: number): Verdict {
  const said = `${answer.headers['x-amzn-errortype'] ?? ''} ${message}`;
  if (/signature expired|signature not yet current|RequestTimeTooSkewed|RequestExpired/i.test(said)) {
    const theirs = serverTime(answer) ?? serverTimeInMessage(answer.body);
    return theirs === undefined ? pause('clock-skewed', message) : { kind: 'skewed', offsetMs: theirs - nowMs, message };
  }
  if (/missing ?authentication ?token/i.test(said)) {
    return pause('permission-denied', `${message} (the address or the stage of the connection may be wrong)`);
  }
  if (
    /token.{0,60}expired|expired.{0,10}token|signature we calculated|SignatureDoesNotMatch|InvalidSignature|token.{0,60}invalid/i.test(said)
  ) {
    return pause('credentials-refused', message);
  }
  if (
    /UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|credential should be scoped|authorization header|IncompleteSignature/i.test(
      said,
    )
  ) {
    return pause('credentials-refused', message);
  }
  if (/not authorized|explicit deny|AccessDenied|access denied/i.test(said)) return pause('permission-denied', message);
  if (/\bForbidden\b/i.test(message) || /api key/i.test(message)) return pause('api-key-refused', message);
  return pause('permission-denied', message);
}

function classifyAnswer(answer: Answered, about: About): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return classifySuccess(answer, about);
  const message = messageOf(status, answer.body);
  const after = retryAfterMs(answer, about.nowMs);
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { kind: 'refused', message };
    case 401:
      return pause('credentials-refused', message);
    case 403:
      return classifyForbidden(answer, message, about.nowMs);
    case 408:
    case 504:
      return retry('server-timeout', message, { retryAfterMs: after, possiblyApplied: true });
    case 425:
      return retry('server-failing', message, { retryAfterMs: after });
    case 429:
      return retry('rate-limited', message, { retryAfterMs: after, slowDown: true });
    default:
      if (status >= 500)
        return retry('server-failing', message, { retryAfterMs: after, possiblyApplied: true, slowDown: after !== undefined });
      // A redirect, an unknown path, a method that is not taken: the address is not the one of the service.
      return pause('permission-denied', `${message} (status ${String(status)}; the address or the stage of the connection may be wrong)`);
  }
}

/** Pure. Every attempt has a verdict; what is not known to be final is tried again or waits for a person, never dropped. */
export const classify = (attempt: Attempt, about: About): Verdict =>
  attempt.kind === 'answered' ? classifyAnswer(attempt, about) : classifyUnanswered(attempt);

/** What became of a request that nobody answered. */
export function classifyUnanswered(attempt: Extract<Attempt, { kind: 'unanswered' }>): Verdict {
  switch (attempt.reach) {
    case 'unsent':
      return retry('server-unreachable', `no connection (${attempt.cause})`);
    case 'unknown':
      return attempt.timedOut
        ? retry('server-timeout', `no answer in time (${attempt.cause})`, { possiblyApplied: true })
        : retry('server-unreachable', `the connection was lost (${attempt.cause})`, { possiblyApplied: true });
    case 'aborted':
      return retry('server-unreachable', 'the request was broken off', { possiblyApplied: true });
    default:
      return assertNever(attempt.reach);
  }
}
