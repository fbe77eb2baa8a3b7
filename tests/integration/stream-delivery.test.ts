import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import { faultSchema, type Fault } from '../../shared/contract/sandbox.ts';
import type { Transfer } from '../../shared/contract/transfers.ts';
import { countStored, csvOf } from '../fakes/generated-csv.ts';
import { startIngestServer, type Arrival, type IngestAnswer, type IngestServer } from '../fakes/ingest-server.ts';
import { engineFolder, runningEngine, type EngineFolder, type RunningEngine } from '../fakes/running-engine.ts';

const rows = 5_000;
const secrets = { apiKey: 'api-key', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
let folder: EngineFolder;
let sandbox: Sandbox;
let running: RunningEngine;
let file: string;
const servers: IngestServer[] = [];

beforeEach(async () => {
  folder = engineFolder();
  sandbox = await startSandbox({ dataDir: folder.at('service') });
  running = await runningEngine({ dataDir: folder.at('data'), requestTimeoutMs: 500 });
  file = folder.write('rows.csv', csvOf({ rows }));
});
afterEach(async () => {
  await running.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await sandbox.close();
  folder.remove();
});

const serve = async (answer?: (arrival: Arrival) => IngestAnswer | undefined, behind?: string): Promise<IngestServer> => {
  const server = await startIngestServer(answer, behind);
  servers.push(server);
  return server;
};
/** Only writes: the schema is asked for beforehand. */
const faults = (...wanted: readonly (Omit<Fault, 'rate'> & { readonly rate?: number })[]): void =>
  sandbox.setFaults(wanted.map((fault) => faultSchema.parse({ path: fault.path ?? '/upload/data/', ...fault })));
const onStream = { path: '/stream/events' };
const send = async (wishes: Parameters<RunningEngine['upload']>[2] = {}, root = sandbox.access.root): Promise<Transfer> =>
  running.upload(await running.connect({ root, secrets: sandbox.access.secrets }), [file], wishes);
const stored = () => countStored(sandbox, 'rows', rows);
const allOnce = { total: rows, unique: rows, repeated: 0, lost: 0 };
const allConfirmed = { rowsRead: rows, rowsConfirmed: rows, rowsRejected: 0, rowsHeld: 0 };

describe('requests of the stream route', () => {
  it('carry 500 events each; of 500 of which 132 fail, exactly those are sent again, alone', async () => {
    faults({ kind: 'partial', records: 132, count: 1, ...onStream });
    const proxy = await serve(undefined, sandbox.access.root);
    const transfer = await send({}, proxy.root);
    expect(transfer).toMatchObject({ state: 'done', ledger: { ...allConfirmed, possiblyRepeated: 0 }, requests: 11, retries: 1 });
    expect(stored()).toEqual(allOnce);
    const sizes = proxy.arrivals.map(({ events }) => events.length);
    expect(sizes.filter((size) => size === 500)).toHaveLength(10);
    expect(sizes.filter((size) => size !== 500)).toEqual([132]);
    const timesSent = new Map<unknown, number>();
    for (const { id } of proxy.arrivals.flatMap(({ events }) => events)) timesSent.set(id, (timesSent.get(id) ?? 0) + 1);
    const again = [...timesSent].filter(([, times]) => times === 2).map(([id]) => id);
    expect(proxy.arrivals.find(({ events }) => events.length === 132)?.events.map(({ id }) => id)).toEqual(again);
  });

  it.each([
    ['with Retry-After', { kind: 'status', status: 429, retryAfterSeconds: 1, count: 6 }],
    ['without Retry-After', { kind: 'status', status: 429, count: 12 }],
  ] as const)('row 29: a storm of 429 %s slows the whole connection down and loses nothing', async (_how, fault) => {
    faults({ ...fault, ...onStream });
    const proxy = await serve(undefined, sandbox.access.root);
    const transfer = await send({}, proxy.root);
    expect(transfer).toMatchObject({ state: 'done', ledger: { ...allConfirmed, possiblyRepeated: 0 }, retries: fault.count });
    expect(stored()).toEqual(allOnce);
    if ('retryAfterSeconds' in fault) {
      // After the first refusals nothing goes out for a second, from none of the places.
      const gaps = proxy.arrivals.slice(1).map(({ at }, index) => at - (proxy.arrivals[index]?.at ?? 0));
      expect(Math.max(...gaps)).toBeGreaterThan(900);
    }
  });

  it('never exceed the bucket: not more than the burst and the rate in any window', async () => {
    const [rate, burst] = [50, 20];
    file = folder.write('many.csv', csvOf({ rows: 2_000 }));
    const server = await serve();
    const connection = await running.connect(
      { root: server.root, secrets },
      { requestsPerSecond: rate, burst, maxStreamEvents: 20, concurrentRequests: 8 },
    );
    await running.upload(connection, [file]);
    expect(server.arrivals).toHaveLength(100);
    const times = server.arrivals.map(({ at }) => at);
    for (const [first, from] of times.entries()) {
      for (let last = first; last < times.length; last++) {
        const seconds = ((times[last] ?? 0) - from) / 1_000;
        // What the network holds back for a moment comes closer together; a tenth of a second covers it.
        expect(last - first + 1).toBeLessThanOrEqual(burst + rate * (seconds + 0.1) + 1);
      }
    }
  });
});

describe('a request that was applied and not answered', () => {
  it('row 5: by the batch route it replaces what it stored', async () => {
    faults({ kind: 'apply-then-time-out', count: 1 });
    const transfer = await send({ route: 'batch' });
    expect(transfer).toMatchObject({ state: 'done', ledger: { ...allConfirmed, possiblyRepeated: 0 }, retries: 1 });
    expect(stored()).toEqual(allOnce);
  });

  it('row 5: by the stream route its rows are counted as possibly repeated, each time', async () => {
    faults({ kind: 'apply-then-time-out', count: 2, ...onStream });
    file = folder.write('rows.csv', csvOf({ rows: 500 }));
    const transfer = await send();
    expect(transfer).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 500, possiblyRepeated: 1_000 } });
    expect(countStored(sandbox, 'rows', 500)).toEqual({ total: 1_500, unique: 500, repeated: 1_000, lost: 0 });
  });
});

describe('row 32: a service in trouble', () => {
  it.each([
    ['connections that are reset', { kind: 'reset', count: 4 }],
    ['status 500', { kind: 'status', status: 500, count: 4 }],
    ['status 503', { kind: 'status', status: 503, count: 4 }],
    ['a server that hangs until the time is out', { kind: 'hang', count: 2 }],
  ] as const)('%s: tried again until it is through', async (_what, fault) => {
    faults({ ...fault, ...onStream });
    const transfer = await send();
    expect(transfer).toMatchObject({ state: 'done', ledger: allConfirmed, retries: fault.count });
    const counts = stored();
    expect(counts).toMatchObject({ unique: rows, lost: 0 });
    expect(counts.repeated).toBeLessThanOrEqual(transfer.ledger.possiblyRepeated);
  });

  it('a server that stops and starts in the middle of an upload: it goes on by itself', async () => {
    const port = Number(new URL(sandbox.access.root).port);
    const connection = await running.connect(sandbox.access, { requestsPerSecond: 10, burst: 1 });
    const id = await running.start(connection, [file]);
    await new Promise<void>((resolve) => {
      const watch = running.engine.subscribe((event) => {
        if (event.kind !== 'transfer' || event.transfer.ledger.rowsConfirmed === 0) return;
        void watch.dispose();
        resolve();
      });
    });
    await sandbox.close();
    const refused = new Promise<void>((resolve) => {
      const watch = running.engine.subscribe((event) => {
        if (event.kind !== 'transfer') return;
        void watch.dispose();
        resolve();
      });
    });
    await refused;
    sandbox = await startSandbox({ dataDir: folder.at('service'), port });
    const transfer = await running.engine.finished(id);
    expect(transfer).toMatchObject({ state: 'done', ledger: allConfirmed });
    const counts = stored();
    expect(counts).toMatchObject({ unique: rows, lost: 0 });
    expect(counts.repeated).toBeLessThanOrEqual(transfer.ledger.possiblyRepeated);
  });
});

describe('row 31: an event that the service refuses', () => {
  it('is isolated and rejected with its line of the source; the others go through', async () => {
    const server = await serve(({ body }) =>
      body.includes('"id":1234,') || body.includes('"id":1234}') ? { status: 400, body: { message: 'no such field' } } : undefined,
    );
    const connection = await running.connect({ root: server.root, secrets });
    for (const route of ['stream', 'batch'] as const) {
      const transfer = await running.upload(connection, [file], { route });
      expect(transfer).toMatchObject({
        state: 'attention',
        ledger: { rowsRead: rows, rowsConfirmed: rows - 1, rowsRejected: 1, rowsHeld: 0 },
      });
      const { rejects } = await running.engine.rejects({ transferId: transfer.id, offset: 0, limit: 10 });
      expect(rejects).toMatchObject([{ line: 1_236, code: 'server-rejected', source: '1500000001234,1234' }]);
      const again = await running.upload(connection, [file], { route });
      expect(again).toMatchObject({ files: [{ state: 'unchanged' }], requests: 0 });
    }
  });
});

describe('row 30: a key that is revoked in the middle', () => {
  it.each(['batch', 'stream'] as const)('by the %s route: rows are held, and with a good key they arrive once', async (route) => {
    let isRevoked = false;
    const proxy = await serve((arrival) => {
      if (isRevoked) return { status: 403, body: { message: 'Forbidden' } };
      if (arrival.events.length > 0) isRevoked = true;
      return undefined;
    }, sandbox.access.root);
    const limits = { maxBatchRequestBytes: 30_000, concurrentRequests: 2 };
    const connection = await running.connect({ root: proxy.root, secrets: sandbox.access.secrets }, limits);
    const first = await running.upload(connection, [file], { route });
    expect(first).toMatchObject({ state: 'held', failure: { code: 'api-key-refused' } });
    expect(first.ledger.rowsHeld).toBeGreaterThan(0);
    expect(first.ledger.rowsRead).toBe(first.ledger.rowsConfirmed + first.ledger.rowsHeld);
    isRevoked = false;
    const open = await serve(undefined, sandbox.access.root);
    const { id, name, stage, region } = connection;
    await running.engine.updateConnection({ ...{ id, name, stage, region, limits }, root: open.root, secrets: sandbox.access.secrets });
    await running.engine.retry(first.id);
    const second = await running.engine.finished(first.id);
    expect(second).toMatchObject({ state: 'done', ledger: { ...allConfirmed, possiblyRepeated: 0 } });
    expect(stored()).toEqual(allOnce);
  });
});
