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
