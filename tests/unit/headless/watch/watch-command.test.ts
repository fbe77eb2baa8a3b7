import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { runWatch } from '../../../../electron/headless/watch/watch-command.ts';
import { parseWatchOptions, watchedFolderId } from '../../../../electron/headless/watch/watch-options.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';
import { ledger } from '../../../fakes/upload-records.ts';
import { calmFlow, watchedFile, watchedFolder } from '../../../fakes/watch-records.ts';
import { watchingEngine, type WatchingEngine } from '../../../fakes/watching-engine.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watch-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = {
  ...{ FINEO_API_KEY: 'the-api-key', AWS_ACCESS_KEY_ID: 'the-id', AWS_SECRET_ACCESS_KEY: 'the-secret' },
  FINEO_UPLOADER_DATA_DIR: '/data',
};
const options = (flags: Readonly<Record<string, unknown>> = {}, where = folder) =>
  parseWatchOptions(where, { to: 'plant', json: true, ...flags }, { cwd: '/', env });
const start = (watching: WatchingEngine) => recordedCli({ engine: watching.engine, env });
type Line = Readonly<Record<string, unknown>>;
const objects = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Line);
const counts = { ...watchedFolder().counts, files: 1, done: 1 };

/** One file of ten rows, confirmed by one request. */
function confirmTenRows(watching: WatchingEngine): void {
  const folderId = watching.folder?.id ?? '';
  const ten = ledger({ rowsRead: 10, rowsConfirmed: 10 });
  watching.change({ state: 'sending' });
  watching.tell({ kind: 'watched-file', folderId, file: watchedFile('a.csv', { state: 'sending', transferId: 't' }) });
  watching.tell({ kind: 'watched-file', folderId, file: watchedFile('a.csv', { transferId: 't', ledger: ten }) });
  watching.change({ state: 'idle', counts, ledger: ten, requests: 1, bytesSent: 300, bytesRead: 90 });
}

describe('watch', () => {
  it('--once ends with 0 when everything is confirmed, with the summary of an upload', async () => {
    const watching = watchingEngine();
    watching.onAdd = () => {
      confirmTenRows(watching);
      watching.settle();
    };
    const cli = start(watching);
    expect(await runWatch(options({ once: true, metricType: 'weather' }), cli.context)).toBe(0);
    const id = watchedFolderId({ path: folder, mode: 'rows' }, 'plant');
    expect(watching.added).toMatchObject([{ id, input: { path: folder, connectionId: 'plant', mode: 'rows', metricType: 'weather' } }]);
    const lines = objects(cli.lines);
    expect(lines.map(({ kind, state }) => [kind, state])).toEqual([
      ['folder', 'idle'],
      ['folder', 'sending'],
      ['file', 'sending'],
      ['file', 'done'],
      ['folder', 'idle'],
      ['summary', undefined],
    ]);
    const { seconds: _, ...summary } = lines.at(-1) ?? {};
    expect(summary).toEqual({
      ...{ kind: 'summary', files: 1, rowsRead: 10, rowsConfirmed: 10, rowsRejected: 0, rowsHeld: 0 },
      ...{ bytesRead: 90, bytesSent: 300, requests: 1, retries: 0, possiblyRepeated: 0 },
    });
    expect(cli.closed).toEqual(['/data']);
  });

  it('ends with 0 when it is asked to, and counts what was confirmed while it ended', async () => {
    const watching = watchingEngine();
    const cli = start(watching);
    watching.onAdd = () => {
      watching.change({ state: 'sending', ledger: ledger({ rowsRead: 10, rowsHeld: 10 }) });
      cli.interrupt();
    };
    const context = {
      ...cli.context,
      openEngine: async (wanted: Parameters<typeof cli.context.openEngine>[0]) => {
        const session = await cli.context.openEngine(wanted);
        const close = async (): Promise<void> => {
          watching.change({ ledger: ledger({ rowsRead: 10, rowsConfirmed: 10 }) });
          await session.close();
        };
        return { ...session, close };
      },
    };
    expect(await runWatch(options(), context)).toBe(0);
    expect(objects(cli.lines).at(-1)).toMatchObject({ kind: 'summary', rowsRead: 10, rowsConfirmed: 10, rowsHeld: 0 });
  });

  it('counts this run alone when the folder was watched before', async () => {
    const watching = watchingEngine();
    watching.folder = watchedFolder({
      id: watchedFolderId({ path: folder, mode: 'rows' }, 'plant'),
      ledger: ledger({ rowsRead: 1_005, rowsConfirmed: 990, rowsRejected: 10, rowsHeld: 5 }),
    });
    watching.onAdd = () => {
      watching.change({ counts, ledger: ledger({ rowsRead: 1_025, rowsConfirmed: 1_014, rowsRejected: 11 }) });
      watching.settle();
    };
    const cli = start(watching);
    expect(await runWatch(options({ once: true }), cli.context)).toBe(1);
    expect(objects(cli.lines).at(-1)).toMatchObject({ rowsRead: 25, rowsConfirmed: 24, rowsRejected: 1, rowsHeld: 0 });
  });

  it.each<[number, string, 'held' | 'unreadable', Parameters<typeof failure>[0]]>([
    [1, 'a file is held', 'held', 'schema-drift'],
    [1, 'a file cannot be read', 'unreadable', 'gzip-corrupt'],
    [2, 'every file lacks a metric type', 'unreadable', 'metric-type-unknown'],
    [3, 'rows are held because keys are refused', 'held', 'credentials-refused'],
  ])('--once ends with %d when %s', async (code, _what, state, reason) => {
    const watching = watchingEngine();
    watching.onAdd = () => {
      watching.files = [watchedFile('a.csv', { state, reason: failure(reason, 'it is so') })];
      watching.change({ counts: { ...counts, done: 0, [state]: 1 }, state: 'attention' });
      watching.settle();
    };
    expect(await runWatch(options({ once: true }), start(watching).context)).toBe(code);
  });

  it('--once gives up with 3 as soon as keys are refused, and says why', async () => {
    const watching = watchingEngine();
    const reason = failure('api-key-refused', 'the service answered 403');
    watching.onAdd = () => {
      const connections = [{ connectionId: 'plant', paused: false, state: 'blocked' as const, reason, skewMs: 0 }];
      watching.tell({ kind: 'flow', flow: calmFlow({ connections }) });
    };
    const cli = start(watching);
    expect(await runWatch(options({ once: true }), cli.context)).toBe(3);
    expect(objects(cli.lines)).toContainEqual(expect.objectContaining({ kind: 'connection', state: 'blocked', code: 'api-key-refused' }));
  });

  it('tells each loss of data once, and not those of earlier runs', async () => {
    const watching = watchingEngine();
    const risk = { id: 1, path: 'old.csv', at: 0, bytes: 10, rows: 1, cause: 'deleted' as const };
    const fresh = { id: 2, path: 'new.csv', at: 9, bytes: 500, rows: 20, cause: 'truncated' as const };
    watching.folder = watchedFolder({ id: watchedFolderId({ path: folder, mode: 'rows' }, 'plant'), atRisk: [risk] });
    watching.onAdd = () => {
      watching.change({ atRisk: [risk, fresh] });
      watching.change({ atRisk: [risk, fresh], rowsPerSecond: 5 });
      watching.settle();
    };
    const cli = start(watching);
    expect(await runWatch(options({ once: true }), cli.context)).toBe(1);
    expect(objects(cli.lines).filter(({ kind }) => kind === 'at-risk')).toEqual([
      { kind: 'at-risk', path: 'new.csv', rows: 20, bytes: 500, cause: 'truncated', at: 9 },
    ]);
  });

  it('refuses a folder that is not there, and starts one that was watched before', async () => {
    const nowhere = path.join(folder, 'nowhere');
    const watching = watchingEngine();
    await expect(runWatch(options({}, nowhere), start(watching).context)).rejects.toMatchObject({ code: 'folder-missing' });
    expect(watching.added).toEqual([]);

    watching.folder = watchedFolder({ id: watchedFolderId({ path: nowhere, mode: 'rows' }, 'plant') });
    const cli = start(watching);
    watching.onAdd = () => cli.interrupt();
    expect(await runWatch(options({}, nowhere), cli.context)).toBe(0);
    expect(watching.added).toHaveLength(1);
  });

  it('never shows what is secret', async () => {
    const watching = watchingEngine();
    watching.onAdd = () => watching.settle();
    const cli = start(watching);
    expect(await runWatch(options({ to: undefined, root: 'http://127.0.0.1:9', once: true }), cli.context)).toBe(0);
    expect([...cli.lines, ...cli.notes].join('\n')).not.toMatch(/the-api-key|the-secret/);
  });
});
