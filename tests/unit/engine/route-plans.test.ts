import { expect, it } from 'vitest';
import { limitsSchema } from '../../../shared/contract/connections.ts';
import { measuredSpeed } from '../../../electron/engine/measured-speed.ts';
import { planRoutes } from '../../../electron/engine/route-plans.ts';
import { fakeTransfer } from '../../fakes/fake-data.ts';

const limits = limitsSchema.parse({});
const many = { rows: 10_000_000, eventBytes: 1_000_000_000, requests: { stream: 20_000, batch: 210 } };

it('many rows go by batches, whose requests are few and can be repeated', () => {
  const [batch, stream] = planRoutes(many, limits, {});
  expect(batch).toMatchObject({ route: 'batch', recommended: true, isIdempotent: true, requests: 210, boundBy: 'speed' });
  expect(stream).toMatchObject({
    route: 'stream',
    recommended: false,
    isIdempotent: false,
    requests: 20_000,
    boundBy: 'rate',
    seconds: 97.5,
  });
  expect(batch?.reason).toContain('210 requests instead of 20000');
});

it('few rows go by the stream, where they can be read at once', () => {
  const plans = planRoutes({ rows: 100, eventBytes: 10_000, requests: { stream: 1, batch: 1 } }, limits, {});
  expect(plans.find(({ recommended }) => recommended)?.route).toBe('stream');
});

it('whole files go to the bucket, where there is one and the rows are very many', () => {
  const files = [
    { sizeBytes: 600_000_000, isGzip: false },
    { sizeBytes: 1_000_000, isGzip: true },
  ];
  const plans = planRoutes({ ...many, files }, limits, {});
  expect(plans.map(({ route }) => route)).toEqual(['batch', 'stream', 's3']);
  // 29 parts with their begin and end, one object in one request; each told of and asked for.
  expect(plans[2]).toMatchObject({
    recommended: true,
    isIdempotent: true,
    requests: 29 + 2 + 2 + 1 + 2,
    bytes: 151_000_000,
    boundBy: 'speed',
  });
  expect(plans[2]?.reason).toContain('36 requests instead of 210');
  const fewer = planRoutes({ ...many, requests: { stream: 2_000, batch: 21 }, files }, limits, {});
  expect(fewer.find(({ recommended }) => recommended)?.route).toBe('batch');
  const slow = planRoutes({ ...many, files }, limits, { s3: 100_000 });
  expect(slow.find(({ recommended }) => recommended)?.route).toBe('batch');
});

it('bandwidth and what was measured bound the time', () => {
  const slow = planRoutes(many, { ...limits, bytesPerSecond: 1_000_000 }, {});
  expect(slow[0]).toMatchObject({ boundBy: 'bandwidth', seconds: 1_010 });
  const measured = planRoutes(many, limits, { batch: 500_000, stream: 50_000_000 });
  expect(measured[0]).toMatchObject({ route: 'batch', boundBy: 'speed', seconds: 2_020, recommended: false });
  expect(measured[1]).toMatchObject({ route: 'stream', recommended: true });
});

it('the speed of a connection is that of its finished transfers, large enough to tell', () => {
  const transfer = (id: string, bytesSent: number, seconds: number, connectionId = 'c') =>
    fakeTransfer({ id, connectionId, route: 'batch', bytesSent, startedAt: 0, finishedAt: seconds * 1_000, state: 'done' });
  const all = [
    transfer('a', 10_000_000, 1),
    transfer('b', 30_000_000, 1),
    transfer('d', 20_000_000, 1),
    transfer('e', 10, 1),
    transfer('f', 9e9, 1, 'other'),
  ];
  expect(measuredSpeed(all, 'c')).toEqual({ batch: 20_000_000 });
});
