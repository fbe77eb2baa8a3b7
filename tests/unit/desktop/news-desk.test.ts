import { describe, expect, it } from 'vitest';
import { createNewsDesk, type NewsDesk } from '../../../electron/desktop/news-desk.ts';
import { failure } from '../../../electron/engine/errors.ts';
import type { EngineEvent } from '../../../electron/engine/engine.ts';
import type { Folder, WatchedFile } from '../../../shared/contract/folders.ts';
import { transfer, transferFile } from '../../fakes/upload-records.ts';
import { calmFlow, watchedFile, watchedFolder } from '../../fakes/watch-records.ts';

const tell = (desk: NewsDesk, event: EngineEvent) => desk.take(event, (id) => `name of ${id}`);
const file = (desk: NewsDesk, path: string, change: Partial<WatchedFile> = {}) =>
  tell(desk, { kind: 'watched-file', folderId: 'folder-1', file: watchedFile(path, change) });
const way = (desk: NewsDesk, state: 'ready' | 'blocked') => {
  const reason = failure('api-key-refused', 'the service answered 403');
  const connections = [{ connectionId: 'plant', paused: false, state, skewMs: 0, ...(state === 'blocked' ? { reason } : {}) }];
  return tell(desk, { kind: 'flow', flow: calmFlow({ connections }) });
};
const risk = (id: number): Folder['atRisk'][number] => ({ id, path: `${id}.csv`, at: 0, bytes: 900, rows: 40, cause: 'deleted' });

describe('what a person is told who is not looking', () => {
  it('is how many whole files arrived, not every row that is followed', () => {
    const files = createNewsDesk([watchedFolder({ mode: 'files' })]);
    file(files, 'a.csv');
    file(files, 'b.csv', { state: 'sending' });
    file(files, 'c.csv');
    expect(files.uploaded()).toEqual({ kind: 'news', about: 'uploaded', files: 2, name: 'c.csv' });
    expect(files.uploaded()).toBeUndefined();
    const rows = createNewsDesk([watchedFolder({ mode: 'rows' })]);
    file(rows, 'a.csv');
    expect(rows.uploaded()).toBeUndefined();
  });

  it('is how many files of an upload by hand arrived, once, and none of a watched folder twice', () => {
    const desk = createNewsDesk([watchedFolder({ mode: 'files' })]);
    const ended = transfer([transferFile('x.csv'), transferFile('y.csv', { state: 'held' })], { state: 'held' });
    tell(desk, { kind: 'transfer', transfer: { ...ended, state: 'running' } });
    tell(desk, { kind: 'transfer', transfer: ended });
    tell(desk, { kind: 'transfer', transfer: ended });
    expect(desk.uploaded()).toMatchObject({ files: 1, name: 'x.csv' });

    const own = transfer([transferFile('a.csv')], { id: 'of-folder' });
    tell(desk, { kind: 'transfer', transfer: { ...own, state: 'running' } });
    file(desk, 'a.csv', { transferId: 'of-folder' });
    tell(desk, { kind: 'transfer', transfer: own });
    expect(desk.uploaded()).toMatchObject({ files: 1 });
  });

  it('is data at risk, each once, and not what was there at the start', () => {
    const desk = createNewsDesk([watchedFolder({ atRisk: [risk(1)] })]);
    const folder = watchedFolder({ atRisk: [risk(1), risk(2)] });
    expect(tell(desk, { kind: 'folder', folder })).toMatchObject([
      { code: 'rows-at-risk', subject: '2.csv', detail: 'about 40 rows were not read' },
    ]);
    expect(tell(desk, { kind: 'folder', folder })).toEqual([]);
  });

  it('is a connection that is blocked, once until it has worked again', () => {
    const desk = createNewsDesk([]);
    expect(way(desk, 'blocked')).toMatchObject([{ code: 'api-key-refused', subject: 'name of plant' }]);
    expect(way(desk, 'blocked')).toEqual([]);
    expect(way(desk, 'ready')).toEqual([]);
    expect(way(desk, 'blocked')).toHaveLength(1);
  });

  it('is a file whose columns have changed', () => {
    const desk = createNewsDesk([watchedFolder()]);
    const reason = failure('schema-drift', 'column humidity is new');
    expect(file(desk, 'a.csv', { state: 'held', reason })).toMatchObject([
      { code: 'schema-drift', subject: 'a.csv', detail: 'column humidity is new' },
    ]);
    expect(file(desk, 'b.csv', { state: 'held', reason: failure('source-rewritten', 'it was') })).toEqual([]);
  });
});
