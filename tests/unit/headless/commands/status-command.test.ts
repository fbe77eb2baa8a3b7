import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statusFileOf, type StatusReport } from '../../../../electron/api/status-report.ts';
import { failure } from '../../../../electron/engine/errors.ts';
import { showStatus } from '../../../../electron/headless/commands/status-command.ts';
import type { Folder } from '../../../../shared/contract/folders.ts';
import { recordedOutput } from '../../../fakes/cli-context.ts';
import { ledger } from '../../../fakes/upload-records.ts';
import { calmFlow, watchedFile, watchedFolder } from '../../../fakes/watch-records.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'status-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const now = Date.now();
const write = (change: Partial<StatusReport>, folder?: Partial<Folder>): void => {
  const calm: StatusReport = { version: 1, pid: process.pid, startedAt: now - 1_000, updatedAt: now, flow: calmFlow(), folders: [] };
  const folders = folder === undefined ? [] : [{ folder: watchedFolder(folder), files: [] }];
  writeFileSync(statusFileOf(dataDir), JSON.stringify({ ...calm, folders, ...change }));
};
const status = async (flags: Readonly<Record<string, unknown>> = {}) => {
  const { output, lines, notes } = recordedOutput();
  const code = await showStatus({ dataDir, ...flags }, { env: {}, output }, now);
  return { code, text: lines.join('\n'), objects: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), notes };
};
/** No process has it. */
const deadPid = 2 ** 22 + 1;

describe('status', () => {
  it('ends with 2 when nothing is known, and names the folder it looked in', async () => {
    const { code, notes } = await status();
    expect(code).toBe(2);
    expect(notes.join()).toContain(dataDir);
    writeFileSync(statusFileOf(dataDir), '{"version":1,');
    expect((await status()).code).toBe(2);
  });

  it('ends with 0 when everything goes well, and says how it stands', async () => {
    write({}, { ledger: ledger({ rowsRead: 12_000, rowsConfirmed: 12_000 }), state: 'idle' });
    const { code, text } = await status();
    expect(code).toBe(0);
    expect(text).toContain(`process ${process.pid}`);
    expect(text).toContain('12,000 rows confirmed');
  });

  it('says of each file why it is not uploaded, in the words of the app', async () => {
    const reason = failure('schema-drift', 'column humidity is new');
    const folder = watchedFolder({ state: 'attention', counts: { ...watchedFolder().counts, files: 1, held: 1 } });
    write({ folders: [{ folder, files: [watchedFile('a.csv', { state: 'held', reason })] }] });
    const { code, text } = await status();
    expect(code).toBe(1);
    expect(text).toContain('a.csv: held: The columns of this file are not those of the others (schema-drift): column humidity is new');
    const { objects } = await status({ json: true });
    expect(objects()).toMatchObject([
      { kind: 'status', known: true, running: true, pid: process.pid },
      { kind: 'folder', id: 'folder-1', state: 'attention' },
      { kind: 'file', folderId: 'folder-1', path: 'a.csv', state: 'held', code: 'schema-drift' },
    ]);
  });

  it.each<[string, Partial<StatusReport>, Partial<Folder> | undefined]>([
    ['the process was killed', { pid: deadPid }, { state: 'sending' }],
    ['the computer was started since', { startedAt: 0 }, undefined],
    ['the folder is missing', {}, { state: 'missing' }],
    ['data was lost', {}, { atRisk: [{ id: 1, path: 'a', at: 0, bytes: 1, rows: 1, cause: 'deleted' }] }],
    ['a question waits', {}, { question: { files: 1, bytes: 1 } }],
    [
      'keys are refused',
      { flow: calmFlow({ connections: [{ connectionId: 'plant', paused: false, state: 'blocked', skewMs: 0 }] }) },
      undefined,
    ],
  ])('ends with 1 when %s', async (_what, change, folder) => {
    write(change, folder);
    expect((await status()).code).toBe(1);
  });

  it('ends with 0 when it was ended in order, and says so', async () => {
    write({ pid: deadPid, endedAt: now - 5_000 }, { state: 'idle' });
    const { code, text } = await status();
    expect(code).toBe(0);
    expect(text).toContain('Not running; ended 5 s ago');
  });
});
