import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt, Credentials, SignedRequest } from '../../../../electron/engine/model.ts';
import { createConnectionLane } from '../../../../electron/engine/send/connection-lane.ts';
import { deliver } from '../../../../electron/engine/send/deliver.ts';
import type { Delivery, DeliveryOutcome, Progress } from '../../../../electron/engine/send/delivery.ts';
import { serviceRows } from '../../../../electron/engine/send/route.ts';
import { signRequest } from '../../../../electron/engine/sign/sign-request.ts';
import { limitsSchema } from '../../../../shared/contract/connections.ts';
import { ManualClock } from '../../../fakes/manual-clock.ts';
import { answered, eventsOf, ScriptedTransport, timedOut, unsent, type Reply } from '../../../fakes/scripted-transport.ts';
import { payloadOf } from './payloads.ts';

const secrets: Credentials = { apiKey: 'the-api-key', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'the-secret' };
const by = (route: 'stream' | 'batch') =>
  serviceRows(route, { root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1' }, limitsSchema.parse({}));
const events = (count: number): { id: number }[] => Array.from({ length: count }, (_, id) => ({ id }));
const idsOf = (request: SignedRequest): unknown[] => eventsOf(request).map(({ id }) => id);
const nameIn = (request: SignedRequest): string => request.path.slice(request.path.lastIndexOf('/') + 1);

/** One connection, and a way to deliver to it. */
function connection(script: readonly Reply[], options: { readonly credentials?: () => Credentials | undefined } = {}) {
  const clock = new ManualClock();
  const transport = new ScriptedTransport(...script);
  const lane = createConnectionLane({ requestsPerSecond: 200, burst: 500, bytesPerSecond: null, timetable: [] }, clock);
  const progress: Progress[] = [];
  const attempts: { readonly at: number; readonly name: string; readonly sent: number; readonly mayRepeatRows: number }[] = [];
  const stop = new AbortController();
  const start = (count: number, more: Partial<Delivery> = {}): Promise<DeliveryOutcome> =>
    deliver(
      {
        connectionId: 'c1',
        to: by('stream'),
        payload: payloadOf(events(count)),
        name: 'whole',
        nameFor: (first, last) => `part-${first}-${last}`,
        lane,
        signal: stop.signal,
        onAttempt: ({ name, mayRepeatRows }) => {
          attempts.push({ at: clock.monotonic(), name, sent: transport.requests.length, mayRepeatRows });
        },
        onProgress: (one) => {
          progress.push(one);
        },
        ...more,
      },
      {
        transport,
        clock,
        random: () => 0.5,
        sign: signRequest,
        credentials: { get: () => Promise.resolve(options.credentials === undefined ? secrets : options.credentials()) },
      },
    );
  return {
    clock,
    transport,
    lane,
    progress,
    attempts,
    stop,
    start,
    run: (count: number, more?: Partial<Delivery>) => clock.run(start(count, more)),
  };
}

/** Accepts everything but requests that hold a poisoned event. */
const refusing =
  (...poison: readonly number[]): Reply =>
  (request) =>
    idsOf(request).some((id) => poison.includes(Number(id))) ? answered(400, { message: 'bad event' }) : answered(200);

describe('a batch that is accepted', () => {
  it('is confirmed by one request, written down before it leaves', async () => {
    const to = connection([answered(200, {}, { 'x-amzn-requestid': 'r-1' })]);
    expect(await to.run(500)).toEqual({
      kind: 'delivered',
      confirmedRows: 500,
      rejected: [],
      attempts: 1,
      retries: 0,
      requests: 1,
      bytesSent: payloadOf(events(500)).bytes.byteLength,
      possiblyRepeatedRows: 0,
      last: { status: 200, requestId: 'r-1', answer: '{}' },
    });
    expect(to.attempts).toEqual([{ at: 0, name: 'whole', sent: 0, mayRepeatRows: 0 }]);
    expect(to.progress).toEqual([]);
  });

  it('needs no request when it is empty', async () => {
    const to = connection([answered(500)]);
    expect(await to.run(0)).toMatchObject({ kind: 'delivered', requests: 0 });
  });
});

describe('partial failures', () => {
  it('132 of 500: those are sent again, only those', async () => {
    const failing = new Set(Array.from({ length: 132 }, (_, index) => index * 3));
    const records = events(500).map(({ id }) => (failing.has(id) ? { ErrorCode: 'ProvisionedThroughputExceededException' } : {}));
    const to = connection([answered(200, { failedRecordCount: 132, records }), answered(200)]);
    expect(await to.run(500)).toMatchObject({ kind: 'delivered', confirmedRows: 500, requests: 2, retries: 1, possiblyRepeatedRows: 0 });
    expect(to.transport.requests.map((request) => eventsOf(request).length)).toEqual([500, 132]);
    expect(to.transport.requests[1] === undefined ? [] : idsOf(to.transport.requests[1])).toEqual([...failing]);
    expect(to.progress).toHaveLength(1);
    expect(to.progress[0]?.acceptedRows).toHaveLength(368);
    expect(to.progress[0]?.remainingRows).toEqual([...failing]);
  });

  it('an event that fails for itself is rejected after a few attempts, with the words of the service', async () => {
    const failing: Reply = (request) =>
      answered(200, {
        failedRecordCount: 1,
        records: idsOf(request).map((id) => (id === 2 ? { ErrorCode: 'Invalid', ErrorMessage: 'no such field' } : {})),
      });
    const to = connection([failing]);
    expect(await to.run(5)).toMatchObject({
      kind: 'delivered',
      confirmedRows: 4,
      rejected: [{ row: 2, message: 'Invalid: no such field' }],
      requests: 3,
    });
  });
});

describe('a poisoned event', () => {
  it('is isolated in a number of requests that grows with the logarithm, and the others go through', async () => {
    const to = connection([refusing(137)]);
    const outcome = await to.run(512);
    expect(outcome).toMatchObject({ kind: 'delivered', confirmedRows: 511, rejected: [{ row: 137, message: 'bad event' }] });
    expect(outcome.requests).toBe(1 + 2 * Math.log2(512));
  });

  it('wherever the poisoned ones are, every row is told of exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(39), { maxLength: 5 }), async (count, picks) => {
        const poison = [...new Set(picks.filter((pick) => pick < count))].sort((a, b) => a - b);
        const to = connection([refusing(...poison)]);
        const outcome = await to.run(count, { to: by('batch') });
        expect(outcome.rejected.map(({ row }) => row)).toEqual(poison);
        expect(outcome.confirmedRows).toBe(count - poison.length);
        const told = to.progress.flatMap(({ acceptedRows, rejected }) => [...acceptedRows, ...rejected.map(({ row }) => row)]);
        expect(new Set(told).size).toBe(told.length);
        for (const one of to.progress) expect(one.remainingRows.some((row) => one.acceptedRows.includes(row))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('batch: a part that was stored before a crash is sent again under the same name', async () => {
    const before = connection([refusing(1)]);
    await before.run(8, { to: by('batch') });
    const stored = new Map(before.transport.requests.map((request) => [nameIn(request), JSON.stringify(idsOf(request))]));
    for (const { remainingRows } of before.progress) {
      const after = connection([refusing(1)]);
      await after.run(8, { to: by('batch'), remainingRows });
      for (const request of after.transport.requests) expect(stored.get(nameIn(request))).toBe(JSON.stringify(idsOf(request)));
      expect(after.transport.requests.flatMap(idsOf).every((id) => remainingRows.includes(Number(id)))).toBe(true);
    }
  });
});

describe('a service that does not take it now', () => {
  it('429: the whole connection slows down, waits as long as asked, and no row is lost', async () => {
    const storm = Array.from({ length: 6 }, () => answered(429, { message: 'Too Many Requests' }, { 'retry-after': '3' }));
    const to = connection([...storm, answered(200)]);
    expect(await to.run(500)).toMatchObject({ kind: 'delivered', confirmedRows: 500, requests: 7, retries: 6, possiblyRepeatedRows: 0 });
    expect(to.clock.monotonic()).toBeGreaterThanOrEqual(18_000);
    expect(to.lane.rateLimit.state().requestsPerSecond).toBeLessThan(200);
  });

  it('429 alone is borne for a quarter of an hour', async () => {
    const to = connection([answered(429)]);
    expect(await to.run(5)).toMatchObject({ kind: 'held', code: 'rate-limited', remainingRows: [0, 1, 2, 3, 4] });
    expect(to.clock.monotonic()).toBeGreaterThanOrEqual(900_000);
    expect(to.clock.monotonic()).toBeLessThan(960_000);
  });

  it('each attempt is signed anew, with its own time', async () => {
    const wait = { 'retry-after': '1' };
    const to = connection([
      answered(500, {}, wait),
      answered(502, {}, wait),
      answered(429, {}, wait),
      answered(503, {}, wait),
      answered(200),
    ]);
    await to.run(5);
    const dates = to.transport.requests.map(({ headers }) => headers['x-amz-date']);
    expect(dates).toEqual(['20240115T120000Z', '20240115T120001Z', '20240115T120002Z', '20240115T120003Z', '20240115T120004Z']);
    expect(new Set(to.transport.requests.map(({ headers }) => headers['authorization'])).size).toBe(5);
  });

  it('stream: rows that may have arrived before are counted each time they may arrive again', async () => {
    const to = connection([timedOut(), answered(500), answered(429), unsent(), answered(200)]);
    expect(await to.run(7)).toMatchObject({ kind: 'delivered', possiblyRepeatedRows: 14, requests: 4, retries: 4 });
    expect(to.attempts.map(({ mayRepeatRows }) => mayRepeatRows)).toEqual([0, 7, 7, 7, 7]);
  });

  it('stream: rows that fail in a repeated request are counted when they are taken', async () => {
    const twoFail = answered(200, { failedRecordCount: 2, records: [{ ErrorCode: 'Throttled' }, { ErrorCode: 'Throttled' }, {}, {}] });
    const to = connection([timedOut(), twoFail, answered(200)]);
    expect(await to.run(4)).toMatchObject({ kind: 'delivered', possiblyRepeatedRows: 4 });
    expect(to.progress).toMatchObject([{ acceptedRows: [2, 3], mayHaveBeenApplied: true }]);
  });

  it('stream: what certainly did not arrive is not counted', async () => {
    const to = connection([unsent(), unsent(), answered(429), answered(200)]);
    expect(await to.run(7)).toMatchObject({ kind: 'delivered', possiblyRepeatedRows: 0, requests: 2, attempts: 4 });
  });

  it('stream: what an earlier run may have sent is counted', async () => {
    const to = connection([answered(200)]);
    expect(await to.run(7, { mayHaveBeenSent: true })).toMatchObject({ possiblyRepeatedRows: 7 });
  });

  it('batch: the same name again, so nothing is repeated', async () => {
    const to = connection([timedOut(), answered(200)]);
    expect(await to.run(7, { to: by('batch') })).toMatchObject({ possiblyRepeatedRows: 0, confirmedRows: 7 });
    expect(to.transport.requests.map(nameIn)).toEqual(['whole', 'whole']);
  });

  it('gives up after 8 seconds when it was never there', async () => {
    const to = connection([unsent('ENOTFOUND')]);
    expect(await to.run(3)).toMatchObject({
      kind: 'held',
      code: 'server-unreachable',
      remainingRows: [0, 1, 2],
      requests: 0,
      bytesSent: 0,
      mayHaveBeenApplied: false,
    });
    expect(to.clock.monotonic()).toBe(8_000);
  });

  it('gives up after a minute when it was there, and a later delivery has its own minute', async () => {
    const to = connection([answered(200), answered(503)]);
    await to.run(1);
    expect(await to.run(3)).toMatchObject({ kind: 'held', code: 'server-failing' });
    expect(to.clock.monotonic()).toBe(60_000);
    await to.run(3);
    expect(to.clock.monotonic()).toBe(120_000);
  });
});

describe('a connection that is refused', () => {
  it('pauses, and the other deliveries stop before their next attempt', async () => {
    const to = connection([answered(503), answered(403, { message: 'Forbidden' })]);
    const both = Promise.all([to.start(2), to.start(2)]);
    const outcomes = await to.clock.run(both);
    expect(outcomes.map((one) => (one.kind === 'held' ? one.code : one.kind))).toEqual(['api-key-refused', 'api-key-refused']);
    expect(to.transport.requests).toHaveLength(2);
    expect(to.lane.pausedBy).toMatchObject({ code: 'api-key-refused', message: 'Forbidden' });
  });

  it('goes on when somebody tries again and the service takes it', async () => {
    const to = connection([answered(403, { message: 'Forbidden' }), answered(200)]);
    await to.run(1);
    await to.clock.advance(1);
    expect(await to.run(1)).toMatchObject({ kind: 'delivered' });
    expect(to.lane.pausedBy).toBeUndefined();
  });

  it('says that credentials are missing', async () => {
    const to = connection([answered(200)], { credentials: () => undefined });
    expect(await to.run(1)).toMatchObject({ kind: 'held', code: 'credentials-missing', attempts: 0 });
  });

  it('takes new credentials for the next attempt', async () => {
    let current = { ...secrets, apiKey: 'old-key' };
    const to = connection(
      [
        () => {
          current = { ...secrets, apiKey: 'new-key' };
          return answered(500);
        },
        answered(200),
      ],
      { credentials: () => current },
    );
    await to.run(1);
    expect(to.transport.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['old-key', 'new-key']);
  });

  it('keeps no secret that an answer repeats', async () => {
    const to = connection([answered(403, { message: 'Forbidden: the-api-key, the-secret, AKIDEXAMPLE' })]);
    const outcome = await to.run(1);
    for (const secret of [secrets.apiKey, secrets.secretAccessKey, secrets.accessKeyId]) {
      expect(JSON.stringify([outcome, to.lane.pausedBy])).not.toContain(secret);
    }
  });
});

describe('a clock that is wrong', () => {
  const late = (clock: ManualClock): Attempt =>
    answered(403, { message: 'Signature expired: …' }, { date: new Date(clock.now() + 3_600_000).toUTCString() });

  it('is corrected by the service’s, once for the connection', async () => {
    const seen: number[] = [];
    const to = connection([() => late(to.clock), answered(200)]);
    expect(await to.run(2, { onSkew: (ms) => seen.push(ms) })).toMatchObject({ kind: 'delivered', requests: 2 });
    expect(seen).toEqual([3_600_000]);
    await to.run(2);
    const dates = to.transport.requests.map(({ headers }) => headers['x-amz-date']);
    expect(dates).toEqual(['20240115T120000Z', '20240115T130000Z', '20240115T130000Z']);
  });

  it('pauses when the correction does not help', async () => {
    const to = connection([() => late(to.clock)]);
    expect(await to.run(2)).toMatchObject({ kind: 'held', code: 'clock-skewed', requests: 3 });
  });
});

describe('stopping', () => {
  it('lets the request under way end, then holds the rest', async () => {
    const to = connection([
      async () => {
        to.stop.abort();
        await to.clock.sleep(1_000);
        return answered(200, { failedRecordCount: 1, records: [{ ErrorCode: 'Throttled' }, {}] });
      },
    ]);
    expect(await to.run(2, { graceMs: 5_000 })).toMatchObject({ kind: 'held', code: 'cancelled', confirmedRows: 1, remainingRows: [0] });
  });

  it('breaks the request off when it takes too long', async () => {
    const hanging: Reply = (_request, signal) =>
      new Promise((resolve) => {
        to.stop.abort('engine-stopped');
        signal.addEventListener('abort', () => {
          resolve({ kind: 'unanswered', reach: 'aborted', cause: 'aborted', timedOut: false });
        });
      });
    const to = connection([hanging]);
    expect(await to.run(2, { graceMs: 3_000 })).toMatchObject({
      kind: 'held',
      code: 'engine-stopped',
      remainingRows: [0, 1],
      mayHaveBeenApplied: true,
    });
    expect(to.clock.monotonic()).toBe(3_000);
  });

  it('sends nothing that has not begun', async () => {
    const to = connection([answered(200)]);
    to.stop.abort();
    expect(await to.run(2)).toMatchObject({ kind: 'held', code: 'cancelled', attempts: 0 });
  });

  it('ends a wait', async () => {
    const to = connection([answered(429, {}, { 'retry-after': '600' })]);
    const work = to.start(2);
    await to.clock.advance(1_000);
    to.stop.abort();
    expect(await to.clock.run(work)).toMatchObject({ kind: 'held', code: 'cancelled' });
    expect(to.clock.monotonic()).toBe(1_000);
  });
});
