import { appendFileSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../electron/engine/system-clock.ts';
import { startSandbox, type Sandbox } from '../../electron/sandbox/server.ts';
import type { Connection } from '../../shared/contract/connections.ts';
import { countStored, csvOf, storedIds } from '../fakes/generated-csv.ts';
import { startIngestServer } from '../fakes/ingest-server.ts';
import { engineFolder, runningEngine, type EngineFolder, type RunningEngine } from '../fakes/running-engine.ts';

let folder: EngineFolder;
let sandbox: Sandbox;
let running: RunningEngine;
let connection: Connection;

beforeEach(async () => {
  folder = engineFolder();
  sandbox = await startSandbox({ dataDir: folder.at('service') });
  running = await runningEngine({ dataDir: folder.at('data') });
  connection = await running.connect(sandbox.access, { maxBatchRequestBytes: 20_000 });
});
afterEach(async () => {
  await running.close();
  await sandbox.close();
  folder.remove();
});

const texts = (field: string): (string | undefined)[] =>
  sandbox.rows({ table: 'rows', offset: 0, limit: 100_000 }).rows.map(({ fields }) => fields[field]);
/** Another engine on the same folder, as after a restart of the app. */
const restart = async (): Promise<void> => {
  const { vault } = running;
  await running.close();
  running = await runningEngine({ dataDir: folder.at('data'), vault });
};

/** Stops in mid-file: the service refuses the key as soon as it has taken `requests` requests. */
async function stopMidway(file: string, route: 'batch' | 'stream', requests = 2): Promise<string> {
  let taken = 0;
  const proxy = await startIngestServer(
    () => (++taken > requests ? { status: 403, body: { message: 'Forbidden' } } : undefined),
    sandbox.access.root,
  );
  const { id, name, stage, region, limits } = connection;
  await running.engine.updateConnection({ id, name, stage, region, limits: { ...limits, concurrentRequests: 1 }, root: proxy.root });
  const transfer = await running.upload(connection, [file], { route });
  expect(transfer).toMatchObject({ state: 'held' });
  await running.engine.updateConnection({ id, name, stage, region, limits, root: sandbox.access.root });
  await proxy.close();
  return transfer.id;
}

describe.each(['batch', 'stream'] as const)('by the %s route', (route) => {
  it('row 14: two files with the same header and the same first kilobyte are not taken for one another', async () => {
    const start = csvOf({ rows: 100 });
    const one = folder.write('one.csv', start + csvOf({ rows: 50, first: 100, header: false }));
    const two = folder.write('two.csv', start.replaceAll(/,(\d+)\n/g, ',$1\n') + csvOf({ rows: 50, first: 200, header: false }));
    expect(await running.upload(connection, [one, two], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 300 } });
    const ids = storedIds(sandbox, 'rows');
    expect([...ids.values()].reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(ids.size).toBe(200);
  });

  it('row 15: one line without a newline is uploaded', async () => {
    const csv = folder.write('tiny.csv', 'timestamp,id\n1500000000000,1');
    expect(await running.upload(connection, [csv], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 1 } });
    const json = folder.write('tiny.ndjson', '{"timestamp":1500000000001,"id":2}');
    expect(await running.upload(connection, [json], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 1 } });
    expect([...storedIds(sandbox, 'rows').keys()]).toEqual([1, 2]);
  });

  it('rows appended after an upload are sent alone; without any, nothing is', async () => {
    const file = folder.write('grows.csv', csvOf({ rows: 700 }).trimEnd());
    await running.upload(connection, [file], { route });
    expect(await running.upload(connection, [file], { route })).toMatchObject({
      state: 'done',
      files: [{ state: 'unchanged', ledger: { rowsRead: 0 } }],
    });
    for (const first of [700, 900]) {
      appendFileSync(file, `\n${csvOf({ rows: 200, first, header: false }).trimEnd()}`);
      const grown = await running.upload(connection, [file], { route });
      expect(grown).toMatchObject({ state: 'done', files: [{ state: 'done', ledger: { rowsRead: 200, rowsConfirmed: 200 } }] });
      expect(await running.upload(connection, [file], { route })).toMatchObject({ files: [{ state: 'unchanged' }], requests: 0 });
    }
    appendFileSync(file, '\n');
    expect(await running.upload(connection, [file], { route })).toMatchObject({ files: [{ state: 'unchanged' }], requests: 0 });
    expect(countStored(sandbox, 'rows', 1_100)).toEqual({ total: 1_100, unique: 1_100, repeated: 0, lost: 0 });
  });

  it('rows appended after a stop, held and sent later, are never sent twice', async () => {
    const file = folder.write('grows.csv', csvOf({ rows: 500 }));
    await running.upload(connection, [file], { route });
    appendFileSync(file, csvOf({ rows: 3_000, first: 500, header: false }));
    await stopMidway(file, route);
    await restart();
    expect(await running.upload(connection, [file], { route })).toMatchObject({
      state: 'done',
      ledger: { rowsRead: 3_000, rowsConfirmed: 3_000 },
    });
    appendFileSync(file, csvOf({ rows: 10, first: 3_500, header: false }));
    expect(await running.upload(connection, [file], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 10 } });
    expect(countStored(sandbox, 'rows', 3_510)).toEqual({ total: 3_510, unique: 3_510, repeated: 0, lost: 0 });
  });

  it('another content of the same size and age at the same place is sent', async () => {
    const file = folder.write('same.csv', csvOf({ rows: 100, first: 100 }));
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    await running.upload(connection, [file], { route });
    writeFileSync(file, csvOf({ rows: 100, first: 300 }));
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    expect(await running.upload(connection, [file], { route })).toMatchObject({ ledger: { rowsConfirmed: 100 } });
    expect(storedIds(sandbox, 'rows').size).toBe(200);
  });

  it('row 18: a restart in the middle of a CSV eats no row as a header and sends no header as a row', async () => {
    const file = folder.write('rows.csv', csvOf({ rows: 3_000 }));
    const id = await stopMidway(file, route);
    await restart();
    await running.engine.retry(id);
    expect(await running.engine.finished(id)).toMatchObject({ state: 'done', ledger: { rowsRead: 3_000, rowsConfirmed: 3_000 } });
    expect(countStored(sandbox, 'rows', 3_000)).toEqual({ total: 3_000, unique: 3_000, repeated: 0, lost: 0 });
  });

  it('row 19: malformed and overlong rows go to the rejects once, the rest goes on, also over a restart', async () => {
    const bad = '1500000000000,1,too,many\nyesterday,2\n';
    const text =
      csvOf({ rows: 1_000 }) + bad + `1500000000000,"${'x'.repeat(400_000)}"\n` + csvOf({ rows: 2_000, first: 1_000, header: false });
    const file = folder.write('bad.csv', text);
    await stopMidway(file, route, 3);
    await restart();
    const transfer = await running.upload(connection, [file], { route });
    expect(transfer).toMatchObject({ state: 'attention', ledger: { rowsRead: 3_003, rowsConfirmed: 3_000, rowsRejected: 3, rowsHeld: 0 } });
    const { rejects, total } = await running.engine.rejects({ transferId: transfer.id, offset: 0, limit: 100 });
    expect(total).toBe(3);
    expect(rejects.map(({ line, code }) => [line, code])).toEqual([
      [1_002, 'ragged-row'],
      [1_003, 'timestamp-unparsable'],
      [1_004, 'event-too-large'],
    ]);
    expect(await running.upload(connection, [file], { route })).toMatchObject({ files: [{ state: 'unchanged' }], requests: 0 });
    expect(countStored(sandbox, 'rows', 3_000)).toEqual({ total: 3_000, unique: 3_000, repeated: 0, lost: 0 });
  });

  it('row 20: every encoding is read right, also when resumed in mid-file', async () => {
    const word = 'Grüße aus Köln, 100 € — ça va';
    const csv = `timestamp,id,text\n${Array.from({ length: 3_000 }, (_, id) => `${1_500_000_000_000 + id},${id},"${word}"\n`).join('')}`;
    const utf16be = Buffer.from(csv, 'utf16le').swap16();
    const latin = Buffer.from(csv.replaceAll('€', 'E').replaceAll('—', '-'), 'latin1');
    const files: readonly (readonly [string, Uint8Array, string])[] = [
      ['utf8-bom.csv', Buffer.from(`\uFEFF${csv}`), word],
      ['utf16le.csv', Buffer.from(`\uFEFF${csv}`, 'utf16le'), word],
      ['utf16be.csv', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), word],
      ['latin1.csv', latin, word.replaceAll('€', 'E').replaceAll('—', '-')],
    ];
    for (const [name, bytes, expected] of files) {
      const id = await stopMidway(folder.write(name, bytes), route);
      await restart();
      await running.engine.retry(id);
      expect(await running.engine.finished(id), name).toMatchObject({ state: 'done', ledger: { rowsRead: 3_000, rowsConfirmed: 3_000 } });
      expect(new Set(texts('text').slice(-3_000)), name).toEqual(new Set([expected]));
    }
    expect(countStored(sandbox, 'rows', 3_000)).toEqual({ total: 12_000, unique: 3_000, repeated: 9_000, lost: 0 });
  });

  it('row 22: a file that is rewritten between stop and retry is not gone on with, and sent anew when asked', async () => {
    const file = folder.write('rows.csv', csvOf({ rows: 3_000 }));
    const id = await stopMidway(file, route);
    writeFileSync(file, csvOf({ rows: 3_000, first: 5_000 }));
    await running.engine.retry(id);
    expect(await running.engine.finished(id)).toMatchObject({
      state: 'held',
      files: [{ state: 'held', failure: { code: 'source-changed' } }],
    });
    expect(await running.upload(connection, [file], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 3_000 } });
    const ids = storedIds(sandbox, 'rows');
    for (let id = 5_000; id < 8_000; id += 1) expect(ids.get(id)).toBe(1);
  });

  it('a file that is gone at the retry keeps its rows held, with the reason', async () => {
    const file = folder.write('rows.csv', csvOf({ rows: 3_000 }));
    const id = await stopMidway(file, route);
    const content = readFileSync(file);
    rmSync(file);
    await running.engine.retry(id);
    const gone = await running.engine.finished(id);
    expect(gone).toMatchObject({ state: 'held', files: [{ state: 'held', failure: { code: 'source-missing' } }] });
    expect(gone.ledger.rowsHeld).toBeGreaterThan(0);
    writeFileSync(file, content);
    await running.engine.retry(id);
    expect(await running.engine.finished(id)).toMatchObject({ state: 'done' });
    expect(countStored(sandbox, 'rows', 3_000)).toEqual({ total: 3_000, unique: 3_000, repeated: 0, lost: 0 });
  });

  it('row 34: the same file goes to a second connection too', async () => {
    const file = folder.write('rows.csv', csvOf({ rows: 1_000 }));
    const other = await startSandbox({ dataDir: folder.at('other') });
    try {
      const second = await running.connect(other.access, {}, 'second');
      for (const to of [connection, second]) {
        expect(await running.upload(to, [file], { route })).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 1_000 } });
      }
      for (const one of [sandbox, other]) expect(countStored(one, 'rows', 1_000)).toMatchObject({ total: 1_000, lost: 0 });
    } finally {
      await other.close();
    }
  });

  it('the same file twice in one call is sent once; one that is refused does not stop the other', async () => {
    const file = folder.write('rows.csv', csvOf({ rows: 1_000 }));
    const transfer = await running.upload(connection, [file, folder.at('missing.csv'), file], { route });
    expect(transfer).toMatchObject({
      state: 'attention',
      files: [{ state: 'done' }, { state: 'refused', failure: { code: 'file-missing' } }],
      ledger: { rowsConfirmed: 1_000 },
    });
    expect(countStored(sandbox, 'rows', 1_000)).toMatchObject({ total: 1_000, lost: 0 });
  });

  it('row 3: a request that was answered before an earlier one does not move the checkpoint past it', async () => {
    let isOpen = false;
    const marked = /"id":1500[,}]/;
    const proxy = await startIngestServer(({ body }) => (!isOpen && marked.test(body) ? { status: 503 } : undefined), sandbox.access.root);
    const { id, name, stage, region, limits } = connection;
    await running.engine.updateConnection({ id, name, stage, region, limits, root: proxy.root });
    const file = folder.write('rows.csv', csvOf({ rows: 5_000 }));
    const transferId = await running.start(connection, [file], { route });
    // The marked request is refused while others pass it by; then the transfer is stopped.
    await new Promise<void>((resolve) => {
      const watch = running.engine.subscribe((event) => {
        if (event.kind !== 'transfer' || event.transfer.ledger.rowsConfirmed < 3_000) return;
        void watch.dispose();
        resolve();
      });
    });
    await running.engine.cancel(transferId);
    expect(running.engine.transfer(transferId)).toMatchObject({ state: 'cancelled' });
    await restart();
    isOpen = true;
    const before = proxy.arrivals.length;
    expect(await running.upload(connection, [file], { route })).toMatchObject({
      state: 'done',
      ledger: { rowsRead: 5_000, rowsConfirmed: 5_000 },
    });
    expect(proxy.arrivals.slice(before).some(({ body }) => marked.test(body))).toBe(true);
    const { lost, repeated } = countStored(sandbox, 'rows', 5_000);
    expect([lost, repeated]).toEqual([0, 0]);
    await proxy.close();
  });
});

describe('row 33: a clock that is wrong by an hour', () => {
  it.each([3_600_000, -3_600_000])('by %i ms: the skew is learned from the service, and the person is told', async (offset) => {
    const clock = { ...systemClock, now: () => Date.now() + offset };
    const wrong = await runningEngine({ dataDir: folder.at('wrong'), clock });
    try {
      const to = await wrong.connect(sandbox.access);
      const checks = await wrong.engine.testConnection(to.id);
      expect(checks.find(({ part }) => part === 'clock')).toMatchObject({ outcome: 'failed', failure: { code: 'clock-skewed' } });
      const file = folder.write('rows.csv', csvOf({ rows: 2_000 }));
      expect(await wrong.upload(to, [file])).toMatchObject({ state: 'done', ledger: { rowsConfirmed: 2_000, possiblyRepeated: 0 } });
      expect(countStored(sandbox, 'rows', 2_000)).toMatchObject({ total: 2_000, lost: 0 });
    } finally {
      await wrong.close();
    }
  });
});
