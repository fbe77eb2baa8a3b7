/** Rejected rows: corrected in their file, sent once more, and nothing twice. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { engineFolder, runningEngine, type EngineFolder, type RunningEngine } from '../fakes/running-engine.ts';
import { withSandbox } from './sandbox-client.ts';

let folder: EngineFolder;
let running: RunningEngine;
beforeEach(async () => {
  folder = engineFolder();
  running = await runningEngine({ dataDir: folder.at('data') });
});
afterEach(async () => {
  await running.close();
  folder.remove();
});

const rejectsPathOf = async (transferId: string): Promise<string> =>
  (await running.engine.rejects({ transferId, offset: 0, limit: 1 })).paths[0] ?? '';
const edit = (path: string, change: (text: string) => string): void => writeFileSync(path, change(readFileSync(path, 'utf8')));

it('twelve bad rows of five kinds are corrected in two goes, and the first ledger shows them all as confirmed later', async () => {
  const good = Array.from({ length: 88 }, (_, at) => `${String(1_490_638_685_520 + at)};good;1`);
  const bad = [
    ...['never', 'soon', '31.02.2017'].map((time) => `${time};unparsable;1`),
    ...['1490638685', '1490638686', '12'].map((time) => `${time};seconds;1`),
    ...[';missing;1', ';missing;2'],
    ...['1490638685900;ragged', '1490638685901;ragged;1;2'],
    ...['1490638685902;"broken"quote;1', '1490638685903;"bro"ken;1'],
  ];
  const path = folder.write('points.csv', `timestamp;note;v\n${[...good.slice(0, 40), ...bad, ...good.slice(40)].join('\n')}\n`);
  await withSandbox({}, async ({ access, rows }) => {
    const connection = await running.connect(access);
    const transfer = await running.upload(connection, [path]);
    expect(transfer.ledger).toMatchObject({ rowsRead: 100, rowsConfirmed: 88, rowsRejected: 12 });
    expect(transfer.files[0]?.rejects.length).toBe(5);
    expect(transfer.confirmedLater).toBeUndefined();

    // First go: two of the kinds are mended, the others are left as they are.
    edit(await rejectsPathOf(transfer.id), (text) =>
      text
        .replaceAll(';1490638685;', ';1490638685000;')
        .replaceAll(';1490638686;', ';1490638686000;')
        .replaceAll(';12;seconds', ';1490638686012;seconds')
        .replaceAll('"broken"quote', '"broken ""quote"')
        .replaceAll('"bro"ken', 'broken'),
    );
    const first = await running.engine.replay(transfer.id);
    expect(first.rows).toBe(12);
    expect((await running.engine.finished(first.transferId)).ledger).toMatchObject({ rowsRead: 12, rowsConfirmed: 5, rowsRejected: 7 });
    expect(running.engine.transfer(transfer.id)).toMatchObject({ confirmedLater: 5, ledger: { rowsConfirmed: 88, rowsRejected: 12 } });

    // Second go: what is left, from the file of the replay.
    edit(await rejectsPathOf(first.transferId), (text) =>
      text
        .replace(/;(never|soon|31\.02\.2017);/g, ';1490638685904;')
        .replace(/;;missing/g, ';1490638685905;missing')
        .replace('900;ragged', '900;ragged;1')
        .replace('901;ragged;1;2', '901;ragged;1'),
    );
    const second = await running.engine.replay(transfer.id);
    expect(second.rows).toBe(7);
    expect((await running.engine.finished(second.transferId)).ledger).toMatchObject({ rowsConfirmed: 7, rowsRejected: 0 });
    expect(running.engine.transfer(transfer.id)).toMatchObject({ confirmedLater: 12, files: [{ confirmedLater: 12 }] });
    expect(rows({ table: 'rows', offset: 0, limit: 1 }).total).toBe(100);
    await expect(running.engine.replay(transfer.id)).rejects.toMatchObject({ code: 'no-files' });
  });
});

it('JSON lines are corrected in the text of the row', async () => {
  const path = folder.write('points.ndjson', '{"timestamp":1490638685520,"a":1}\n{"timestamp":"never","a":2}\n');
  await withSandbox({}, async ({ access, rows }) => {
    const transfer = await running.upload(await running.connect(access), [path]);
    expect(transfer.ledger).toMatchObject({ rowsConfirmed: 1, rowsRejected: 1 });
    edit(await rejectsPathOf(transfer.id), (text) => text.replace('\\"never\\"', '1490638685521'));
    const replay = await running.engine.replay(transfer.id);
    expect((await running.engine.finished(replay.transferId)).ledger).toMatchObject({ rowsConfirmed: 1, rowsRejected: 0 });
    expect(rows({ table: 'rows', offset: 0, limit: 1 }).total).toBe(2);
  });
});

it('rows are corrected one by one as they are shown, and what was changed meanwhile is left alone', async () => {
  const long = 'x'.repeat(3_000);
  const path = folder.write('points.csv', `timestamp;note;v\nnever;a;1\nsoon;${long};2\n1490638685520;good;3\nlater;c;4\n`);
  await withSandbox({}, async ({ access, rows }) => {
    const { id: transferId } = await running.upload(await running.connect(access), [path]);
    const told: number[] = [];
    running.engine.subscribe((event) => {
      if (event.kind === 'transfer' && event.transfer.id === transferId) told.push(event.transfer.confirmedLater ?? 0);
    });
    const open = await running.engine.openRejects({ transferId, offset: 0, limit: 2 });
    expect(open).toMatchObject({ total: 3, files: [{ header: 'timestamp;note;v' }], replays: [] });
    expect(open.rejects.map(({ at, line, isCut }) => [at, line, isCut])).toEqual([
      [0, 2, false],
      [1, 3, true],
    ]);
    expect((await running.engine.openRejects({ transferId, offset: 2, limit: 2 })).rejects).toMatchObject([{ at: 2, source: 'later;c;4' }]);

    const [first, second] = open.rejects;
    const whole = await running.engine.openReject({ transferId, fileId: second?.fileId ?? '', at: 1 });
    expect(whole.source).toBe(`soon;${long};2`);
    const fileId = whole.fileId;
    const fixed = { transferId, fileId, at: 0, digest: first?.digest ?? '', source: `1490638685521;"a, much\nlonger ${long}";1` };
    await running.engine.saveReject(fixed);
    await expect(running.engine.saveReject(fixed)).rejects.toMatchObject({ code: 'rejects-changed' });
    await running.engine.saveReject({ transferId, fileId, at: 1, digest: whole.digest, source: `1490638685522;${long};2` });

    const replay = await running.engine.replay(transferId);
    await running.engine.finished(replay.transferId);
    expect(running.engine.transfer(transferId)).toMatchObject({ confirmedLater: 2 });
    expect(told.at(-1)).toBe(2);

    // What is left stands in the replay's own file by now.
    const left = await running.engine.openRejects({ transferId, offset: 0, limit: 100 });
    expect(left).toMatchObject({ total: 1, rejects: [{ fileId, at: 0, line: 5, source: 'later;c;4' }] });
    await running.engine.saveReject({ transferId, fileId, at: 0, digest: left.rejects[0]?.digest ?? '', source: '' });
    await expect(running.engine.replay(transferId)).rejects.toMatchObject({ code: 'no-files' });
    await running.engine.saveReject({
      ...{ transferId, fileId, at: 0, source: '1490638685523;c;4' },
      digest: (await running.engine.openReject({ transferId, fileId, at: 0 })).digest,
    });
    await running.engine.finished((await running.engine.replay(transferId)).transferId);
    expect(running.engine.transfer(transferId)).toMatchObject({ confirmedLater: 3 });
    expect(await running.engine.openRejects({ transferId, offset: 0, limit: 100 })).toMatchObject({ total: 0, rejects: [] });
    expect(rows({ table: 'rows', offset: 0, limit: 1 }).total).toBe(4);
  });
});

it('while rows are sent once more they are not shown as open, and cannot be changed', async () => {
  const path = folder.write('points.csv', 'timestamp;v\nnever;1\n');
  await withSandbox({}, async ({ access, setFaults }) => {
    const { id: transferId } = await running.upload(await running.connect(access), [path]);
    const [row] = (await running.engine.openRejects({ transferId, offset: 0, limit: 1 })).rejects;
    const { fileId, at, digest } = row ?? { fileId: '', at: 0, digest: '' };
    const saved = await running.engine.saveReject({ transferId, fileId, at, digest, source: '1490638685520;1' });
    setFaults([{ kind: 'status', status: 503, rate: 1 }]);
    const replay = await running.engine.replay(transferId);
    expect(await running.engine.openRejects({ transferId, offset: 0, limit: 1 })).toMatchObject({ total: 0, replays: [replay.transferId] });
    const change = running.engine.saveReject({ transferId, fileId, at, digest: saved.digest, source: '' });
    await expect(change).rejects.toMatchObject({ code: 'transfer-running' });
    setFaults([]);
    await running.engine.finished(replay.transferId);
  });
});

it('a replay that is held goes on, or is given up: then its rows can be corrected and sent again', async () => {
  const path = folder.write('points.csv', 'timestamp;v\nnever;1\nsoon;2\n1490638685520;3\n');
  await withSandbox({}, async ({ access, rows, setFaults }) => {
    const connection = await running.connect(access);
    const { id: transferId } = await running.upload(connection, [path]);
    const [first] = (await running.engine.openRejects({ transferId, offset: 0, limit: 1 })).rejects;
    await running.engine.saveReject({
      transferId,
      fileId: first?.fileId ?? '',
      at: 0,
      digest: first?.digest ?? '',
      source: '1490638685521;1',
    });

    setFaults([{ kind: 'status', status: 403, rate: 1 }]);
    const held = await running.engine.replay(transferId);
    expect(await running.engine.finished(held.transferId)).toMatchObject({ state: 'held', ledger: { rowsHeld: 1, rowsRejected: 1 } });
    expect(await running.engine.openRejects({ transferId, offset: 0, limit: 9 })).toMatchObject({ total: 0, replays: [held.transferId] });
    const again = await running.engine.replay(transferId);
    expect(again).toEqual({ transferId: held.transferId, rows: 1, continued: true });
    expect((await running.engine.finished(held.transferId)).state).toBe('held');

    await running.engine.giveUpReplay(transferId);
    expect(running.engine.transfer(held.transferId)).toMatchObject({
      state: 'cancelled',
      ledger: { rowsRead: 2, rowsRejected: 2, rowsHeld: 0 },
    });
    await expect(running.engine.giveUpReplay(transferId)).rejects.toMatchObject({ code: 'no-files' });
    const open = await running.engine.openRejects({ transferId, offset: 0, limit: 9 });
    expect(open.rejects.map(({ line, code, source }) => [line, code, source])).toEqual([
      [3, 'timestamp-unparsable', 'soon;2'],
      [2, 'timestamp-unparsable', '1490638685521;1'],
    ]);

    setFaults([]);
    const [second] = open.rejects;
    await running.engine.saveReject({
      transferId,
      fileId: second?.fileId ?? '',
      at: 0,
      digest: second?.digest ?? '',
      source: '1490638685522;2',
    });
    const last = await running.engine.replay(transferId);
    expect(last).toMatchObject({ rows: 2, continued: false });
    expect((await running.engine.finished(last.transferId)).ledger).toMatchObject({ rowsConfirmed: 2, rowsRejected: 0 });
    expect(running.engine.transfer(transferId)).toMatchObject({ confirmedLater: 2 });
    expect(rows({ table: 'rows', offset: 0, limit: 1 }).total).toBe(3);
  });
});

it('a replay that is cancelled while it runs gives back the rows it did not send, and they are sent once', async () => {
  const bad = Array.from({ length: 1_200 }, (_, at) => `x${String(1_490_638_685_520 + at)};${String(at)}`);
  const path = folder.write('points.csv', `timestamp;v\n${bad.join('\n')}\n`);
  await withSandbox({}, async ({ access, rows, setFaults }) => {
    const connection = await running.connect(access, { concurrentRequests: 1 });
    const { id: transferId } = await running.upload(connection, [path]);
    edit(await rejectsPathOf(transferId), (text) => text.replaceAll(';x', ';'));

    setFaults([{ kind: 'status', status: 503, rate: 1 }]);
    const stopped = await running.engine.replay(transferId);
    await running.engine.cancel(stopped.transferId);
    expect(running.engine.transfer(stopped.transferId)).toMatchObject({ state: 'cancelled', ledger: { rowsHeld: 0, rowsConfirmed: 0 } });
    expect(await running.engine.openRejects({ transferId, offset: 1_190, limit: 20 })).toMatchObject({ total: 1_200, replays: [] });

    setFaults([]);
    const replay = await running.engine.replay(transferId);
    expect(replay).toMatchObject({ rows: 1_200, continued: false });
    expect((await running.engine.finished(replay.transferId)).ledger).toMatchObject({ rowsConfirmed: 1_200 });
    expect(running.engine.transfer(transferId)).toMatchObject({ confirmedLater: 1_200 });
    expect(rows({ table: 'rows', offset: 0, limit: 1 }).total).toBe(1_200);
  });
});

it('uploads of which every rejected row was corrected, and the replays before the last one, need no attention any more', async () => {
  const path = folder.write('points.csv', 'timestamp;v\nnever;1\nsoon;2\n');
  await withSandbox({}, async ({ access }) => {
    const { id: transferId } = await running.upload(await running.connect(access), [path]);
    const found = (state: 'attention' | 'done'): readonly string[] =>
      running.engine.history({ state, limit: 50 }).transfers.map(({ id }) => id);
    edit(await rejectsPathOf(transferId), (text) => text.replace(';never;', ';1490638685520;'));
    const first = await running.engine.replay(transferId);
    await running.engine.finished(first.transferId);
    expect(new Set(found('attention'))).toEqual(new Set([first.transferId, transferId]));
    edit(await rejectsPathOf(first.transferId), (text) => text.replace(';soon;', ';1490638685521;'));
    const second = await running.engine.replay(transferId);
    await running.engine.finished(second.transferId);
    expect(found('attention')).toEqual([]);
    expect(new Set(found('done'))).toEqual(new Set([first.transferId, second.transferId, transferId]));
    expect(running.engine.transfer(first.transferId)).toMatchObject({ confirmedLater: 1 });
  });
});
