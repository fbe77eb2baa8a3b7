/** The answer to a request of many records, each of which was accepted or failed by itself. */
import type { Attempt, Verdict } from '../model.ts';
import { fitToKeep, isRecord, parseJson } from './answer-text.ts';
import type { AboutRequest } from './row-adapter.ts';
import { retry } from './verdicts.ts';

/** How a service writes such an answer. */
export interface RecordsAnswer {
  /** Name of the list: one entry for each record, in their order. */
  readonly records: string;
  /** Name of the number of those that failed. */
  readonly failed: string;
  /** There is an entry for each record even when none failed; and records are refused one by one for load. */
  readonly isManaged: boolean;
}

/** A record refused for any other reason than load is sent this often, in case the reason passes. */
const maxAttemptsOfOtherRecordErrors = 3;

const passingRecordErrors = /throughput|throttl|internal|limit|unavailable|timeout|timed.?out|slow.?down|busy/i;
const loadErrors = /throughput|throttl|limit|unavailable|slow.?down/i;

interface Failed {
  readonly again: readonly number[];
  readonly reject: readonly { readonly index: number; readonly message: string }[];
  /** Of those to be sent again, the ones refused for load. */
  readonly tooMany: number;
}

function failedOf(records: readonly unknown[], about: AboutRequest): Failed {
  const again: number[] = [];
  const reject: { index: number; message: string }[] = [];
  let tooMany = 0;
  for (const [index, record] of records.entries()) {
    const code: unknown = isRecord(record) ? record['ErrorCode'] : undefined;
    if (!isRecord(record) || code === undefined || code === null || code === '') continue;
    const codeText = typeof code === 'string' ? code : JSON.stringify(code);
    if (loadErrors.test(codeText)) tooMany += 1;
    if (passingRecordErrors.test(codeText) || about.attemptNumber < maxAttemptsOfOtherRecordErrors) again.push(index);
    else {
      const said: unknown = record['ErrorMessage'];
      reject.push({ index, message: fitToKeep(typeof said === 'string' && said !== '' ? `${codeText}: ${said}` : codeText) });
    }
  }
  return { again, reject, tooMany };
}

/** `records[i]` belongs to the i-th event sent; one without an `ErrorCode` was accepted. */
export function classifyRecords(answer: Extract<Attempt, { kind: 'answered' }>, about: AboutRequest, form: RecordsAnswer): Verdict {
  const parsed = parseJson(answer.body);
  const foreign = retry('server-failing', 'the answer is not the one of the service; something in between may have answered', {
    possiblyApplied: true,
  });
  if (!isRecord(parsed)) return !form.isManaged && answer.body.trim() === '' ? { kind: 'accepted' } : foreign;
  const listed = parsed[form.records];
  const records: readonly unknown[] = Array.isArray(listed) ? (listed as readonly unknown[]) : [];
  if (form.isManaged && records.length !== about.eventCount) return foreign;
  const { again, reject, tooMany } = failedOf(records, about);
  const counted: unknown = parsed[form.failed];
  const failed = again.length + reject.length;
  const isUnclear =
    (typeof counted === 'number' && counted > failed) ||
    [...again, ...reject.map(({ index }) => index)].some((index) => index >= about.eventCount);
  if (isUnclear) {
    return retry('server-failing', 'the service says that events failed, but not which', { possiblyApplied: true });
  }
  if (failed === 0) return { kind: 'accepted' };
  if (!form.isManaged || tooMany === 0) return { kind: 'partial', retry: again, reject };
  // Nothing went through: that is counted as a failure, so that it does not go on for ever.
  if (again.length === about.eventCount) return retry('rate-limited', 'the stream takes no more at present', { slowDown: true });
  return { kind: 'partial', retry: again, reject, slowDown: true };
}
