import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { call, callOwn, exchange, weather, withSandbox, type Sent } from './sandbox-client.ts';

const path = '/stream/v1/stream/events';
const body = JSON.stringify(weather(3));
const mismatch = /^The request signature we calculated does not match/;

describe('who may pass', () => {
  it('takes a request that is signed as it should be', () =>
    withSandbox({}, async ({ access, status }) => {
      const answer = await call(access, { path, body });
      expect(answer).toMatchObject({ status: 200, json: { failedRecordCount: 0, records: [{}, {}, {}] } });
      expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
      expect(status().rows).toBe(3);
    }));

  const changed: Readonly<Record<string, (sent: Sent) => Sent>> = {
    body: (sent) => ({ ...sent, body: Buffer.from(body.replace('weather', 'wEather')) }),
    header: (sent) => ({ ...sent, headers: { ...sent.headers, 'Content-Type': 'text/plain' } }),
    path: (sent) => ({ ...sent, path: '/stream/v1/stream/event' }),
    query: (sent) => ({ ...sent, path: `${path}?x=1` }),
    method: (sent) => ({ ...sent, method: 'POST', path: '/batch/v1/batch/upload/file' }),
  };
  for (const [what, tamper] of Object.entries(changed)) {
    it(`refuses a request whose ${what} was changed after it was signed`, () =>
      withSandbox({}, async ({ access, status }) => {
        const answer = await call(access, { path, body, tamper });
        expect(answer.status).toBe(403);
        expect(answer.json).toEqual({ message: expect.stringMatching(mismatch) as string });
        expect(answer.headers['x-amzn-requestid']).toBeDefined();
        expect(status().rows).toBe(0);
      }));
  }

  it('refuses a wrong secret, an unknown key id and another region', () =>
    withSandbox({}, async ({ access }) => {
      const wrongSecret = await call(access, { path, body, secretAccessKey: 'x'.repeat(40) });
      expect(wrongSecret).toMatchObject({ status: 403, json: { message: expect.stringMatching(mismatch) as string } });
      const unknown = await call(access, { path, body, accessKeyId: 'AKIAUNKNOWN' });
      expect(unknown).toMatchObject({ status: 403, json: { message: 'The security token included in the request is invalid.' } });
      const region = await call(access, { path, body, region: 'eu-west-1' });
      expect(region).toMatchObject({ status: 403, json: { message: "Credential should be scoped to a valid region, not 'eu-west-1'." } });
    }));

  it('refuses a clock that is six minutes off, and says its own time', () => {
    const now = Date.parse('2026-01-02T03:04:05Z');
    return withSandbox({ clockNow: () => now }, async ({ access }) => {
      const late = await call(access, { path, body, signedAtMs: now - 6 * 60_000 });
      expect(late.status).toBe(403);
      expect(late.json).toEqual({
        message: 'Signature expired: 20260102T025805Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)',
      });
      expect(late.headers.date).toBe('Fri, 02 Jan 2026 03:04:05 GMT');
      const early = await call(access, { path, body, signedAtMs: now + 6 * 60_000 });
      expect(early).toMatchObject({ status: 403, json: { message: expect.stringMatching(/^Signature not yet current: /) as string } });
      expect(await call(access, { path, body, signedAtMs: now - 4 * 60_000 })).toMatchObject({ status: 200 });
      expect(await call(access, { path, body, signedAtMs: now + 4 * 60_000 })).toMatchObject({ status: 200 });
    });
  });

  it('refuses a missing API key, a wrong one, and one that is not signed', () =>
    withSandbox({}, async ({ access }) => {
      expect(await call(access, { path, body, apiKey: undefined })).toMatchObject({ status: 403, json: { message: 'Forbidden' } });
      expect(await call(access, { path, body, apiKey: 'wrong' })).toMatchObject({ status: 403, json: { message: 'Forbidden' } });
      const slipped = (sent: Sent): Sent => ({ ...sent, headers: { ...sent.headers, 'x-api-key': access.secrets.apiKey } });
      const unsigned = await call(access, { path, body, apiKey: undefined, tamper: slipped });
      expect(unsigned).toMatchObject({ status: 403, json: { message: "'x-api-key' must be a 'SignedHeader' in the AWS Authorization." } });
    }));

  it('refuses a request without a signature, and an unknown path, as the gateway does', () =>
    withSandbox({}, async ({ access }) => {
      const bare = await exchange(access.root, {
        method: 'PUT',
        path,
        headers: { 'x-api-key': access.secrets.apiKey },
        body: Buffer.from(body),
      });
      expect(bare).toMatchObject({ status: 403, json: { message: 'Missing Authentication Token' } });
      expect(await call(access, { path: '/stream/v2/stream/events', body })).toMatchObject({ status: 403 });
    }));

  it('asks for the session token of temporary credentials, and for no other', () => {
    const temporary = { accessKeyId: 'ASIATEMPORARY', secretAccessKey: 'secret'.repeat(6), sessionToken: 'token'.repeat(30) };
    return withSandbox({ moreCredentials: [temporary] }, async ({ access }) => {
      const { accessKeyId, secretAccessKey } = temporary;
      expect(await call(access, { path, body, ...temporary })).toMatchObject({ status: 200 });
      const invalid = { status: 403, json: { message: 'The security token included in the request is invalid.' } };
      expect(await call(access, { path, body, accessKeyId, secretAccessKey })).toMatchObject(invalid);
      expect(await call(access, { path, body, accessKeyId, secretAccessKey, sessionToken: 'other' })).toMatchObject(invalid);
      expect(await call(access, { path, body, sessionToken: 'unexpected' })).toMatchObject(invalid);
    });
  });

  it('lets a device use the stream alone', () => {
    const device = { accessKeyId: 'AKIADEVICE', secretAccessKey: 'secret'.repeat(6), isDevice: true };
    return withSandbox({ moreCredentials: [device] }, async ({ access }) => {
      expect(await call(access, { path, body, ...device })).toMatchObject({ status: 200 });
      const refused = await call(access, { path: '/batch/v1/batch/upload/data/a', body, ...device });
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('is not authorized to perform: execute-api:Invoke');
    });
  });

  it('shows its own pages only to a holder of the key, on this machine, outside a browser', () =>
    withSandbox({}, async ({ access }) => {
      const get = (headers: Record<string, string>) =>
        exchange(access.root, { method: 'GET', path: '/sandbox/tables', headers, body: Buffer.alloc(0) });
      const key = { 'x-api-key': access.secrets.apiKey };
      expect((await get(key)).status).toBe(200);
      expect((await get({})).status).toBe(403);
      expect((await get({ ...key, Origin: 'http://127.0.0.1' })).status).toBe(403);
      expect((await get({ ...key, Host: 'rebound.example' })).status).toBe(403);
      expect((await callOwn(access, 'GET', '/sandbox/tables')).status).toBe(200);
    }));
});

const signWithBotocore = `
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
for line in sys.stdin:
    r = json.loads(line)
    request = AWSRequest(method=r['method'], url=r['url'], data=r['body'].encode(), headers=r['headers'])
    SigV4Auth(Credentials(r['id'], r['secret']), 'execute-api', r['region']).add_auth(request)
    print(json.dumps(dict(request.headers.items())), flush=True)
`;

const hasBotocore = (): boolean => spawnSync('python3', ['-c', 'import botocore'], { timeout: 60_000 }).status === 0;

describe('python3-botocore as a signer', () => {
  it('signs requests that the sandbox takes', (ctx) => {
    if (!hasBotocore()) ctx.skip('python3 with botocore is not installed');
    return withSandbox({}, async ({ access }) => {
      const { accessKeyId: id, secretAccessKey: secret, apiKey } = access.secrets;
      const targets = [
        { method: 'PUT', path, body },
        { method: 'PUT', path: '/batch/v1/batch/upload/data/a%20name%20%2B%20%C3%A9.json', body },
        { method: 'GET', path: '/schema/v1/schema/metric?metricName=weather', body: '' },
        { method: 'GET', path: '/batch/v1/batch/status/a%20name%20%2B%20%C3%A9.json', body: '' },
      ];
      const input = targets.map(({ method, path: target, body: text }) =>
        JSON.stringify({
          method,
          url: `${access.root}${target}`,
          body: text,
          id,
          secret,
          region: access.region,
          headers: { 'x-api-key': apiKey, ...(text === '' ? {} : { 'Content-Type': 'application/json' }) },
        }),
      );
      const signer = spawnSync('python3', ['-c', signWithBotocore], { input: input.join('\n'), encoding: 'utf8', timeout: 60_000 });
      const lines = signer.stdout.trim().split('\n');
      expect(lines, signer.stderr).toHaveLength(targets.length);
      for (const [index, target] of targets.entries()) {
        const headers = JSON.parse(lines[index] ?? '') as Record<string, string>;
        const answer = await exchange(access.root, { ...target, headers, body: Buffer.from(target.body) });
        expect(answer, target.path).toMatchObject({ status: 200 });
        const tampered = { ...target, headers: { ...headers, 'x-api-key': `${apiKey}x` }, body: Buffer.from(target.body) };
        expect((await exchange(access.root, tampered)).status).toBe(403);
      }
    });
  });
});
