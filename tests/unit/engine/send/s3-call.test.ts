import { describe, expect, it } from 'vitest';
import type { Credentials } from '../../../../electron/engine/model.ts';
import { createConnectionLane } from '../../../../electron/engine/send/connection-lane.ts';
import { createObjectClient, objectBody } from '../../../../electron/engine/send/s3-client.ts';
import { signObjectRequest } from '../../../../electron/engine/sign/sign-object-request.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { answered, ScriptedTransport, type Reply } from '../../../fakes/scripted-transport.ts';

const error = (code: string, more = ''): string => `<Error><Code>${code}</Code><Message>m</Message>${more}</Error>`;
const keys: Credentials = { apiKey: 'api-key', accessKeyId: 'AKIAMAIN', secretAccessKey: 'main-secret' };

function clientOf(credentials: () => Credentials | undefined, ...script: readonly Reply[]) {
  const transport = new ScriptedTransport(...script);
  const clock = new ManualClock();
  const lane = {
    ...createConnectionLane({ requestsPerSecond: 1_000, burst: 1_000, bytesPerSecond: null, timetable: [] }, clock),
    found: {},
  };
  const attempts: { readonly bytes: number; readonly isRetry: boolean }[] = [];
  const client = createObjectClient(
    {
      store: { region: 'us-east-1', bucket: 'rows' },
      connectionId: 'c',
      lane,
      signal: new AbortController().signal,
      onAttempt: (attempt) => attempts.push(attempt),
    },
    { transport, clock, random: () => 0, sign: signObjectRequest, credentials: { get: async () => Promise.resolve(credentials()) } },
  );
  return { transport, attempts, put: (key: string, text: string) => clock.run(client.put(key, objectBody(Buffer.from(text)))) };
}

const authorizations = (transport: ScriptedTransport): readonly string[] =>
  transport.requests.map(({ headers }) => headers['authorization'] ?? '');

describe('a request to an object store', () => {
  it('goes to the region the bucket turns out to be in, and so do all after it', async () => {
    const { put, transport } = clientOf(
      () => keys,
      answered(301, error('PermanentRedirect'), { 'x-amz-bucket-region': 'eu-west-1' }),
      answered(200, '', { etag: '"e"' }),
    );
    await put('a', 'x');
    await put('b', 'x');
    expect(transport.requests.map(({ origin }) => origin)).toEqual([
      'https://rows.s3.us-east-1.amazonaws.com',
      'https://rows.s3.eu-west-1.amazonaws.com',
      'https://rows.s3.eu-west-1.amazonaws.com',
    ]);
    expect(authorizations(transport)[2]).toContain('/eu-west-1/s3/aws4_request');
  });

  it('is signed with the time of the store when the clock is wrong', async () => {
    const theirs = new Date(Date.UTC(2024, 0, 15, 13)).toISOString();
    const { put, transport } = clientOf(
      () => keys,
      answered(403, error('RequestTimeTooSkewed', `<ServerTime>${theirs}</ServerTime>`)),
      answered(200, '', { etag: '"e"' }),
    );
    await put('a', 'x');
    expect(transport.requests.map(({ headers }) => headers['x-amz-date'])).toEqual(['20240115T120000Z', '20240115T130000Z']);
  });

  it('is signed with the keys of the store and their session token where there are such', async () => {
    const objectStore = { accessKeyId: 'AKIASTORE', secretAccessKey: 'store-secret', sessionToken: 'token' };
    const { put, transport } = clientOf(() => ({ ...keys, objectStore }), answered(200, '', { etag: '"e"' }));
    await put('a', 'x');
    expect(authorizations(transport)[0]).toContain('Credential=AKIASTORE/');
    expect(authorizations(transport)[0]).toContain('x-amz-security-token');
    expect(authorizations(transport)[0]).toContain('content-md5');
    expect(transport.requests[0]?.headers['x-api-key']).toBeUndefined();
  });

  it('takes new keys that were entered while it was tried again', async () => {
    let current = keys;
    const { put, transport } = clientOf(
      () => current,
      () => {
        current = { ...keys, accessKeyId: 'AKIANEW' };
        return answered(500, error('InternalError'));
      },
      answered(200, '', { etag: '"e"' }),
    );
    await put('a', 'x');
    expect(authorizations(transport)[1]).toContain('Credential=AKIANEW/');
  });

  it('says that temporary keys have expired, without showing them', async () => {
    const { put } = clientOf(() => keys, answered(400, error('ExpiredToken', '<Token0>main-secret</Token0>')));
    await expect(put('a', 'x')).rejects.toMatchObject({ code: 'credentials-refused' });
  });

  it('counts what went out, and what of it went out again', async () => {
    const { put, attempts } = clientOf(() => keys, answered(503, error('SlowDown')), answered(200, '', { etag: '"e"' }));
    await put('a', 'four');
    expect(attempts).toEqual([
      { bytes: 4, isRetry: false },
      { bytes: 4, isRetry: true },
    ]);
  });
});
