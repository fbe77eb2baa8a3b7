import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../electron/sandbox/server.ts';
import { csvOf, storedIds } from '../fakes/generated-csv.ts';
import { startIngestServer, type Arrival, type IngestAnswer, type IngestServer } from '../fakes/ingest-server.ts';
import { until } from '../fakes/until.ts';
import { accountsOf, allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;
const servers: IngestServer[] = [];

const more = (first: number, rows: number): string => csvOf({ rows, first, header: false });
/** Between the command line and the sandbox: answers in its place when `answer` says so. */
const between = async (answer: (arrival: Arrival) => IngestAnswer | undefined): Promise<IngestServer> => {
  const server = await startIngestServer(answer, place.sandbox.access.root);
  servers.push(server);
  return server;
};
const closeAll = async (): Promise<void> => {
  await place.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
};

describe.each(['stream', 'batch'] as const)('by the %s route', (route) => {
  beforeEach(async () => {
    place = await watchPlace({ route });
  });
  afterEach(closeAll);
  const repeatedAtMost = (): number => (route === 'batch' ? 0 : place.possiblyRepeated());

  it('row 1: killed with requests unanswered: they are sent again, none is skipped', async () => {
    place.faults({ kind: 'latency', delayMs: 60_000 });
    place.write('a.csv', csvOf({ rows: 3_000 }));
    place.write('b.csv', csvOf({ rows: 500, first: 3_000 }));
    const run = place.watch();
    await until('requests that were applied and not answered', () => place.sandbox.status().rows > 0);
    await run.crash();
    place.faults();
    const last = await place.once();
    expect(last.code, last.stderr).toBe(0);
    const { lost, repeated, strange } = place.accounts(idRange(0, 3_500));
    expect([lost, strange]).toEqual([[], []]);
    expect(repeated).toBeLessThanOrEqual(repeatedAtMost());
  });

  it('row 2: asked to end in the middle of a file: both runs together send each row once', async () => {
    place.write('a.csv', csvOf({ rows: 40_000 }));
    const run = place.watch({ args: ['--rate', '4', '--burst', '1'] });
    await place.stored(1);
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    const last = await place.once();
    expect(last.code, last.stderr).toBe(0);
    expect(place.accounts(idRange(0, 40_000))).toEqual(allOnce);
    expect(place.possiblyRepeated()).toBe(0);
  });

  it('row 3: a request answered before an earlier one does not move the checkpoint past it', async () => {
    let isOpen = false;
    const marked = /"id":600[,}]/;
    const proxy = await between(({ body }) => (!isOpen && marked.test(body) ? { status: 503 } : undefined));
    place.write('a.csv', csvOf({ rows: 1_000 }));
    const run = place.watch({ root: proxy.root });
    await until('the marked request to be refused', () => proxy.arrivals.some(({ body }) => marked.test(body)));
    // What follows overtakes it.
    for (let first = 1_000; first < 4_000; first += 500) place.append('a.csv', more(first, 500));
    await until('later rows to be stored', () => place.sandbox.status().rows >= 1_000);
    await run.crash();
    isOpen = true;
    const last = await place.once({ root: proxy.root });
    expect(last.code, last.stderr).toBe(0);
    const { lost, repeated } = place.accounts(idRange(0, 4_000));
    expect(lost).toEqual([]);
    expect(repeated).toBeLessThanOrEqual(repeatedAtMost());
  });

  it('row 5: applied and not answered: by batch no second copy, by stream counted as possibly repeated', async () => {
    place.faults({ kind: 'apply-then-time-out', count: 2 });
    place.write('a.csv', csvOf({ rows: 500 }));
    const run = place.watch();
    await place.stored(500);
    await run.told({ kind: 'file', path: 'a.csv', state: 'done' });
    expect((await run.stop()).code).toBe(0);
    const { lost, repeated } = place.accounts(idRange(0, 500));
    expect(lost).toEqual([]);
    expect(repeated).toBeLessThanOrEqual(repeatedAtMost());
    if (route === 'stream') expect(repeated).toBeGreaterThan(0);
  });

  it.each([
    ['with Retry-After', { kind: 'status', status: 429, retryAfterSeconds: 1, count: 6 }],
    ['without Retry-After', { kind: 'status', status: 429, count: 12 }],
  ] as const)('row 29: a storm of 429 %s slows the whole connection down and loses no row', async (_how, fault) => {
    place.faults(fault);
    const proxy = await between(() => undefined);
    for (let file = 0; file < 10; file += 1) place.write(`f${String(file)}.csv`, csvOf({ rows: 700, first: file * 700 }));
    const run = place.watch({ root: proxy.root });
    // Without a word from the service how long to wait, pauses grow up to 20 seconds each.
    await place.stored(7_000, 240_000);
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.summary).toMatchObject({ rowsConfirmed: 7_000, possiblyRepeated: 0, retries: fault.count });
    expect(place.accounts(idRange(0, 7_000))).toEqual(allOnce);
    if ('retryAfterSeconds' in fault) {
      const gaps = proxy.arrivals.slice(1).map(({ at }, index) => at - (proxy.arrivals[index]?.at ?? 0));
      expect(Math.max(...gaps)).toBeGreaterThan(900);
    }
  });

  it.each([
    ['the API key is revoked', { status: 403, body: { message: 'Forbidden' } }, 'api-key-refused'],
    [
      'the token has expired',
      { status: 403, body: { message: 'The security token included in the request is expired' } },
      'credentials-refused',
    ],
  ] as const)('row 30: %s: the connection pauses and says so, data is kept, and new credentials resume', async (_what, refusal, code) => {
    let isRevoked = false;
    const proxy = await between(() => (isRevoked ? refusal : undefined));
    place.write('a.csv', csvOf({ rows: 300 }));
    const run = place.watch({ root: proxy.root });
    await place.stored(300);
    isRevoked = true;
    place.append('a.csv', more(300, 300));
    await run.told({ code });
    const before = proxy.arrivals.length;
    place.write('b.csv', csvOf({ rows: 200, first: 600 }));
    await run.told({ kind: 'file', path: 'b.csv', state: 'waiting' });
    // It does not knock again and again with keys that are refused.
    expect(proxy.arrivals.length - before).toBeLessThanOrEqual(1);
    await run.stop();
    isRevoked = false;
    const last = await place.once({ root: proxy.root });
    expect(last.code, last.stderr).toBe(0);
    expect(place.accounts(idRange(0, 800))).toEqual(allOnce);
  });

  it('row 31: an event that the service refuses is isolated and rejected; the others go through', async () => {
    const poison = /"id":123[,}]/;
    const proxy = await between(({ body }) => (poison.test(body) ? { status: 400, body: { message: 'no such field' } } : undefined));
    place.write('a.csv', csvOf({ rows: 400 }));
    const run = place.watch({ root: proxy.root });
    await place.stored(399);
    place.append('a.csv', more(400, 10));
    await place.stored(409);
    const stopped = await run.stop();
    expect(stopped.summary).toMatchObject({ rowsRead: 410, rowsConfirmed: 409, rowsRejected: 1, rowsHeld: 0 });
    await place.once({ root: proxy.root });
    expect(place.accounts(idRange(0, 410).filter((id) => id !== 123))).toEqual(allOnce);
  });

  it.each([
    ['connections that are reset', { kind: 'reset', count: 4 }],
    ['status 500', { kind: 'status', status: 500, count: 4 }],
    ['status 503', { kind: 'status', status: 503, count: 4 }],
  ] as const)('row 32: %s: tried again until it is through', async (_what, fault) => {
    place.faults(fault);
    place.write('a.csv', csvOf({ rows: 2_000 }));
    const run = place.watch();
    await place.stored(2_000);
    const stopped = await run.stop();
    expect(stopped.code, stopped.stderr).toBe(0);
    expect(stopped.summary).toMatchObject({ rowsConfirmed: 2_000 });
    expect(Number(stopped.summary?.['retries'])).toBeGreaterThanOrEqual(4);
    const { lost, repeated } = place.accounts(idRange(0, 2_000));
    expect(lost).toEqual([]);
    expect(repeated).toBeLessThanOrEqual(repeatedAtMost());
  });

  it('row 32: a server that hangs, and one that is not there: said, and sent when it is back', async () => {
    place.faults({ kind: 'hang' });
    place.write('a.csv', csvOf({ rows: 700 }));
    const run = place.watch();
    await until('a request that hangs', () => place.sandbox.status().requests > 0);
    // Closing the sandbox cuts what hangs; for a while nobody answers at all.
    await place.outage(() => run.told({ code: 'server-unreachable' }).then(() => undefined));
    await place.stored(700, 60_000);
    expect((await run.stop()).code).toBe(0);
    expect(place.accounts(idRange(0, 700)).lost).toEqual([]);
    expect(place.accounts(idRange(0, 700)).repeated).toBeLessThanOrEqual(repeatedAtMost());
  });

  it('row 32: a name that cannot be resolved: said, and the rows stay where they are', async () => {
    place.write('a.csv', csvOf({ rows: 100 }));
    const run = place.watch({ root: 'http://no-such-host.invalid' });
    await run.told({ code: 'server-unreachable' });
    const stopped = await run.stop();
    expect(stopped.summary).toMatchObject({ rowsConfirmed: 0 });
    expect((await place.once()).code).toBe(0);
    expect(place.accounts(idRange(0, 100))).toEqual(allOnce);
  });

  it('row 34: the same folder to a second connection: everything goes there too', async () => {
    place.write('a.csv', csvOf({ rows: 300 }));
    expect((await place.once()).code).toBe(0);
    const other = await startSandbox({ dataDir: place.work.at('other') });
    try {
      const { root, secrets } = other.access;
      const env = { FINEO_API_KEY: secrets.apiKey, AWS_ACCESS_KEY_ID: secrets.accessKeyId, AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey };
      const second = await place.once({ root, env });
      expect(second.code, second.stderr).toBe(0);
      place.append('a.csv', more(300, 20));
      for (const wishes of [{}, { root, env }]) expect((await place.once(wishes)).code).toBe(0);
      expect(accountsOf(storedIds(other, 'rows'), idRange(0, 320))).toEqual(allOnce);
      expect(place.accounts(idRange(0, 320))).toEqual(allOnce);
    } finally {
      await other.close();
    }
  });
});

describe('by the stream route', () => {
  afterEach(closeAll);

  it('row 4: of 500 records of which 132 fail, exactly those are sent again', async () => {
    place = await watchPlace();
    place.faults({ kind: 'partial', records: 132, count: 1 });
    const proxy = await between(() => undefined);
    place.write('a.csv', csvOf({ rows: 500 }));
    const last = await place.once({ root: proxy.root });
    expect(last.code, last.stderr).toBe(0);
    const sizes = proxy.arrivals.map(({ events }) => events.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(632);
    expect(sizes).toContain(132);
    expect(last.summary).toMatchObject({ rowsConfirmed: 500, possiblyRepeated: 0 });
    expect(place.accounts(idRange(0, 500))).toEqual(allOnce);
  });

  it.each([3_600_000, -3_600_000])(
    'row 33: a clock that is wrong by %i ms: the skew is learned, requests are signed right, and it is said',
    async (offset) => {
      place = await watchPlace({ sandbox: { clockNow: () => Date.now() + offset } });
      place.write('a.csv', csvOf({ rows: 200 }));
      const run = place.watch();
      await place.stored(200);
      await run.told({ code: 'clock-corrected' });
      expect((await run.stop()).code).toBe(0);
      expect(place.accounts(idRange(0, 200))).toEqual(allOnce);
    },
  );
});
