import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectTargetSchema } from '../../../../shared/contract/object-store.ts';
import type { TransferObject } from '../../../../shared/contract/transfers.ts';
import { failure } from '../../../../electron/engine/errors.ts';
import { addFile, addTransfer, newBatch, openJournal, tempDir } from './journals.ts';

const target = objectTargetSchema.parse({ bucket: 'rows', region: 'eu-west-1', reference: true, untouched: false });
const plan = { form: 'untouched', key: 'folder/file-1.csv.gz', partBytes: 8_388_608, compressed: false } as const;
const part = (number: number) => ({ number, bytes: 10, sha256: `s${String(number)}`, etag: `e${String(number)}` });

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

const listed = (offset = 0, limit = 100): readonly TransferObject[] => opened.objects.list({ transferId: 't', offset, limit }).objects;

describe('the history of objects', () => {
  it('says how many parts there are, which have arrived and which are under way, and how often they were sent', () => {
    const { journal } = opened;
    expect(listed()).toMatchObject([{ state: 'planned', bucket: 'rows', bytes: 0, attempts: 0, mayResume: false }]);
    journal.planObject('f', plan);
    journal.setUploadId('f', 'upload-1');
    journal.setPartsPlanned('f', 4);
    for (const number of [1, 2, 3]) journal.beginPart('f', number, 10);
    journal.beginPart('f', 2, 10);
    journal.addPart('f', part(1));
    expect(listed()).toEqual([
      {
        ...{ fileId: 'f', fileName: 'f.csv', bucket: 'rows', key: plan.key, bytes: 10, state: 'uploading', uploadId: 'upload-1' },
        ...{ parts: { planned: 4, finished: 1, inFlight: 2 }, attempts: 4, mayResume: false },
      },
    ]);
  });

  it('can be gone on with when it has stopped, says why, and nothing is under way then', () => {
    const { journal } = opened;
    journal.planObject('f', plan);
    journal.setUploadId('f', 'upload-1');
    journal.beginPart('f', 1, 10);
    journal.addPart('f', part(1));
    journal.beginPart('f', 2, 10);
    journal.setFileState('f', 'held', failure('server-unreachable', 'ECONNREFUSED'));
    journal.setTransferState('t', 'held', undefined, 5);
    expect(listed()).toMatchObject([
      { state: 'uploading', mayResume: true, parts: { finished: 1, inFlight: 0 }, failure: { code: 'server-unreachable' } },
    ]);
  });

  it('says what the service was told and what it answered, until it has received the object', () => {
    const { journal } = opened;
    journal.planObject('f', plan);
    journal.beginPart('f', 1, 10);
    journal.completeObject('f', { etag: 'e', bytes: 10, completedAt: 1_000 });
    expect(listed()).toMatchObject([{ state: 'stored', bytes: 10, parts: { planned: 1, finished: 1, inFlight: 0 } }]);
    journal.noteAnswer('f', 0, { operation: 'refer', status: undefined, requestId: undefined }, 1_001);
    journal.noteAnswer('f', 0, { operation: 'refer', status: 200, requestId: 'r-1' }, 1_002);
    journal.setReferenced('f', 1_000);
    journal.noteAnswer('f', 0, { operation: 'ask', status: 404, requestId: undefined }, 1_003);
    expect(listed()).toMatchObject([
      {
        state: 'referenced',
        refer: { attempts: 2, at: 1_002, status: 200, requestId: 'r-1' },
        ask: { attempts: 1, at: 1_003, status: 404 },
      },
    ]);
    journal.planBatch('f', newBatch(0, 3));
    journal.confirmObject('f', 'received');
    journal.setTransferState('t', 'done', undefined, 5);
    expect(listed()).toMatchObject([{ state: 'received', mayResume: false }]);
  });

  it('tells the objects of a file that was cut one by one, those that lie there and the one on its way', () => {
    const { journal } = opened;
    journal.planObject('f', plan);
    journal.beginPiece('f', 1, 'folder/file-1-00001.csv.gz');
    for (const number of [1, 2, 2]) journal.beginPart('f', number, 10);
    journal.addPiece('f', { number: 1, key: 'folder/file-1-00001.csv.gz', bytes: 20, etag: 'e', completedAt: 1_000 });
    journal.beginPiece('f', 2, 'folder/file-1-00002.csv.gz');
    journal.beginPart('f', 1, 10);
    const first = {
      ...{ piece: 1, key: 'folder/file-1-00001.csv.gz', state: 'stored', bytes: 20, attempts: 3 },
      parts: { planned: 2, finished: 2, inFlight: 0 },
    };
    const second = { piece: 2, key: 'folder/file-1-00002.csv.gz', state: 'uploading', parts: { finished: 0, inFlight: 1 } };
    expect(listed()).toMatchObject([first, second]);
    expect(listed(1, 1)).toMatchObject([second]);
    expect(opened.objects.list({ transferId: 't', offset: 0, limit: 1 }).total).toBe(2);
    journal.addPiece('f', { number: 2, key: 'folder/file-1-00002.csv.gz', bytes: 10, etag: 'e', completedAt: 1_000 });
    expect(listed()).toMatchObject([first, { piece: 2, state: 'stored', attempts: 1 }]);
  });

  it('knows of none in a transfer that does not go to a bucket', () => {
    addTransfer(opened.journal, 'other');
    expect(opened.objects.list({ transferId: 'other', offset: 0, limit: 10 })).toEqual({ objects: [], total: 0 });
  });
});
