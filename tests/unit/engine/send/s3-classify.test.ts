import { describe, expect, it } from 'vitest';
import { classifyObjectAnswer } from '../../../../electron/engine/send/s3-classify.ts';
import { answered, timedOut, unsent } from '../../../fakes/scripted-transport.ts';

const now = Date.UTC(2024, 0, 15, 12);
const error = (code: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>said so</Message>${more}</Error>`;
const verdictOf = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) =>
  classifyObjectAnswer(answered(status, body, headers), now);

describe('the answer of an object store', () => {
  it('is taken as done when it says so', () => {
    expect(verdictOf(200, '')).toEqual({ kind: 'done' });
    expect(verdictOf(204, '')).toEqual({ kind: 'done' });
  });

  it('is not taken as done when the completion of an upload fails after its status was sent', () => {
    expect(verdictOf(200, error('InternalError'))).toMatchObject({ kind: 'retry', code: 'server-failing' });
    expect(verdictOf(200, ' <Error><Code>Unheard</Code></Error>')).toMatchObject({ kind: 'retry' });
  });

  it.each([
    ['NoSuchBucket', 404, 'bucket-missing'],
    ['InvalidBucketName', 400, 'bucket-missing'],
    ['AccessDenied', 403, 'bucket-forbidden'],
    ['InvalidAccessKeyId', 403, 'credentials-refused'],
    ['SignatureDoesNotMatch', 403, 'credentials-refused'],
    ['ExpiredToken', 400, 'credentials-refused'],
    ['EntityTooSmall', 400, 'object-incomplete'],
    ['QuotaExceeded', 413, 'object-refused'],
  ])('%s waits for a person', (code, status, held) => {
    expect(verdictOf(status, error(code))).toMatchObject({ kind: 'hold', code: held });
  });

  it.each([
    ['SlowDown', 503, 'rate-limited', true],
    ['InternalError', 500, 'server-failing', false],
    ['RequestTimeout', 400, 'server-timeout', false],
    ['BadDigest', 400, 'server-failing', false],
  ])('%s is tried again', (code, status, reason, slowDown) => {
    expect(verdictOf(status, error(code))).toMatchObject({ kind: 'retry', code: reason, slowDown });
  });

  it('tells an upload that is gone from an object that is not there', () => {
    expect(verdictOf(404, error('NoSuchUpload'))).toMatchObject({ kind: 'missing', what: 'upload' });
    expect(verdictOf(404, error('NoSuchKey'))).toMatchObject({ kind: 'missing', what: 'object' });
    expect(verdictOf(404, '')).toMatchObject({ kind: 'missing', what: 'object' });
  });

  it('says in which region or at which address the bucket is', () => {
    expect(verdictOf(301, error('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' })).toMatchObject({
      kind: 'elsewhere',
      region: 'eu-west-1',
    });
    expect(verdictOf(400, error('AuthorizationHeaderMalformed', '<Region>eu-central-1</Region>'))).toMatchObject({
      kind: 'elsewhere',
      region: 'eu-central-1',
    });
    expect(verdictOf(307, error('TemporaryRedirect'), { location: 'https://b.s3.eu-west-1.amazonaws.com/key' })).toMatchObject({
      kind: 'elsewhere',
      origin: 'https://b.s3.eu-west-1.amazonaws.com',
    });
    expect(verdictOf(301, error('PermanentRedirect'))).toMatchObject({ kind: 'hold', code: 'bucket-missing' });
  });

  it('corrects the clock by what the store says the time is', () => {
    const theirs = new Date(now + 3_600_000).toISOString();
    expect(verdictOf(403, error('RequestTimeTooSkewed', `<ServerTime>${theirs}</ServerTime>`))).toMatchObject({
      kind: 'skewed',
      offsetMs: 3_600_000,
    });
    expect(verdictOf(403, error('RequestTimeTooSkewed'))).toMatchObject({ kind: 'hold', code: 'clock-skewed' });
  });

  it('is waited for when there is none', () => {
    expect(classifyObjectAnswer(unsent(), now)).toMatchObject({ kind: 'retry', code: 'server-unreachable' });
    expect(classifyObjectAnswer(timedOut(), now)).toMatchObject({ kind: 'retry', code: 'server-timeout' });
  });
});
