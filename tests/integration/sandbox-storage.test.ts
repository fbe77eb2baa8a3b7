import { spawn } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxAccess } from '../../electron/sandbox/server.ts';
import { call, callOwn, putBatch, putEvents, weather, withSandbox } from './sandbox-client.ts';

const page = { offset: 0, limit: 500 };

describe('what is stored', () => {
  it('shows stream events as rows of their metric type, fields in order of appearance', () =>
    withSandbox({}, async (sandbox) => {
      await putEvents(sandbox.access, [
        ...weather(2, { station: 'a' }),
        { metrictype: 'power', timestamp: 1_500_000_000_000, watts: 2.5, on: true, off: null },
      ]);
      const one = {
        path: '/stream/v1/stream/event',
        body: JSON.stringify({ metrictype: 'weather', timestamp: '1490638685999', late: 'x' }),
      };
      expect(await call(sandbox.access, one)).toMatchObject({ status: 200, json: {} });
      expect(sandbox.tables()).toEqual([
        { name: 'weather', rows: 3, columns: ['row', 'station', 'late'] },
        { name: 'power', rows: 1, columns: ['watts', 'on', 'off'] },
      ]);
      expect(sandbox.rows({ table: 'weather', offset: 1, limit: 5 })).toEqual({
        columns: ['row', 'station', 'late'],
        total: 3,
        rows: [
          { metricType: 'weather', timestamp: 1_490_638_685_521, fields: { row: '1', station: 'a' } },
          { metricType: 'weather', timestamp: 1_490_638_685_999, fields: { late: 'x' } },
        ],
      });
      expect(sandbox.rows({ table: 'power', ...page }).rows[0]?.fields).toEqual({ watts: '2.5', on: 'true' });
    }));

  it('keeps 64-bit integers and decimals digit for digit', () =>
    withSandbox({}, async ({ access, rows }) => {
      const numbers = {
        max: '9223372036854775807',
        min: '-9223372036854775808',
        price: '0.10',
        small: '1.0e-320',
        long: '3.14159265358979323846',
      };
      const fields = Object.entries(numbers).map(([name, digits]) => `"${name}":${digits}`);
      const body = `[{"metrictype":"exact","timestamp":1490638685520,${fields.join(',')}}]`;
      expect((await call(access, { path: '/stream/v1/stream/events', body })).status).toBe(200);
      expect((await putBatch(access, 'exact', body)).status).toBe(200);
      expect(rows({ table: 'exact', ...page }).rows.map((row) => row.fields)).toEqual([numbers, numbers]);
    }));

  it('replaces a batch of the same name as a whole', () =>
    withSandbox({}, async ({ access, tables, status }) => {
      await putBatch(access, 'one/a b', JSON.stringify([...weather(10), { metrictype: 'weather' }]));
      await putBatch(access, 'two', JSON.stringify(weather(5)));
      expect(status()).toMatchObject({ rows: 15, errors: 1 });
      await putBatch(access, 'one/a b', JSON.stringify(weather(7, { other: 1 })));
      expect(status()).toMatchObject({ rows: 12, errors: 0 });
      expect(tables()).toEqual([{ name: 'weather', rows: 12, columns: ['row', 'other'] }]);
    }));

  it('leaves the old batch when the new one is refused', () =>
    withSandbox({}, async ({ access, status }) => {
      await putBatch(access, 'one', JSON.stringify(weather(10)));
      expect((await putBatch(access, 'one', '[{"metrictype":')).status).toBe(400);
      expect((await putBatch(access, 'one', '{"metrictype":"x"}')).status).toBe(400);
      expect(status().rows).toBe(10);
    }));

  it('tells when a batch was received', () => {
    let now = Date.now();
    return withSandbox({ clockNow: () => now, batchStatusDelayMs: 1_000 }, async ({ access }) => {
      const ask = () => call(access, { method: 'GET', path: '/batch/v1/batch/status/one%20more', signedAtMs: now });
      expect((await ask()).status).toBe(404);
      const received = new Date(now).toUTCString();
      const body = JSON.stringify(weather(1));
      await call(access, { path: '/batch/v1/batch/upload/data/one%20more', body, signedAtMs: now });
      expect((await ask()).status).toBe(404);
      now += 1_000;
      const answer = await ask();
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ timestamp: received, 'content-type': 'application/json' });
    });
  });

  it('accepts malformed events and shows them in the error tables', () =>
    withSandbox({}, async ({ access, errors, status }) => {
      const events = [...weather(1), { metrictype: 'weather', note: 'no time' }, { timestamp: 1 }];
      expect(await putEvents(access, events)).toMatchObject({ status: 200, json: { failedRecordCount: 0, records: [{}, {}, {}] } });
      await putBatch(access, 'b', JSON.stringify([{ metrictype: 'weather', timestamp: 1, _f: 2 }]));
      expect(status()).toMatchObject({ rows: 1, errors: 3 });
      expect(errors(page)).toMatchObject({
        total: 3,
        errors: [
          { source: 'errors.stream', message: 'the event has no timestamp', event: '{"metrictype":"weather","note":"no time"}' },
          { source: 'errors.stream', message: 'the event has no metric type', event: '{"timestamp":1}' },
          { source: 'errors.batch', message: 'the field name "_f" is forbidden' },
        ],
      });
      expect(errors({ offset: 2, limit: 1 }).errors).toHaveLength(1);
    }));

  it('treats events of unknown metric types as malformed when told so', () =>
    withSandbox({ autoCreateMetrics: false }, async ({ access, status }) => {
      await putEvents(access, weather(2));
      expect(status()).toMatchObject({ rows: 0, errors: 2 });
    }));

  it('pages through many requests without leaving out or repeating a row', () =>
    withSandbox({}, async ({ access }) => {
      for (let part = 0; part < 5; part++) await putBatch(access, `part ${part}`, JSON.stringify(weather(1_000, { part })));
      const seen: string[] = [];
      for (let offset = 0; offset < 5_000; offset += 700) {
        const answer = await callOwn(access, 'GET', `/sandbox/tables/weather/rows?offset=${offset}&limit=700`);
        const { rows } = answer.json as { rows: { fields: { part: string; row: string } }[] };
        seen.push(...rows.map(({ fields }) => `${fields.part}/${fields.row}`));
      }
      expect(seen).toHaveLength(5_000);
      expect(new Set(seen).size).toBe(5_000);
    }));

  it('can be emptied', () =>
    withSandbox({}, async ({ access, status, tables }) => {
      await putEvents(access, [...weather(2), {}]);
      expect(await callOwn(access, 'DELETE', '/sandbox/data')).toMatchObject({ status: 200 });
      expect(status()).toMatchObject({ rows: 0, errors: 0 });
      expect(tables()).toEqual([]);
      await putEvents(access, weather(2));
      expect(status().rows).toBe(2);
    }));
});

describe('limits', () => {
  const small = { maxStreamRequestBytes: 20_000, maxBatchRequestBytes: 40_000, maxEventBytes: 5_000, maxRequestBytes: 100_000 };
  it('refuses too many events, too large an event and too large a request, whole', () =>
    withSandbox({ limits: small }, async ({ access, status }) => {
      expect((await putEvents(access, weather(500))).status).toBe(400);
      const refused = await putEvents(access, weather(1, { text: 'x'.repeat(5_000) }));
      expect(refused.json).toEqual({
        type: 'BadRequestException',
        message: expect.stringContaining('at most 5000 are taken') as string,
        'request-id': refused.headers['x-amzn-requestid'],
      });
      expect((await putBatch(access, 'b', JSON.stringify(weather(1, { text: 'é'.repeat(2_500) })))).status).toBe(400);
      expect((await putBatch(access, 'b', JSON.stringify(weather(1_000)))).status).toBe(400);
      expect(await putBatch(access, 'b', ' '.repeat(100_001))).toMatchObject({ status: 413, json: { message: 'Request Too Long' } });
      expect(status().rows).toBe(0);
    }));

  it('takes 500 events a stream request and not 501 nor none', () =>
    withSandbox({}, async ({ access, status }) => {
      expect((await putEvents(access, weather(500))).status).toBe(200);
      expect((await putEvents(access, weather(501))).status).toBe(400);
      expect((await putEvents(access, [])).status).toBe(400);
      expect(status().rows).toBe(500);
    }));

  it('takes an event of 375,000 bytes and not one more', () =>
    withSandbox({}, async ({ access }) => {
      const empty = JSON.stringify(weather(1, { text: '' })).length - 2;
      expect((await putEvents(access, weather(1, { text: 'x'.repeat(375_000 - empty) }))).status).toBe(200);
      expect((await putEvents(access, weather(1, { text: 'x'.repeat(375_001 - empty) }))).status).toBe(400);
    }));

  it('answers 429 when the rate is exceeded, without storing anything, and counts it', () =>
    withSandbox({ limits: { requestsPerSecond: 0.001, burst: 3 } }, async ({ access, status }) => {
      for (let sent = 0; sent < 3; sent++) expect((await putEvents(access, weather(1))).status).toBe(200);
      expect(await putEvents(access, weather(1))).toMatchObject({ status: 429, json: { message: 'Too Many Requests' } });
      expect((await call(access, { method: 'GET', path: '/schema/v1/schema' })).status).toBe(200);
      expect(status()).toMatchObject({ rows: 3, requests: 5 });
      const stats = (await callOwn(access, 'GET', '/sandbox/stats')).json;
      expect(stats).toMatchObject({
        rows: 3,
        maxWritesPerSecond: expect.any(Number) as number,
        operations: [
          { operation: 'putEvents', status: 200, requests: 3 },
          { operation: 'putEvents', status: 429, requests: 1 },
          { operation: 'getSchema', status: 200, requests: 1 },
        ],
      });
    }));
});

describe('a restart', () => {
  let dataDir = '';
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'sandbox-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('has the same data, schema, credentials and port', async () => {
    const first = await withSandbox({ dataDir }, async ({ access }) => {
      await putEvents(access, [...weather(3), {}]);
      await call(access, { method: 'PATCH', path: '/schema/v1/schema', body: '{"metricTypeKeys":["type"]}' });
      return access;
    });
    await withSandbox({ dataDir }, async ({ access, status }) => {
      expect(access).toEqual(first);
      expect(status()).toMatchObject({ rows: 3, errors: 1 });
      expect((await call(access, { method: 'GET', path: '/schema/v1/schema' })).json).toEqual({
        timestampPatterns: [],
        metricKeys: ['type'],
      });
      await putEvents(access, [{ type: 'weather', timestamp: 1 }]);
      expect(status().rows).toBe(4);
    });
  });

  it('takes another port when the one of the last time is taken', async () => {
    const { root } = await withSandbox({ dataDir }, async ({ access }) => access);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(new URL(root).port), '127.0.0.1', resolve));
    try {
      await withSandbox({ dataDir }, async ({ access }) => expect(access.root).not.toBe(root));
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('refuses to share its data with a second sandbox', () =>
    withSandbox({ dataDir }, async () => {
      await expect(withSandbox({ dataDir }, async () => undefined)).rejects.toMatchObject({ code: 'sandbox-failed' });
    }));

  it.runIf(process.platform !== 'win32')('keeps its files to their owner', () =>
    withSandbox({ dataDir }, async () => {
      for (const name of ['sandbox.json', 'sandbox.lock', 'sandbox.sqlite', 'sandbox.sqlite-wal']) {
        expect(statSync(join(dataDir, name)).mode & 0o777, name).toBe(0o600);
      }
    }),
  );

  it('has everything it answered for before it was killed', async () => {
    const server = fileURLToPath(new URL('../../electron/sandbox/server.ts', import.meta.url));
    const script = join(dataDir, 'serve.mjs');
    writeFileSync(
      script,
      `import { startSandbox } from ${JSON.stringify(`file://${server}`)};\nconst sandbox = await startSandbox({ dataDir: ${JSON.stringify(dataDir)} });\nconsole.log(JSON.stringify(sandbox.access));\n`,
    );
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const gone = new Promise((resolve) => child.on('exit', resolve));
    const access = await new Promise<SandboxAccess>((resolve) =>
      child.stdout.on('data', (line: Buffer) => resolve(JSON.parse(line.toString()) as SandboxAccess)),
    );
    for (let sent = 0; sent < 20; sent++) expect((await putBatch(access, `batch ${sent}`, JSON.stringify(weather(100)))).status).toBe(200);
    child.kill('SIGKILL');
    await gone;
    await withSandbox({ dataDir }, async ({ status }) => expect(status().rows).toBe(2_000));
  });
});
