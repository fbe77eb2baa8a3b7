import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionSchema, limitsSchema } from '../../../../shared/contract/connections.ts';
import { openDatabase } from '../../../../electron/engine/record/database.ts';
import { ConnectionStore } from '../../../../electron/engine/record/connection-store.ts';
import { addFile, addTransfer, newBatch, openJournal, tempDir } from './journals.ts';

let folder: ReturnType<typeof tempDir>;
let file: string;
beforeEach(() => {
  folder = tempDir();
  file = path.join(folder.path, 'journal.sqlite');
});
afterEach(() => folder.remove());

function filled(): void {
  const { journal, database } = openJournal(folder.path);
  addTransfer(journal, 't');
  addFile(journal, 'f');
  for (let row = 0; row < 200; row += 1) journal.planBatch('f', newBatch(row, row + 1));
  // Into the file itself: the log beside it would mend it.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  journal.close();
}

describe('a damaged journal', () => {
  it.each<[string, () => void]>([
    ['that is no database', () => writeFileSync(file, 'this is no database, but long enough to be taken for one'.repeat(100))],
    ['that is empty', () => writeFileSync(file, '')],
    [
      'cut short',
      () => {
        filled();
        truncateSync(file, 10_000);
      },
    ],
    [
      'overwritten in the middle',
      () => {
        filled();
        const bytes = readFileSync(file);
        bytes.fill(0x5a, 4_096, 20_000);
        writeFileSync(file, bytes);
      },
    ],
  ])('%s is kept aside, and a new one begun with a notice', (_what, damage) => {
    damage();
    const before = readFileSync(file);
    const { history, journal, notices } = openJournal(folder.path);
    expect(notices).toMatchObject([{ code: 'journal-corrupt' }]);
    expect(history.recent(10)).toEqual([]);
    addTransfer(journal, 't');
    journal.close();
    const aside = String(notices[0]?.context['path']);
    expect(readFileSync(aside)).toEqual(before);
    const again = openJournal(folder.path);
    expect([again.notices, again.history.recent(10).length]).toEqual([[], 1]);
    again.journal.close();
  });
});

it('a journal of a newer version is refused and left as it is', () => {
  const { database } = openDatabase(folder.path, 0);
  database.exec('PRAGMA user_version = 99');
  database.close();
  const before = readFileSync(file);
  expect(() => openDatabase(folder.path, 0)).toThrow(expect.objectContaining({ code: 'journal-newer' }) as Error);
  expect(readFileSync(file)).toEqual(before);
});

it('what was recorded is there after it is closed and opened again', () => {
  filled();
  const { history, journal } = openJournal(folder.path);
  expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 200, rowsHeld: 200 });
  journal.close();
});

describe('connections', () => {
  const connection = (id: string, name: string) =>
    connectionSchema.parse({
      ...{ id, name, root: 'https://api.fineo.io', stage: 'v1', region: 'us-east-1', limits: limitsSchema.parse({}), isSandbox: false },
      savedSecrets: { apiKey: true, keyPair: true, sessionToken: false },
    });

  it('keep their order when they are changed, and no two have one name', () => {
    const { database } = openDatabase(folder.path, 0);
    const store = new ConnectionStore(database);
    for (const name of ['b', 'a', 'c']) store.put(connection(name, name));
    store.put(connection('b', 'B'));
    expect(store.list().map(({ name }) => name)).toEqual(['B', 'a', 'c']);
    expect(() => {
      store.put(connection('x', 'a'));
    }).toThrow(expect.objectContaining({ code: 'connection-name-taken' }) as Error);
    store.remove('a');
    expect(store.get('a')).toBeUndefined();
    expect(store.get('b')).toEqual(connection('b', 'B'));
    database.close();
  });
});
