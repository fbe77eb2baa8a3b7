import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../../electron/engine/errors.ts';
import { runWatch } from '../../../../electron/headless/watch/watch-command.ts';
import { parseWatchOptions, watchedFolderId } from '../../../../electron/headless/watch/watch-options.ts';
import type { FolderPreview } from '../../../../shared/contract/folders.ts';
import { recordedCli } from '../../../fakes/cli-context.ts';
import { inspection } from '../../../fakes/upload-records.ts';
import { watchedFolder } from '../../../fakes/watch-records.ts';
import { watchingEngine } from '../../../fakes/watching-engine.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'watch-dry-run-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const preview: FolderPreview = {
  ...{ matched: 7, ignored: 1, bytes: 7_000, truncated: false, network: false },
  samples: [
    { path: 'a.csv', sizeBytes: 1_000, matched: true, rule: '*.csv' },
    { path: 'note.md', sizeBytes: 10, matched: false, rule: 'no pattern takes it' },
  ],
};

function start(flags: Readonly<Record<string, unknown>>, given: FolderPreview = preview) {
  const watching = watchingEngine();
  const engine = {
    ...watching.engine,
    previewFolder: () => Promise.resolve(given),
    inspect: ({ path: file }: { readonly path: string }) => Promise.resolve(inspection(file)),
    afterPlan: () => Promise.resolve({ files: [{ path: 'a.csv', action: 'delete' as const, reason: 'confirmed' }], more: 0 }),
  };
  const cli = recordedCli({ engine, env: { FINEO_UPLOADER_DATA_DIR: '/data' } });
  const options = parseWatchOptions(folder, { dryRun: true, ...flags }, cli.context);
  return { watching, cli, run: () => runWatch(options, cli.context) };
}

describe('watch --dry-run', () => {
  it('shows what would be taken, how it would be read and what would be left, and watches nothing', async () => {
    const { watching, cli, run } = start({ metricType: 'weather' });
    expect(await run()).toBe(0);
    const text = cli.lines.join('\n');
    expect(text).toMatch(/7 files \(7 kB\), new rows would be followed, by the stream route/);
    expect(text).toContain('note.md (no pattern takes it)');
    expect(text).toContain('metric type weather');
    expect(text).toContain('and 6 more files');
    expect(cli.lines.at(-1)).toBe('Dry run: nothing was sent.');
    expect(watching.added).toEqual([]);
  });

  it('ends with 1 when the files lack something, and names the option that helps', async () => {
    const { cli, run } = start({});
    expect(await run()).toBe(1);
    expect(cli.lines.join('\n')).toContain('--metric-type');
  });

  it('shows what would become of files that are confirmed already', async () => {
    const { watching, cli, run } = start({ to: 'plant', metricType: 'weather', mode: 'files', after: 'delete' });
    const id = watchedFolderId({ path: folder, mode: 'files' }, 'plant');
    watching.folder = watchedFolder({ id, mode: 'files', after: { kind: 'delete' } });
    expect(await run()).toBe(0);
    expect(cli.lines).toContain('  delete a.csv (confirmed)');
  });

  it('says why a folder cannot be looked at', async () => {
    const { run } = start({}, { ...preview, failure: failure('folder-unreadable', 'permission denied') });
    await expect(run()).rejects.toMatchObject({ code: 'folder-unreadable' });
  });
});
