import { describe, expect, it } from 'vitest';
import { classifyDirect } from '../../../../electron/engine/send/direct-classify.ts';
import { answered, timedOut } from '../../../fakes/scripted-transport.ts';

const about = { eventCount: 3, attemptNumber: 1, nowMs: Date.UTC(2026, 0, 1) };
const failed = (code: string) => ({ ErrorCode: code, ErrorMessage: 'it failed' });
const refusal = (type: string, message = 'no', status = 400, headers = {}) =>
  classifyDirect('kinesis', answered(status, { __type: type, message }, headers), about);

describe('the answer of a managed stream', () => {
  it('accepts what none of its records failed of', () => {
    const done = [{}, {}, {}];
    expect(classifyDirect('kinesis', answered(200, { FailedRecordCount: 0, Records: done }), about)).toEqual({ kind: 'accepted' });
    expect(classifyDirect('firehose', answered(200, { FailedPutCount: 0, RequestResponses: done }), about)).toEqual({ kind: 'accepted' });
  });

  it('names the records to be sent again, and slows down for those that were too many', () => {
    const Records = [{ SequenceNumber: '1' }, failed('InternalFailure'), failed('ProvisionedThroughputExceededException')];
    const slow = classifyDirect('kinesis', answered(200, { FailedRecordCount: 2, Records }), about);
    expect(slow).toEqual({ kind: 'partial', retry: [1, 2], reject: [], slowDown: true });
    const other = [{}, failed('InternalFailure'), {}];
    expect(classifyDirect('kinesis', answered(200, { FailedRecordCount: 1, Records: other }), about)).toEqual({
      ...{ kind: 'partial', retry: [1], reject: [] },
    });
  });

  it('is a failure when every record was too many, so that patience has an end', () => {
    const RequestResponses = Array.from({ length: 3 }, () => failed('ServiceUnavailableException'));
    expect(classifyDirect('firehose', answered(200, { FailedPutCount: 3, RequestResponses }), about)).toMatchObject({
      ...{ kind: 'retry', code: 'rate-limited', slowDown: true, possiblyApplied: false },
    });
  });

  it('is doubted when it does not speak of every record', () => {
    for (const body of ['<html>', '', {}, { FailedRecordCount: 0, Records: [{}, {}] }, { FailedRecordCount: 2, Records: [{}, {}, {}] }]) {
      expect(classifyDirect('kinesis', answered(200, body), about)).toMatchObject({
        ...{ kind: 'retry', code: 'server-failing', possiblyApplied: true },
      });
    }
  });

  it.each([
    ['ProvisionedThroughputExceededException', { kind: 'retry', code: 'rate-limited', slowDown: true, possiblyApplied: false }],
    ['LimitExceededException', { kind: 'retry', code: 'rate-limited' }],
    ['com.amazonaws.kinesis.v20131202#KMSThrottlingException', { kind: 'retry', code: 'rate-limited' }],
    ['ResourceNotFoundException', { kind: 'pause', code: 'stream-missing' }],
    ['AccessDeniedException', { kind: 'pause', code: 'permission-denied' }],
    ['KMSAccessDeniedException', { kind: 'pause', code: 'permission-denied' }],
    ['UnrecognizedClientException', { kind: 'pause', code: 'credentials-refused' }],
    ['ExpiredTokenException', { kind: 'pause', code: 'credentials-refused' }],
    ['InvalidArgumentException', { kind: 'refused' }],
    ['ValidationException', { kind: 'refused' }],
  ])('with %s means what a person can act on', (type, verdict) => {
    expect(refusal(type)).toMatchObject(verdict);
  });

  it('is known by its header where the body does not say', () => {
    const header = { 'x-amzn-errortype': 'ResourceNotFoundException:http://internal.amazon.com/' };
    expect(classifyDirect('firehose', answered(400, '{}', header), about)).toMatchObject({ kind: 'pause', code: 'stream-missing' });
  });

  it('corrects the clock when the signature is too old', () => {
    const date = new Date(about.nowMs + 3_600_000).toUTCString();
    const said = 'Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z (20260101T010000Z - 5 min.)';
    expect(refusal('InvalidSignatureException', said, 403, { date })).toMatchObject({ kind: 'skewed', offsetMs: 3_600_000 });
    expect(refusal('InvalidSignatureException', 'The request signature we calculated does not match')).toMatchObject({
      ...{ kind: 'pause', code: 'credentials-refused' },
    });
  });

  it('may have been taken when the service failed or nobody answered', () => {
    expect(refusal('InternalFailure', 'oops', 500)).toMatchObject({ kind: 'retry', code: 'server-failing', possiblyApplied: true });
    expect(refusal('ServiceUnavailableException', 'slow', 503)).toMatchObject({ kind: 'retry', slowDown: true, possiblyApplied: true });
    expect(classifyDirect('kinesis', timedOut(), about)).toMatchObject({ kind: 'retry', code: 'server-timeout', possiblyApplied: true });
  });
});
