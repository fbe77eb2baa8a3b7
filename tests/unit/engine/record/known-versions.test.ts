import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { positionOf, newBatch, batchEnd, openJournal, tempDir, type OpenJournal } from './journals.ts';

let dir = tempDir();
let open: OpenJournal;
beforeEach(() => {
  dir = tempDir();
  open = openJournal(dir.path);
});
afterEach(() => {
  open.journal.close();
  dir.remove();
});

function follow(id: string, path = `/in/${id}.csv`): void {
  open.journal.addVersion(
    {
      ...{ id, transferId: `t-${id}`, folderId: 'f', connectionId: 'c', connectionName: 'Plant', route: 'stream', path, name: `${id}.csv` },
      ...{ version: 'v', mappingDigest: 'm', mappingRef: undefined, sizeBytes: 100, fileKey: `1:${id.length}`, startedAt: 1 },
    },
    '{}',
  );
}

/** Plans its first ten rows. Returns the batch. */
function plan(id: string): number {
  const identity = JSON.stringify({ of: id });
  const { batchIds } = open.journal.planBody(
    'f',
    'b',
    [{ ...newBatch(0, 10), fileId: id, firstEvent: 0, identity, firstRow: '00ff00ff00ff00ff' }],
    undefined,
  );
  return batchIds[0] ?? 0;
}

function settle(id: string): void {
  open.journal.endBatch(id, plan(id), `t-${id}`, batchEnd('confirmed'), { confirmed: 10, rejected: [], rejectsBytes: 0 });
  open.journal.setVersionState(id, `t-${id}`, 'done', 'done', undefined, 2);
  open.journal.setVersionSeen(id, 1_700_000_000_000.25);
}

const glances = () => [...open.journal.openVersions('f', '/in/')];

describe('a glance at the versions of a folder', () => {
  it('says of one that is settled how it stood, and how much of it was read', () => {
    follow('a', '/in/sub/Zähler 1.csv');
    settle('a');
    expect(glances().map(({ settled }) => settled)).toEqual([
      {
        ...{ path: 'sub/Zähler 1.csv', fileKey: '1:1', bytesRead: positionOf(10).byte, seenMs: 1_700_000_000_000.25 },
        ...{ firstRow: '00ff00ff00ff00ff' },
        ledger: { rowsRead: 10, rowsConfirmed: 10, rowsRejected: 0, rowsHeld: 0, possiblyRepeated: 0 },
      },
    ]);
    const [glance] = glances();
    expect(open.journal.versionAt(glance?.row ?? 0)).toEqual(open.journal.version('a'));
    expect(open.journal.versionPlace('a')).toEqual({ row: glance?.row, path: '/in/sub/Zähler 1.csv' });
    expect(open.journal.versionPlace('none')).toBeUndefined();
  });

  it.each<[string, (id: string) => void]>([
    ['has rows that are not settled', (id) => void plan(id)],
    ['has nothing that was read', () => undefined],
    [
      'is held',
      (id) => {
        settle(id);
        open.journal.setVersionState(id, `t-${id}`, 'held', 'held', undefined, 3);
      },
    ],
    [
      'needs another version',
      (id) => {
        settle(id);
        open.journal.setKnownRows(id, 'earlier');
      },
    ],
  ])('says of one that %s only where the rest is', (_what, make) => {
    follow('a');
    make('a');
    expect(glances()).toEqual([{ row: open.journal.versionPlace('a')?.row, settled: undefined }]);
  });

  it('one outside of the folder is not told by its path', () => {
    follow('a', '/inside/a.csv');
    settle('a');
    expect(glances().map(({ settled }) => settled)).toEqual([undefined]);
  });

  it('passes none over and gives none twice, however many there are; closed ones are left out', () => {
    open.journal.atomically(() => {
      for (let id = 0; id < 2_500; id += 1) follow(`v${String(id)}`);
    });
    open.journal.closeVersion('v7');
    const rows = glances().map(({ row }) => row);
    expect(new Set(rows).size).toBe(2_499);
    expect(rows).toEqual([...rows].sort((one, other) => one - other));
    expect(rows).not.toContain(open.journal.versionPlace('v7')?.row);
  });
});

it('hashes of rows are asked for of open versions, and of those whose rows are passed over in one', () => {
  for (const id of ['open', 'closed', 'earlier', 'later']) {
    follow(id);
    settle(id);
  }
  open.journal.setKnownRows('later', 'earlier');
  for (const id of ['closed', 'earlier']) open.journal.closeVersion(id);
  expect(open.journal.withRowsAskedFor(['open', 'closed', 'earlier', 'later', 'none'])).toEqual(new Set(['open', 'earlier', 'later']));
});

it('versions that took the place of another are told with the one whose rows they passed over, closed ones left out', () => {
  for (const id of ['earlier', 'later', 'closed', 'other']) {
    follow(id);
    settle(id);
  }
  for (const id of ['later', 'closed']) open.journal.setKnownRows(id, 'earlier');
  for (const id of ['closed', 'earlier']) open.journal.closeVersion(id);
  expect(open.journal.versionsAfterOthers('f')).toEqual([{ path: '/in/later.csv', knownRowsOf: 'earlier', formatId: undefined }]);
});

it('settled requests but the newest are forgotten a few at a time; those that are not settled stay', () => {
  for (let id = 0; id < 10; id += 1) {
    follow(`v${String(id)}`);
    if (id === 0) plan('v0');
    else settle(`v${String(id)}`);
  }
  expect(open.journal.pruneSettled(3, 4)).toBe(4);
  expect(open.journal.pruneSettled(3, 4)).toBe(1);
  expect(open.journal.pruneSettled(3, 4)).toBe(0);
  expect(open.journal.openSegments('f').map(({ fileId }) => fileId)).toEqual(['v0']);
  expect(open.journal.folderLedger('f', 'all').ledger.rowsConfirmed).toBe(90);
});

it('sums over closed versions are those of closed versions alone', () => {
  for (const id of ['a', 'b']) {
    follow(id);
    settle(id);
  }
  open.journal.closeVersion('b');
  expect(open.journal.folderLedger('f', 'closed').ledger.rowsConfirmed).toBe(10);
  expect(open.journal.folderLedger('f', 'all').ledger.rowsConfirmed).toBe(20);
});
