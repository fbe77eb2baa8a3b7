/** Files that are held for their rejects, and a process that is killed meanwhile: they stay held, and go on when somebody says so. */
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOf } from '../fakes/generated-csv.ts';
import { runningEngine } from '../fakes/running-engine.ts';
import { allOnce, idRange, watchPlace, type WatchPlace } from '../fakes/watch-place.ts';

let place: WatchPlace;
beforeEach(async () => {
  place = await watchPlace({ route: 'batch' });
});
afterEach(() => place.close());

const withBadRow = (after: number, rows: number): string =>
  `${csvOf({ rows: after })}never,bad\n${csvOf({ rows: rows - after, first: after, header: false })}`;

/** Goes on in this process, where the decision is made, until everything is dealt with. */
async function letGoOn(): Promise<void> {
  const { engine, close } = await runningEngine({ dataDir: place.dataDir });
  try {
    const [folder] = engine.listFolders();
    const [connection] = engine.listConnections();
    if (folder === undefined || connection === undefined) throw new Error('nothing is known of the folder');
    const { id, name, root, stage, region, limits } = connection;
    await engine.updateConnection({ id, name, root, stage, region, limits, secrets: place.sandbox.access.secrets });
    const { path, connectionId, mode, route, mapping, metricType, include, exclude, recursive, existing, rewritten, after } = folder;
    const { settleMs, maxAgeMs, watching, pollMs, maxRejects } = folder;
    const settings = { path, connectionId, mode, route, mapping, metricType, include, exclude, recursive, existing, rewritten, after };
    await engine.addFolder({ ...settings, settleMs, maxAgeMs, watching, pollMs, maxRejects }, { id: folder.id });
    const signal = AbortSignal.timeout(30_000);
    await engine.folderSettled(folder.id, signal);
    expect(engine.folderFiles({ folderId: folder.id, offset: 0, limit: 10 }).files).toMatchObject([
      { path: 'a.csv', state: 'held', reason: { code: 'too-many-rejects' } },
    ]);
    await engine.decideFolder({ folderId: folder.id, fileId: 'a.csv', decision: 'send' });
    await engine.folderSettled(folder.id, signal);
  } finally {
    await close();
  }
}

describe.each([
  ['rows', 'stop', { rowsRead: 101, rowsConfirmed: 100, rowsRejected: 1, rowsHeld: 0 }],
  ['files', 'stop', { rowsRead: 301, rowsConfirmed: 100, rowsRejected: 1, rowsHeld: 200 }],
  ['files', 'hold', { rowsRead: 301, rowsConfirmed: 0, rowsRejected: 0, rowsHeld: 301 }],
])('a file of a folder in mode %s that is held by %s', (mode, policy, counts) => {
  it('stays held through kill -9, sends nothing meanwhile, and goes on after the decision, also when it is killed once more', async () => {
    const mapping = place.work.at('mapping.json');
    writeFileSync(mapping, JSON.stringify({ rejects: { policy } }));
    const args = ['--mode', mode, '--mapping', mapping, '--settle-ms', '50'];
    place.write('a.csv', withBadRow(100, 300));
    const first = place.watch({ args });
    // One whose rows are followed may be held before those that stand before the bad one are counted.
    await first.told({ kind: 'file', state: 'held', code: 'too-many-rejects', ...(mode === 'rows' ? counts : {}) });
    await first.crash();

    const second = place.watch({ args });
    await second.told({ kind: 'folder', state: 'attention', code: 'too-many-rejects', ...counts });
    await second.crash();
    expect(place.accounts(idRange(0, counts.rowsConfirmed))).toEqual(allOnce);

    await letGoOn();
    expect(place.accounts(idRange(0, 300))).toEqual(allOnce);
    // What was decided stays decided: another row that does not fit holds nothing.
    place.append('a.csv', `never,bad\n${csvOf({ rows: 10, first: 300, header: false })}`);
    const third = place.watch({ args });
    if (mode === 'rows') await place.stored(310);
    await third.crash();
    if (mode === 'rows') expect(place.accounts(idRange(0, 310))).toEqual(allOnce);
  });
});
