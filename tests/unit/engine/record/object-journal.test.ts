import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectTargetSchema } from '../../../../shared/contract/object-store.ts';
import { addFile, addTransfer, newBatch, openJournal, tempDir } from './journals.ts';

const target = objectTargetSchema.parse({ bucket: 'rows', region: 'eu-west-1', reference: true, untouched: false });
const plan = { form: 'untouched', key: 'folder/file-1.csv.gz', partBytes: 8_388_608, compressed: false } as const;

let folder: ReturnType<typeof tempDir>;
let opened: ReturnType<typeof openJournal>;
beforeEach(() => {
  folder = tempDir();
  opened = openJournal(folder.path);
  addTransfer(opened.journal, 't');
  addFile(opened.journal, 'f');
  opened.journal.addObject('f', target);
});
afterEach(() => {
  opened.journal.close();
  folder.remove();
});

/** What is known after the process was killed. */
const reopened = () => {
  opened.journal.close();
  opened = openJournal(folder.path);
  return opened.journal;
};

describe('the journal of objects', () => {
  it('knows how an object is made, its upload and every part that has arrived, after a kill', () => {
    opened.journal.planObject('f', plan);
    opened.journal.setUploadId('f', 'upload-1');
    opened.journal.addPart('f', { number: 2, bytes: 5, sha256: 'ab', etag: 'cd' });
    const journal = reopened();
    expect(journal.object('f')).toEqual({ target, state: 'uploading', plan, uploadId: 'upload-1', completedAt: undefined });
    expect(journal.part('f', 2)).toEqual({ number: 2, bytes: 5, sha256: 'ab', etag: 'cd' });
    expect(journal.part('f', 1)).toBeUndefined();
  });

  it('forgets the parts of an upload that the store has forgotten', () => {
    opened.journal.planObject('f', plan);
    opened.journal.setUploadId('f', 'upload-1');
    opened.journal.addPart('f', { number: 1, bytes: 5, sha256: 'ab', etag: 'cd' });
    opened.journal.setUploadId('f', undefined);
    expect(opened.journal.part('f', 1)).toBeUndefined();
    expect(opened.journal.object('f').uploadId).toBeUndefined();
  });

  it('does not upload again what lies in the bucket, only refers to it and asks', () => {
    opened.journal.planObject('f', plan);
    opened.journal.completeObject('f', { etag: 'e', bytes: 10, completedAt: 1_000 });
    expect(reopened().object('f')).toMatchObject({ state: 'complete', completedAt: 1_000, uploadId: undefined });
    opened.journal.setReferenced('f', 900);
    expect(opened.journal.object('f')).toMatchObject({ state: 'referenced', completedAt: 900 });
  });

  it('confirms the rows of a file all at once', () => {
    const { journal, history } = opened;
    journal.planBatch('f', newBatch(0, 10));
    journal.planBatch('f', { ...newBatch(10, 20), events: 8, rejected: ['ragged-row', 'ragged-row'] });
    expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 20, rowsHeld: 18, rowsRejected: 2, rowsConfirmed: 0 });
    journal.confirmObject('f', 'received');
    expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 20, rowsHeld: 0, rowsRejected: 2, rowsConfirmed: 18 });
    expect(journal.object('f').state).toBe('received');
  });

  it('begins a file anew without leaving anything of its rows in the ledger', () => {
    const { journal, history } = opened;
    journal.planBatch('f', { ...newBatch(0, 20), events: 18, rejected: ['ragged-row', 'ragged-row'] });
    journal.replanFile('f', { byte: 0, row: 0, line: 1 });
    expect(history.transfer('t')?.ledger).toMatchObject({ rowsRead: 0, rowsHeld: 0, rowsRejected: 0 });
    expect(history.transfer('t')?.files[0]?.rejects).toEqual([]);
    expect(journal.allBatches('f')).toEqual([]);
  });

  it('is gone with a file that was entered and not sent', () => {
    opened.journal.dropFile('f');
    expect(() => opened.journal.object('f')).toThrow();
  });
});
