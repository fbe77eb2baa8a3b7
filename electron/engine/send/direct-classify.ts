/** What a managed stream's answer means. Source: Kinesis and Firehose API References, "Errors" and "Common Error Types". */
import type { DirectRoute } from '../../../shared/model/route.ts';
import type { Attempt, Verdict } from '../model.ts';
import { isRecord, messageOf, parseJson } from './answer-text.ts';
import { classifyForbidden, classifyUnanswered } from './classify.ts';
import { classifyRecords, type RecordsAnswer } from './records-answer.ts';
import type { AboutRequest } from './row-adapter.ts';
import { pause, retry } from './verdicts.ts';

type Answered = Extract<Attempt, { kind: 'answered' }>;

const answers: Readonly<Record<DirectRoute, RecordsAnswer>> = {
  kinesis: { records: 'Records', failed: 'FailedRecordCount', isManaged: true },
  firehose: { records: 'RequestResponses', failed: 'FailedPutCount', isManaged: true },
};

/** `com.amazonaws.kinesis.v20131202#ResourceNotFoundException`, or the same in a header, with an address behind it. */
function errorTypeOf({ headers, body }: Answered): string {
  const parsed = parseJson(body);
  const inBody: unknown = isRecord(parsed) ? parsed['__type'] : undefined;
  const named = typeof inBody === 'string' && inBody !== '' ? inBody : (headers['x-amzn-errortype'] ?? '');
  return (named.split('#').at(-1) ?? '').split(':')[0]?.trim() ?? '';
}

const overload = /^(ProvisionedThroughputExceeded|LimitExceeded|Throttl|RequestLimitExceeded|TooManyRequests|KMSThrottling|Slowdown)/i;
const ofPermission = /^(AccessDenied|NotAuthorized|KMS|InvalidKMSResource|InvalidSource|OptInRequired)/i;
const ofSignature =
  /^(UnrecognizedClient|InvalidClientTokenId|IncompleteSignature|InvalidSignature|MissingAuthenticationToken|ExpiredToken|RequestExpired|SignatureDoesNotMatch|InvalidAccessKeyId)/i;

function classifyAnswer(route: DirectRoute, answer: Answered, about: AboutRequest): Verdict {
  const { status, body } = answer;
  if (status >= 200 && status < 300) return classifyRecords(answer, about, answers[route]);
  const type = errorTypeOf(answer);
  const said = messageOf(status, body);
  const message = type === '' ? said : `${type}: ${said}`;
  if (overload.test(type) || status === 429) return retry('rate-limited', message, { slowDown: true });
  if (/^ResourceNotFound/i.test(type)) return pause('stream-missing', message);
  if (ofPermission.test(type)) return pause('permission-denied', message);
  if (ofSignature.test(type)) {
    // A clock that is wrong is told in the same way as keys that are.
    const verdict = classifyForbidden(answer, message, about.nowMs);
    return verdict.kind === 'skewed' || (verdict.kind === 'pause' && verdict.code === 'clock-skewed')
      ? verdict
      : pause('credentials-refused', message);
  }
  if (status === 408 || status === 504) return retry('server-timeout', message, { possiblyApplied: true });
  // Under load, too, Firehose says that it is not available.
  if (status === 503 || /^ServiceUnavailable/i.test(type)) {
    return retry('server-failing', message, { slowDown: true, possiblyApplied: true });
  }
  if (status >= 500 || /^Internal/i.test(type)) return retry('server-failing', message, { possiblyApplied: true });
  if (status === 401 || status === 403) return classifyForbidden(answer, message, about.nowMs);
  if (status === 400 || status === 413) return { kind: 'refused', message };
  return pause('permission-denied', `${message} (status ${String(status)}; the address of the stream may be wrong)`);
}

/** Pure, as `classify` is. */
export const classifyDirect = (route: DirectRoute, attempt: Attempt, about: AboutRequest): Verdict =>
  attempt.kind === 'answered' ? classifyAnswer(route, attempt, about) : classifyUnanswered(attempt);
