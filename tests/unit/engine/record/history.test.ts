import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addFile, addTransfer, batchEnd, newBatch, openJournal, tempDir, type OpenJournal } from './journals.ts';

let folder: ReturnType<typeof tempDir>;
let open: OpenJournal;
beforeEach(() => {
  folder = tempDir();
  open = openJournal(folder.path);
});
afterEach(() => {
  open.journal.close();
  folder.remove();
});

describe('the history', () => {
  it('finds names as they are written, with % _ and \\ in them', () => {
    for (const [at, name] of ['100%', '100x', 'a_b', 'axb', 'c:\\d', 'c:d'].entries()) {
      addTransfer(open.journal, `t${at}`, { startedAt: at });
      addFile(open.journal, `f${at}`, { transferId: `t${at}`, path: `/files/${name}.csv` });
    }
    const found = (search: string) => open.history.list({ search, limit: 50 }).transfers.map(({ id }) => id);
    expect(found('100%')).toEqual(['t0']);
    expect(found('a_b')).toEqual(['t2']);
    expect(found('c:\\d')).toEqual(['t4']);
    expect(found('%')).toEqual(['t0']);
    expect(found('100')).toEqual(['t1', 't0']);
    expect(found('plant')).toHaveLength(6);
    expect(found('')).toHaveLength(6);
    expect(found('nothing like it')).toEqual([]);
  });

  it('is paged from the newest to the oldest, each once', () => {
    for (let at = 0; at < 25; at += 1) addTransfer(open.journal, `t${String(at).padStart(2, '0')}`, { startedAt: at });
    const seen: string[] = [];
    for (let before: number | undefined; ;) {
      const { transfers, more } = open.history.list({ limit: 10, ...(before === undefined ? {} : { before }) });
      seen.push(...transfers.map(({ id }) => id));
      before = transfers.at(-1)?.startedAt;
      if (!more) break;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, at) => `t${String(24 - at).padStart(2, '0')}`));
  });

  it('is filtered by state; running ones are always recent', () => {
    for (let at = 0; at < 6; at += 1) addTransfer(open.journal, `t${at}`, { startedAt: at });
    for (const at of [1, 2, 3, 4, 5]) open.journal.setTransferState(`t${at}`, at % 2 === 0 ? 'held' : 'done', undefined, 9);
    expect(open.history.list({ state: 'held', limit: 10 }).transfers.map(({ id }) => id)).toEqual(['t4', 't2']);
    expect(open.history.recent(2).map(({ id }) => id)).toEqual(['t5', 't4', 't0']);
  });

  it('counts files beyond those it lists in the ledger', () => {
    addTransfer(open.journal, 't');
    for (let at = 0; at < 130; at += 1) {
      addFile(open.journal, `f${at}`);
      open.journal.planBatch(`f${at}`, newBatch(0, 2, { events: 1, rejected: ['ragged-row'] }));
    }
    const transfer = open.history.transfer('t');
    expect(transfer?.files).toHaveLength(100);
    expect(transfer).toMatchObject({ moreFiles: 30, ledger: { rowsRead: 260, rowsRejected: 130, rowsHeld: 130 }, bytesTotal: 13_000 });
    expect(transfer?.files[0]?.rejects).toEqual([{ code: 'ragged-row', rows: 1 }]);
  });

  it('tells the requests of a transfer with their rows and answers', () => {
    addTransfer(open.journal, 't');
    addFile(open.journal, 'f');
    const first = open.journal.planBatch('f', newBatch(0, 3));
    open.journal.planBatch('f', newBatch(3, 5));
    open.journal.markSending('f', first, 0);
    const end = batchEnd('confirmed', { status: 200, requestId: 'abc', bytesSent: 7, retries: 1 });
    open.journal.endBatch('f', first, 't', end, { confirmed: 3, rejected: [], rejectsBytes: 0 });
    const { batches, total } = open.history.batches({ transferId: 't', offset: 0, limit: 10 });
    expect(total).toBe(2);
    expect(batches).toMatchObject([
      { firstRow: 1, lastRow: 3, state: 'confirmed', attempts: 1, status: 200, requestId: 'abc' },
      { firstRow: 4, lastRow: 5, state: 'planned', attempts: 0 },
    ]);
    expect(open.history.batches({ transferId: 't', offset: 1, limit: 10 }).batches).toHaveLength(1);
    expect(open.history.transfer('t')).toMatchObject({ requests: 1, retries: 1, bytesSent: 7 });
  });
});
