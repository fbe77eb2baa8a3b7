import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, Verdict } from '../../../../electron/engine/model.ts';
import { classify, type About } from '../../../../electron/engine/send/classify.ts';
import { answered, timedOut, unsent } from '../../../fakes/scripted-transport.ts';

const nowMs = Date.UTC(2024, 0, 15, 12);
const stream: About = { operation: 'stream-events', eventCount: 3, attemptNumber: 1, nowMs };
const batch: About = { ...stream, operation: 'batch-data' };
const httpDate = (ms: number): string => new Date(ms).toUTCString();

const throughput = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
const invalid = { ErrorCode: 'InvalidEvent', ErrorMessage: 'not understood' };

type Row = readonly [title: string, attempt: Attempt, about: About, verdict: Partial<Verdict>];

const accepted: readonly Row[] = [
  ['{}', answered(200), stream, { kind: 'accepted' }],
  ['an empty body', answered(200, ''), stream, { kind: 'accepted' }],
  ['no records', answered(200, { failedRecordCount: 0 }), stream, { kind: 'accepted' }],
  [
    'records without codes',
    answered(200, { failedRecordCount: 0, records: [{}, { ErrorCode: null }, { ErrorCode: '' }] }),
    stream,
    { kind: 'accepted' },
  ],
  ['201', answered(201), batch, { kind: 'accepted' }],
  ['a batch', answered(200), batch, { kind: 'accepted' }],
];

const partial: readonly Row[] = [
  [
    'failures of load',
    answered(200, { failedRecordCount: 2, records: [throughput, {}, { ErrorCode: 'InternalFailure' }] }),
    stream,
    { kind: 'partial', retry: [0, 2], reject: [] },
  ],
  [
    'another failure, the first times',
    answered(200, { failedRecordCount: 1, records: [{}, invalid, {}] }),
    { ...stream, attemptNumber: 2 },
    { kind: 'partial', retry: [1], reject: [] },
  ],
  [
    'another failure, in the end',
    answered(200, { failedRecordCount: 2, records: [throughput, invalid, {}] }),
    { ...stream, attemptNumber: 3 },
    { kind: 'partial', retry: [0], reject: [{ index: 1, message: 'InvalidEvent: not understood' }] },
  ],
];

const retried: readonly Row[] = [
  [
    'failures that are not told',
    answered(200, { failedRecordCount: 2 }),
    stream,
    { kind: 'retry', code: 'server-failing', possiblyApplied: true },
  ],
  [
    'failures of events that were not sent',
    answered(200, { records: [{}, {}, {}, throughput] }),
    stream,
    { kind: 'retry', possiblyApplied: true },
  ],
  ['a login page of a network (stream)', answered(200, '<html>'), stream, { kind: 'retry', possiblyApplied: true }],
  ['a login page of a network (batch)', answered(200, '<html>'), batch, { kind: 'retry', possiblyApplied: true }],
  [
    '500',
    answered(500, { message: 'Internal server error' }),
    stream,
    { kind: 'retry', code: 'server-failing', possiblyApplied: true, slowDown: false, message: 'Internal server error' },
  ],
  [
    '502',
    answered(502, '<html>bad gateway</html>'),
    stream,
    { kind: 'retry', code: 'server-failing', message: 'the service answered with status 502' },
  ],
  [
    '503 with Retry-After',
    answered(503, {}, { 'retry-after': '2' }),
    stream,
    { kind: 'retry', code: 'server-failing', retryAfterMs: 2_000, slowDown: true },
  ],
  [
    '504',
    answered(504, { message: 'Endpoint request timed out' }),
    stream,
    { kind: 'retry', code: 'server-timeout', possiblyApplied: true },
  ],
  ['408', answered(408), stream, { kind: 'retry', code: 'server-timeout', possiblyApplied: true }],
  [
    '429',
    answered(429, { message: 'Too Many Requests' }),
    stream,
    { kind: 'retry', code: 'rate-limited', slowDown: true, retryAfterMs: undefined, possiblyApplied: false },
  ],
  [
    '429 with seconds',
    answered(429, { message: 'Limit Exceeded' }, { 'retry-after': '7' }),
    batch,
    { kind: 'retry', code: 'rate-limited', retryAfterMs: 7_000 },
  ],
  ['429 with a date', answered(429, {}, { 'retry-after': httpDate(nowMs + 9_000) }), batch, { kind: 'retry', retryAfterMs: 9_000 }],
  [
    '429 with a date, the clocks differing',
    answered(429, {}, { 'retry-after': httpDate(nowMs + 3_609_000), date: httpDate(nowMs + 3_600_000) }),
    batch,
    { kind: 'retry', retryAfterMs: 9_000 },
  ],
  [
    '429 with a date that has passed',
    answered(429, {}, { 'retry-after': httpDate(nowMs - 9_000) }),
    batch,
    { kind: 'retry', retryAfterMs: 0 },
  ],
  ['429 with nonsense', answered(429, {}, { 'retry-after': 'soon' }), batch, { kind: 'retry', retryAfterMs: undefined }],
  ['nobody there', unsent(), stream, { kind: 'retry', code: 'server-unreachable', possiblyApplied: false }],
  ['no answer in time', timedOut(), stream, { kind: 'retry', code: 'server-timeout', possiblyApplied: true }],
  [
    'a reset',
    { kind: 'unanswered', reach: 'unknown', cause: 'ECONNRESET', timedOut: false },
    stream,
    { kind: 'retry', code: 'server-unreachable', possiblyApplied: true },
  ],
  [
    'broken off',
    { kind: 'unanswered', reach: 'aborted', cause: 'aborted', timedOut: false },
    stream,
    { kind: 'retry', possiblyApplied: true },
  ],
];

const forbidden = (message: string, headers: Readonly<Record<string, string>> = {}): Attempt => answered(403, { message }, headers);
const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key.\n\nThe Canonical String for this request should have been\n'PUT\n/\n\nx-api-key:sEcReT\n'";

const final: readonly Row[] = [
  ['400', answered(400, { type: 'BadRequest', message: 'not an event' }), stream, { kind: 'refused', message: 'not an event' }],
  ['413', answered(413, 'Request Too Long'), batch, { kind: 'refused', message: 'Request Too Long' }],
  ['a wrong API key', forbidden('Forbidden'), stream, { kind: 'pause', code: 'api-key-refused', message: 'Forbidden' }],
  [
    'a wrong secret',
    forbidden(mismatch),
    stream,
    {
      kind: 'pause',
      code: 'credentials-refused',
      message: 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key.',
    },
  ],
  [
    'an unknown access key',
    forbidden('The security token included in the request is invalid.'),
    stream,
    { kind: 'pause', code: 'credentials-refused' },
  ],
  [
    'an expired token',
    forbidden('The security token included in the request is expired'),
    stream,
    { kind: 'pause', code: 'credentials-refused' },
  ],
  [
    'a wrong region',
    forbidden("Credential should be scoped to a valid region, not 'x'."),
    stream,
    { kind: 'pause', code: 'credentials-refused' },
  ],
  ['401', answered(401, { message: 'Unauthorized' }), stream, { kind: 'pause', code: 'credentials-refused' }],
  [
    'no permission',
    forbidden('User: arn:aws:iam::1:user/x is not authorized to perform: execute-api:Invoke'),
    batch,
    { kind: 'pause', code: 'permission-denied' },
  ],
  ['an unknown path of API Gateway', forbidden('Missing Authentication Token'), stream, { kind: 'pause', code: 'permission-denied' }],
  ['some other 403', forbidden('no'), stream, { kind: 'pause', code: 'permission-denied' }],
  ['404', answered(404, { message: 'Not Found' }), stream, { kind: 'pause', code: 'permission-denied' }],
  ['405', answered(405), stream, { kind: 'pause', code: 'permission-denied' }],
  ['a redirect', answered(301, ''), stream, { kind: 'pause', code: 'permission-denied' }],
  [
    'an old signature, by the Date header',
    forbidden('Signature expired: 20240115T120000Z is now earlier than 20240115T125500Z', { date: httpDate(nowMs + 3_600_000) }),
    stream,
    { kind: 'skewed', offsetMs: 3_600_000 },
  ],
  [
    'an old signature, by the message',
    forbidden('Signature expired: 20240115T120000Z is now earlier than 20240115T125500Z (20240115T130000Z - 5 min.)'),
    stream,
    { kind: 'skewed', offsetMs: 3_600_000 },
  ],
  [
    'a signature from the future',
    forbidden('Signature not yet current: 20240115T120000Z is still later than 20240115T110500Z (20240115T110000Z + 5 min.)'),
    stream,
    { kind: 'skewed', offsetMs: -3_600_000 },
  ],
  ['an old signature, and no time to go by', forbidden('Signature expired'), stream, { kind: 'pause', code: 'clock-skewed' }],
];

describe('what an answer means', () => {
  describe.each([
    ['accepted', accepted],
    ['partly accepted', partial],
    ['tried again', retried],
    ['final', final],
  ] as const)('%s', (_group, rows) => {
    it.each(rows)('%s', (_title, attempt, about, verdict) => {
      expect(classify(attempt, about)).toMatchObject(verdict);
    });
  });

  it('never shows the API key that a refusal repeats', () => {
    expect(JSON.stringify(classify(forbidden(mismatch), stream))).not.toContain('sEcReT');
  });

  it('has a verdict for every status and every body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, text) => {
        const verdict = classify(answered(status, text), stream);
        expect(['accepted', 'partial', 'retry', 'skewed', 'pause', 'refused']).toContain(verdict.kind);
        if (status >= 300) expect(verdict.kind).not.toBe('accepted');
      }),
    );
  });
});
