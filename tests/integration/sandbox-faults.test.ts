import { describe, expect, it } from 'vitest';
import { faultSchema } from '../../shared/contract/sandbox.ts';
import type { Sandbox } from '../../electron/sandbox/server.ts';
import { call, callOwn, exchange, putBatch, putEvents, sign, weather, withSandbox } from './sandbox-client.ts';

const arm = async (sandbox: Sandbox, ...faults: readonly unknown[]): Promise<void> => {
  const answer = await callOwn(sandbox.access, 'PUT', '/sandbox/faults', { faults });
  expect(answer.status).toBe(200);
  expect(sandbox.status().faults).toEqual(faults.map((fault) => faultSchema.parse(fault)));
};

describe('faults', () => {
  it('answers a status in the place of the service, with Retry-After, as often as told', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'status', status: 429, retryAfterSeconds: 3, count: 1 }, { kind: 'status', status: 504, count: 1 });
      const limited = await putEvents(sandbox.access, weather(1));
      expect(limited).toMatchObject({ status: 429, json: { message: 'Too Many Requests' }, headers: { 'retry-after': '3' } });
      expect(await putEvents(sandbox.access, weather(1))).toMatchObject({ status: 504, json: { message: 'Endpoint request timed out' } });
      expect(await putEvents(sandbox.access, weather(1))).toMatchObject({ status: 200 });
      expect(sandbox.status()).toMatchObject({ rows: 1, faults: [] });
    }));

  it('waits before it answers', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'latency', delayMs: 150 });
      const begun = performance.now();
      expect((await putEvents(sandbox.access, weather(1))).status).toBe(200);
      expect(performance.now() - begun).toBeGreaterThanOrEqual(149);
    }));

  it('hangs until it is closed', async () => {
    let hanging: Promise<unknown> = Promise.resolve();
    await withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'hang', path: '/stream/' });
      let isAnswered = false;
      hanging = putEvents(sandbox.access, weather(1)).then(
        () => (isAnswered = true),
        (error: unknown) => error,
      );
      // A later request on another path is answered meanwhile.
      expect((await putBatch(sandbox.access, 'b', JSON.stringify(weather(2)))).status).toBe(200);
      expect(isAnswered).toBe(false);
      expect(sandbox.status().rows).toBe(2);
    });
    expect(await hanging).toMatchObject({ code: 'ECONNRESET' });
  });

  it('resets the connection before anything is stored', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'reset' });
      await expect(putEvents(sandbox.access, weather(1))).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(sandbox.status().rows).toBe(0);
      expect(sandbox.stats().operations).toEqual([{ operation: 'putEvents', status: 0, requests: 1 }]);
    }));

  it('stores and then breaks the connection, or says it timed out', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'apply-then-time-out', delayMs: 20, count: 1 }, { kind: 'apply-then-time-out', status: 504, count: 1 });
      await expect(putEvents(sandbox.access, weather(2))).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(sandbox.status().rows).toBe(2);
      expect((await putEvents(sandbox.access, weather(3))).status).toBe(504);
      expect(sandbox.status().rows).toBe(5);
    }));

  it('lets 132 of 500 records fail and stores the others', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'partial', records: 132, count: 1 });
      const answer = await putEvents(sandbox.access, weather(500));
      const { failedRecordCount, records } = answer.json as { failedRecordCount: number; records: { ErrorCode?: string }[] };
      expect(answer.status).toBe(200);
      expect(failedRecordCount).toBe(132);
      expect(records).toHaveLength(500);
      const failed = records.flatMap(({ ErrorCode }, row) => (ErrorCode === undefined ? [] : [String(row)]));
      expect(failed).toHaveLength(132);
      expect(records.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode).toBe('ProvisionedThroughputExceededException');
      const stored = sandbox.rows({ table: 'weather', offset: 0, limit: 500 }).rows.map(({ fields }) => fields.row ?? '');
      expect(stored).toHaveLength(368);
      expect(new Set([...stored, ...failed]).size).toBe(500);
      expect((await putEvents(sandbox.access, weather(1))).json).toEqual({ failedRecordCount: 0, records: [{}] });
    }));

  it('never touches the sandbox’s own interface, and says when a fault is none', () =>
    withSandbox({}, async (sandbox) => {
      await arm(sandbox, { kind: 'status', status: 500 });
      expect((await callOwn(sandbox.access, 'GET', '/sandbox/stats')).status).toBe(200);
      expect((await callOwn(sandbox.access, 'PUT', '/sandbox/faults', { faults: [{ kind: 'earthquake' }] })).status).toBe(400);
      expect((await callOwn(sandbox.access, 'GET', '/sandbox/faults')).json).toEqual({
        faults: [{ kind: 'status', status: 500, rate: 1 }],
      });
    }));

  it('a client that goes away in the middle of its body leaves nothing behind', () =>
    withSandbox({}, async (sandbox) => {
      const sent = sign(sandbox.access, { path: '/stream/v1/stream/events', body: JSON.stringify(weather(5)) });
      const cut = { ...sent, headers: { ...sent.headers, 'Content-Length': String(sent.body.length + 10) } };
      const broken = exchange(sandbox.access.root, cut).catch((error: unknown) => error);
      await call(sandbox.access, { method: 'GET', path: '/schema/v1/schema' });
      await sandbox.close();
      expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    }));
});
