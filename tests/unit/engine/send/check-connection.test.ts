import { describe, expect, it } from 'vitest';
import type { Attempt, SignedRequest } from '../../../../electron/engine/model.ts';
import { checkConnection } from '../../../../electron/engine/send/check-connection.ts';
import { signRequest } from '../../../../electron/engine/sign/sign-request.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { answered, ScriptedTransport, unsent } from '../../../fakes/scripted-transport.ts';

const clock = new ManualClock();
const date = (offsetMs = 0): Record<string, string> => ({ date: new Date(clock.now() + offsetMs).toUTCString() });

interface Service {
  readonly stream: Attempt;
  readonly status: Attempt;
  readonly schema: Attempt;
}
const good: Service = {
  stream: answered(400, { message: 'no events' }, date()),
  status: answered(404, {}, date()),
  schema: answered(200, { timestampPatterns: [], metricKeys: [] }, date()),
};

async function check(service: Partial<Service> | ((request: SignedRequest) => Attempt), hasSecrets = true) {
  const transport = new ScriptedTransport((request) => {
    if (typeof service === 'function') return service(request);
    const all = { ...good, ...service };
    return request.path.startsWith('/stream/') ? all.stream : request.path.startsWith('/batch/') ? all.status : all.schema;
  });
  const credentials = { apiKey: 'the-api-key', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the-secret' };
  const checks = await checkConnection({ root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1' }, 'c1', {
    transport,
    clock,
    sign: signRequest,
    credentials: { get: () => Promise.resolve(hasSecrets ? credentials : undefined) },
  });
  return { checks, requests: transport.requests, outcomes: Object.fromEntries(checks.map(({ part, outcome }) => [part, outcome])) };
}

const allPassed = {
  reachable: 'passed',
  clock: 'passed',
  apiKey: 'passed',
  signature: 'passed',
  streamPermission: 'passed',
  batchPermission: 'passed',
  schemaPermission: 'passed',
};
const codesOf = (checks: Awaited<ReturnType<typeof check>>['checks']): unknown[] =>
  checks.flatMap(({ failure }) => (failure === undefined ? [] : [failure.code]));

describe('the connection test', () => {
  it('passes part by part, with requests that store nothing', async () => {
    const { outcomes, requests } = await check({});
    expect(outcomes).toEqual(allPassed);
    expect(requests.map(({ method, path, body }) => [method, path.replace(/-test-.*/, ''), body?.byteLength])).toEqual([
      ['PUT', '/stream/v1/stream/events', 2],
      ['GET', '/batch/v1/batch/status/connection', undefined],
      ['GET', '/schema/v1/schema', undefined],
    ]);
  });

  it('says that device keys may use the stream route only', async () => {
    const denied = answered(403, { message: 'User: x is not authorized to perform: execute-api:Invoke' }, date());
    const { outcomes, checks } = await check({ status: denied, schema: denied });
    expect(outcomes).toEqual({ ...allPassed, batchPermission: 'failed', schemaPermission: 'failed' });
    expect(checks.at(-1)?.failure).toMatchObject({ code: 'permission-denied', message: expect.stringContaining('device keys') as unknown });
  });

  it('tells a wrong API key from wrong credentials', async () => {
    const key = await check(() => answered(403, { message: 'Forbidden' }, date()));
    expect(key.outcomes).toMatchObject({ reachable: 'passed', apiKey: 'failed', signature: 'skipped', streamPermission: 'skipped' });
    expect(codesOf(key.checks)).toEqual(['api-key-refused']);
    const secret = await check(() => answered(403, { message: 'The security token included in the request is invalid.' }, date()));
    expect(secret.outcomes).toMatchObject({ reachable: 'passed', apiKey: 'skipped', signature: 'failed', streamPermission: 'skipped' });
    expect(codesOf(secret.checks)).toEqual(['credentials-refused']);
  });

  it('says how wrong the clock is, and tests the rest with the service’s time', async () => {
    const { outcomes, checks } = await check(({ headers }) =>
      headers['x-amz-date'] === '20240115T130000Z'
        ? answered(200, {}, date(3_600_000))
        : answered(403, { message: 'Signature expired' }, date(3_600_000)),
    );
    expect(outcomes).toEqual({ ...allPassed, clock: 'failed' });
    expect(checks[1]?.failure?.message).toBe('the clock of this computer is 3600 seconds behind the service’s');
  });

  it('notices a clock that is not wrong enough to be refused', async () => {
    const { outcomes } = await check({ stream: answered(200, {}, date(-90_000)) });
    expect(outcomes).toEqual({ ...allPassed, clock: 'failed' });
  });

  it('asks for nothing more when the service is not there', async () => {
    const { checks, requests, outcomes } = await check(() => unsent('ENOTFOUND'));
    expect(requests).toHaveLength(1);
    expect(outcomes).toMatchObject({ reachable: 'failed', clock: 'skipped', schemaPermission: 'skipped' });
    expect(codesOf(checks)).toEqual(['server-unreachable']);
  });

  it('says that nothing is saved to sign with', async () => {
    const { checks, requests } = await check({}, false);
    expect(requests).toHaveLength(0);
    expect(checks).toHaveLength(7);
    expect(codesOf(checks)).toEqual(['credentials-missing']);
  });

  it('shows no secret', async () => {
    const { checks } = await check(() => answered(403, { message: 'Forbidden the-api-key the-secret' }, date()));
    expect(JSON.stringify(checks)).not.toMatch(/the-api-key|the-secret/);
  });
});
